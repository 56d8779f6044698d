"""Connections are kept as long as they are good, and TLS is verified whatever it costs."""

import asyncio
import datetime
import gc
import ssl
from collections.abc import AsyncIterator
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from connector.net.http import Http, NoAnswer
from connector.net.rest import pool
from tests.companions.net.scripted_http import OK, scripted


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    client = Http(timeout_s=2.0, through_proxy=False)
    yield client
    await client.close()


async def test_requests_side_by_side_have_a_connection_each_and_leave_them_to_the_next(http: Http) -> None:
    async with scripted(OK) as script:
        await asyncio.gather(*(http.send("POST", script.origin, {}) for _ in range(5)))
        assert script.connections == 5
        await asyncio.gather(*(http.send("POST", script.origin, {}) for _ in range(5)))
    assert script.connections == 5


@pytest.mark.parametrize("turns", range(12))
async def test_a_request_that_is_given_up_at_any_moment_leaves_no_socket_open(http: Http, turns: int) -> None:
    async with scripted(OK) as script:
        asking = asyncio.create_task(http.send("POST", script.origin, {}))
        for _ in range(turns):
            await asyncio.sleep(0)
        asking.cancel()
        await asyncio.wait([asking])
        await http.close()
        gc.collect()  # a socket that was forgotten is told of by its end, which fails this test


async def test_a_connection_that_the_other_side_ended_is_not_asked(http: Http) -> None:
    async with scripted(OK, closes=True) as script:
        for _ in range(3):
            assert (await http.send("POST", script.origin, {})).body == b"{}"
            await asyncio.sleep(0.01)
    assert script.connections == 3


async def test_a_connection_that_will_be_ended_is_not_kept(http: Http) -> None:
    async with scripted(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n") as script:
        for _ in range(2):
            await http.send("POST", script.origin, {})
    assert script.connections == 2


async def test_a_connection_that_nobody_used_for_long_is_not_trusted(
    http: Http, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with scripted(OK) as script:
        await http.send("POST", script.origin, {})
        monkeypatch.setattr(pool, "IDLE_S", 0.005)
        await asyncio.sleep(0.02)
        await http.send("POST", script.origin, {})
    assert script.connections == 2


async def test_what_is_asked_when_all_ends_may_have_been_carried_out(http: Http) -> None:
    async with scripted(b"") as script:
        asked = asyncio.create_task(http.send("POST", script.origin, {}))
        while not script.heads:
            await asyncio.sleep(0)
        await http.close()
        with pytest.raises(NoAnswer) as silence:
            await asked
    assert silence.value.sent


def certificate(folder: Path, host: str) -> Path:
    """A certificate of its own authority, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "exchange.test")])
    now = datetime.datetime.now(datetime.UTC)
    alternative: x509.GeneralName = x509.IPAddress(ip_address(host))
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / f"{host}.pem"
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + secret)
    return path


@pytest.mark.parametrize(("host", "is_trusted"), [("127.0.0.1", True), ("127.0.0.1", False), ("10.0.0.1", True)])
async def test_only_a_host_that_proves_its_name_is_asked(
    http: Http, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, is_trusted: bool
) -> None:
    file = certificate(tmp_path, host)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    async with scripted(OK, tls=server) as script:
        if is_trusted and host == "127.0.0.1":
            assert [(await http.send("POST", script.origin, {})).body for _ in range(2)] == [b"{}"] * 2
            assert script.connections == 1
        else:
            with pytest.raises(NoAnswer, match="certificate can't be verified") as refusal:
                await http.send("POST", script.origin, {"X-MBX-APIKEY": "k"})
            assert not refusal.value.sent
            assert script.heads == []
    await http.close()
