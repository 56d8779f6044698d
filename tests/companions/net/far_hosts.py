"""Hosts of the world on this machine: a proxy on loopback that takes each name to a TLS server of its own authority,
behind which a local exchange answers.

A program finds them as it finds the venue: by HTTPS_PROXY and SSL_CERT_FILE, with nothing in it changed. The proxy
notes every connection that was asked for, whether it made it or not.
"""

import asyncio
import contextlib
import datetime
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connector.venue.domains import Domain, host_of


class Answers(Protocol):
    """What lies behind a host: a local exchange, or a server of a test."""

    @property
    def port(self) -> int: ...


Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
PROXY_VARIABLES = (
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
)


@dataclass(slots=True)
class FarHosts:
    """What a program needs to find them, and whom it asked for."""

    proxy: str
    #: Of the authority that vouches for the hosts.
    certificate: Path
    #: "host:port", in the order in which connections were asked for.
    attempts: list[str] = field(default_factory=list)
    #: What came through a tunnel, by host, as long as the test runs.
    heard: dict[str, bytearray] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead there; the others of a proxy are empty."""
        return {
            **dict.fromkeys(PROXY_VARIABLES, ""),
            "HTTPS_PROXY": self.proxy,
            "https_proxy": self.proxy,
            "SSL_CERT_FILE": str(self.certificate),
        }

    @property
    def hosts(self) -> set[str]:
        """Whom connections were asked for to."""
        return {attempt.rpartition(":")[0] for attempt in self.attempts}


@contextlib.asynccontextmanager
async def far_hosts(folder: Path, exchanges: Mapping[str, Answers]) -> AsyncIterator[FarHosts]:
    """The hosts, each with the exchange that answers for it; the proxy reaches no others."""
    authority, server = certificates(folder, exchanges)
    async with contextlib.AsyncExitStack() as stack:
        hosts = FarHosts("", authority)
        doors: dict[str, int] = {}
        for host, exchange in exchanges.items():
            heard = hosts.heard.setdefault(host, bytearray())
            doors[host] = await stack.enter_async_context(_listening(_front(exchange.port, heard), server))
        port = await stack.enter_async_context(_listening(_proxy(hosts, doors), None))
        hosts.proxy = f"http://127.0.0.1:{port}"
        yield hosts


def hosts_of(domain: Domain) -> set[str]:
    """The hosts of a domain's row."""
    return {host_of(address) for address in domain.addresses}


@contextlib.asynccontextmanager
async def _listening(serve: Serve, tls: ssl.SSLContext | None) -> AsyncIterator[int]:
    """Serves on a free port; its connections end with it."""
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await serve(reader, writer)
        finally:
            writer.transport.abort()
            tasks.discard(task)

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for task in (ended := tuple(tasks)):
            task.cancel()
        await asyncio.gather(*ended, return_exceptions=True)
        await server.wait_closed()


def _front(port: int, heard: bytearray) -> Serve:
    """Behind TLS: what is said goes on to the exchange as it is, and is noted."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _joined(reader, writer, await asyncio.open_connection("127.0.0.1", port), heard)

    return serve


def _proxy(hosts: FarHosts, doors: Mapping[str, int]) -> Serve:
    """Takes CONNECT alone."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, target, _ = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)
        place = target.decode() if method == b"CONNECT" else urlsplit(target.decode()).netloc
        hosts.attempts.append(place)
        host, _, port = place.rpartition(":")
        if method != b"CONNECT" or port != "443" or host not in doors:
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            return
        beyond = await asyncio.open_connection("127.0.0.1", doors[host])
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await _joined(reader, writer, beyond)

    return serve


async def _joined(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    beyond: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    heard: bytearray | None = None,
) -> None:
    """Carries bytes both ways until a side ends."""

    async def carry(source: asyncio.StreamReader, sink: asyncio.StreamWriter, note: bytearray | None) -> None:
        while piece := await source.read(1 << 16):
            if note is not None:
                note += piece
            sink.write(piece)
            await sink.drain()

    ways = (
        asyncio.create_task(carry(reader, beyond[1], heard)),
        asyncio.create_task(carry(beyond[0], writer, None)),
    )
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        beyond[1].transport.abort()
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


def certificates(folder: Path, names: Iterable[str]) -> tuple[Path, ssl.SSLContext]:
    """An authority's certificate as a file, and a server's context for the names that it vouches for."""
    root_key, root_name = ec.generate_private_key(ec.SECP256R1()), _name("an authority of the tests")
    root = _signed(root_name, root_name, root_key.public_key(), root_key, None)
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = _signed(_name("a host"), root_name, key.public_key(), root_key, tuple(names))
    authority, both = folder / "authority.pem", folder / "server.pem"
    authority.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    both.write_bytes(
        leaf.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return authority, context


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _signed(
    subject: x509.Name,
    issuer: x509.Name,
    public: ec.EllipticCurvePublicKey,
    signer: ec.EllipticCurvePrivateKey,
    names: tuple[str, ...] | None,
) -> x509.Certificate:
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder(issuer, subject, public, x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=names is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if names is not None:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False
        )
    return builder.sign(signer, hashes.SHA256())
