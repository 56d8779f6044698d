"""What is signed for a domain leaves for the hosts of its row and no other, whoever asks for another one."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from picows import WSError

from connector.core.enums import OrderWay
from connector.core.faults import ConnectorFault, UnavailableFault
from connector.core.secrets import Secret
from connector.net.gateway import Gateway
from connector.net.handshakes import opened
from connector.net.http import Http, NoAnswer
from connector.net.limits.throttle import Throttle
from connector.net.listener import FrameListener
from connector.net.reach import BadProxy, Reach, proxy_to
from connector.net.sign import HmacSigner
from connector.net.spelling import Spelling
from connector.net.system_clock import SystemClock
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from connector.venue.domains import LIVE, LOCAL, TESTNET, Domain, host_of
from connector.venue.endpoints import ACCOUNT_CONFIG, CREATE_LISTEN_KEY, KEY_PERMISSIONS, PLACE_ORDER, Endpoint
from tests.companions.net.far_hosts import FarHosts, far_hosts, hosts_of
from tests.companions.net.gateways import domain_of

SIGNER = HmacSigner(Secret("the-key"), Secret("the-secret"))


@pytest.fixture
async def venue() -> AsyncIterator[LocalExchange]:
    async with LocalExchange(SimulatorSettings(background=False)) as exchange:
        yield exchange


@pytest.fixture
async def world(venue: LocalExchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FarHosts]:
    """Every host of both rows answers, and is found by the variables."""
    async with far_hosts(tmp_path, dict.fromkeys(hosts_of(LIVE) | hosts_of(TESTNET), venue)) as hosts:
        for name, value in hosts.environment.items():
            monkeypatch.setenv(name, value)
        yield hosts


def of_other(domain: Domain, other: Domain) -> list[Domain]:
    """The row with each of its addresses in turn taken from another one."""
    fields = ("rest", "stream", "ws_api", "wallet")
    return [replace(domain, **{name: getattr(other, name)}) for name in fields if getattr(other, name)]


SPELLINGS = (
    "https://FAPI.binance.com", "https://fapi.binance.com.", "https://fapi.binance.com:443", "http://fapi.binance.com",
    "https://demo-fapi.binance.com@fapi.binance.com", "https://fapi.binance.com\\@demo-fapi.binance.com",
    "https://fapi.binance.com/", "https://[::ffff:127.0.0.1]", "//fapi.binance.com", "https://127.0.0.1",
)  # fmt: skip
SWAPPED = [
    *of_other(TESTNET, LIVE), *of_other(LIVE, TESTNET),
    *of_other(LOCAL, LIVE), *of_other(LOCAL, TESTNET),
    *of_other(LIVE, LOCAL.at("http://127.0.0.1:1", "ws://127.0.0.1:1", "ws://127.0.0.1:1/x")),
    *(replace(TESTNET, rest=spelt) for spelt in SPELLINGS),
    *(replace(LIVE, rest=spelt) for spelt in SPELLINGS),
    replace(TESTNET, is_live=True), replace(LIVE, is_live=False), replace(LIVE, is_local=True),
    replace(LIVE, name="another"), replace(LIVE, name=TESTNET.name),
]  # fmt: skip


@pytest.mark.parametrize("swapped", SWAPPED, ids=range(len(SWAPPED)))
def test_a_row_with_a_host_that_is_not_its_own_takes_no_key(swapped: Domain) -> None:
    with pytest.raises(UnavailableFault, match=r"sign"):
        Spelling(swapped, lambda: 0, 5000).sign_with(SIGNER)


@pytest.mark.parametrize("domain", [LIVE, TESTNET], ids=lambda row: row.name)
def test_a_row_as_it_stands_takes_one_and_may_be_carried_twice(domain: Domain) -> None:
    for row in (domain, domain.carried_by(2)):
        Spelling(row, lambda: 0, 5000).sign_with(SIGNER)


@pytest.mark.parametrize(("own", "other"), [(TESTNET, LIVE), (LIVE, TESTNET)], ids=["testnet", "live"])
@pytest.mark.parametrize("endpoint", [ACCOUNT_CONFIG, PLACE_ORDER, CREATE_LISTEN_KEY], ids=lambda row: row.path)
async def test_what_is_signed_for_one_domain_does_not_leave_by_the_way_of_another(
    world: FarHosts, venue: LocalExchange, own: Domain, other: Domain, endpoint: Endpoint
) -> None:
    http = Http()
    Gateway(own, http, Throttle(), SystemClock())
    spelt = Spelling(other, lambda: 0, 5000)
    spelt.sign_with(HmacSigner(Secret(venue.api_key), Secret(venue.api_secret)))
    address, headers = spelt.rest(endpoint, {})
    with pytest.raises(UnavailableFault, match="nothing is sent there"):
        await http.send(endpoint.method, address, headers)
    await http.close()
    assert world.attempts == []
    assert not any(world.heard.values())


@pytest.mark.parametrize(("own", "other"), [(TESTNET, LIVE), (LIVE, TESTNET), (LOCAL, LIVE)])
async def test_no_socket_of_one_domain_is_opened_at_another(world: FarHosts, own: Domain, other: Domain) -> None:
    listener = FrameListener("test", lambda frame: None, SystemClock())
    for address in (other.ws_api, f"{other.stream}/private/ws/{'k' * 64}"):
        with pytest.raises(UnavailableFault, match="nothing is sent there") as refusal:
            await opened(listener, address, Reach(own))
        assert "kkk" not in str(refusal.value)
    assert world.attempts == []


async def test_a_domain_is_asked_and_listened_to_through_the_proxy_alone(world: FarHosts, venue: LocalExchange) -> None:
    http = Http()
    gateway = Gateway(TESTNET, http, Throttle(), SystemClock())
    gateway.sign_with(HmacSigner(Secret(venue.api_key), Secret(venue.api_secret)))
    assert b"canTrade" in await gateway.call(ACCOUNT_CONFIG)
    for address in (TESTNET.ws_api, f"{TESTNET.stream}/public/ws"):
        transport = await opened(FrameListener("test", lambda frame: None, SystemClock()), address, gateway.reach)
        transport.disconnect()
    await http.close()
    assert world.hosts == hosts_of(TESTNET)


@dataclass
class Answering:
    """A server that answers every request with these bytes, again and again, until the other side has enough."""

    port: int = 0
    sent: int = 0

    @contextlib.asynccontextmanager
    async def with_bytes(self, first: bytes, again: bytes = b"") -> AsyncIterator["Answering"]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await reader.readuntil(b"\r\n\r\n")
                writer.write(first)
                await writer.drain()
                while again:
                    writer.write(again)
                    self.sent += len(again)
                    await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self


@contextlib.asynccontextmanager
async def answering(
    folder: Path, patch: pytest.MonkeyPatch, first: bytes, again: bytes = b""
) -> AsyncIterator[tuple[FarHosts, Answering]]:
    """Every host of both rows answers like that."""
    names = hosts_of(LIVE) | hosts_of(TESTNET)
    async with (
        Answering().with_bytes(first, again) as server,
        far_hosts(folder, dict.fromkeys(names, server)) as hosts,
    ):
        for name, value in hosts.environment.items():
            patch.setenv(name, value)
        yield hosts, server


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_carries_no_signature_to_another_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    moved = f"HTTP/1.1 {status} Moved\r\nLocation: {LIVE.rest}/fapi/v1/order\r\nContent-Length: 0\r\n\r\n".encode()
    async with answering(tmp_path, monkeypatch, moved) as (hosts, _):
        http = Http()
        gateway = Gateway(TESTNET, http, Throttle(), SystemClock())
        gateway.sign_with(SIGNER)
        with pytest.raises(ConnectorFault):
            await gateway.call(PLACE_ORDER)
        with pytest.raises((WSError, OSError)):
            await opened(FrameListener("t", lambda frame: None, SystemClock()), TESTNET.ws_api, gateway.reach)
        await http.close()
        assert hosts.hosts == {host_of(TESTNET.rest), host_of(TESTNET.ws_api)}


@pytest.mark.parametrize(
    ("first", "again"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + bytes(1 << 16) + b"\r\n"),
        (b"HTTP/1.1 200 OK\r\n", b"X-More: " + b"x" * 4_000 + b"\r\n"),
        (b"HTTP/1.1 101 Switching Protocols\r\n", b"X-More: " + b"x" * 4_000 + b"\r\n"),
    ],
    ids=["a body", "headers", "a handshake"],
)
async def test_an_answer_without_an_end_is_given_up_through_a_proxy_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: bytes, again: bytes
) -> None:
    async with answering(tmp_path, monkeypatch, first, again) as (_, server):
        http = Http()
        gateway = Gateway(TESTNET, http, Throttle(), SystemClock())
        gateway.sign_with(SIGNER)
        with pytest.raises(ConnectorFault):
            await gateway.call(PLACE_ORDER)
        with pytest.raises((WSError, OSError, TimeoutError)):
            await opened(FrameListener("t", lambda frame: None, SystemClock()), TESTNET.ws_api, gateway.reach)
        await http.close()
        assert server.sent < 100 << 20, "64 MiB, and what was on its way"


async def test_hosts_that_no_authority_vouches_for_hear_no_word(
    world: FarHosts, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"SSL_CERT_FILE": "", "PYTHONHTTPSVERIFY": "0", "CURL_CA_BUNDLE": ""}.items():
        monkeypatch.setenv(name, value)
    http = Http()
    gateway = Gateway(TESTNET, http, Throttle(), SystemClock())
    gateway.sign_with(SIGNER)
    with pytest.raises(ConnectorFault, match="certificate can't be verified"):
        await gateway.call(PLACE_ORDER)
    listener = FrameListener("test", lambda frame: None, SystemClock())
    with pytest.raises(ssl.SSLCertVerificationError):
        await opened(listener, TESTNET.ws_api, gateway.reach)
    await http.close()
    assert not any(world.heard.values())


async def test_no_variable_has_the_keys_of_connections_written_down(
    world: FarHosts, venue: LocalExchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = tmp_path / "tls-keys"
    monkeypatch.setenv("SSLKEYLOGFILE", str(notes))
    http = Http()
    gateway = Gateway(TESTNET, http, Throttle(), SystemClock())
    await gateway.measure_clock(1)
    transport = await opened(FrameListener("t", lambda frame: None, SystemClock()), TESTNET.ws_api, gateway.reach)
    transport.disconnect()
    await http.close()
    assert not notes.exists()


async def test_a_proxy_that_makes_no_connection_is_told_and_nothing_was_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with far_hosts(tmp_path, {}) as nowhere:
        for name, value in nowhere.environment.items():
            monkeypatch.setenv(name, value)
        http = Http()
        http.keep_to(Reach(TESTNET))
        with pytest.raises(NoAnswer, match="the proxy makes no connection: HTTP 502") as silence:
            await http.send("POST", f"{TESTNET.rest}/x", {})
        assert not silence.value.sent
        with pytest.raises(ConnectionError, match="the proxy makes no connection"):
            await opened(FrameListener("t", lambda frame: None, SystemClock()), TESTNET.ws_api, Reach(TESTNET))
        await http.close()


@pytest.mark.parametrize(
    ("address", "proxy"),
    [
        ("https://far.test/x", "http://127.0.0.1:1"),
        ("wss://far.test/x", "http://127.0.0.1:1"),
        ("http://far.test/x", "http://127.0.0.1:2"),
        ("ws://far.test/x", "http://127.0.0.1:2"),
        ("https://near.test/x", None),
        ("wss://near.test/x", None),
    ],
)
def test_streams_are_led_as_requests_are(monkeypatch: pytest.MonkeyPatch, address: str, proxy: str | None) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "127.0.0.1:1")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:2")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "near.test")
    assert proxy_to(address) == proxy


def test_the_proxy_of_everything_is_used_where_none_is_named_for_the_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:3")
    assert proxy_to("wss://far.test") == "http://127.0.0.1:3"
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:3")
    with pytest.raises(BadProxy, match="socks5: use one of http"):
        proxy_to("wss://far.test")


def test_an_exchange_on_this_machine_is_asked_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:3")
    assert Reach(LOCAL).proxy_to("http://127.0.0.1:8080") is None
    assert Reach(TESTNET).proxy_to(TESTNET.stream) == "http://127.0.0.1:3"


async def test_a_domain_without_a_wallet_host_has_nowhere_to_ask_for_a_keys_permissions(venue: LocalExchange) -> None:
    http = Http()
    local = Gateway(domain_of(venue), http, Throttle(), SystemClock(), order_way=OrderWay.REST)
    local.sign_with(HmacSigner(Secret(venue.api_key), Secret(venue.api_secret)))
    assert b"enableWithdrawals" in await local.call(KEY_PERMISSIONS)
    test_hosts = Spelling(TESTNET, lambda: 0, 5000)
    test_hosts.sign_with(SIGNER)
    with pytest.raises(UnavailableFault, match="can't be asked here: no host of testnet"):
        test_hosts.rest(KEY_PERMISSIONS, {})
    await http.close()
