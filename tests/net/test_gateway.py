"""One request's way out, on the real local exchange."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from connector.core.faults import Fate, Fault, UnavailableFault
from connector.core.secrets import Secret
from connector.net.gateway import Gateway, error_shape
from connector.net.http import Http
from connector.net.sign import HmacSigner
from connector.net.system_clock import SystemClock
from connector.net.throttle import Cost, Throttle
from connector.simulator.server import LocalExchange
from connector.venue import endpoints
from connector.venue.domains import LIVE, LOCAL, TESTNET


@pytest.fixture
async def gateway(venue: LocalExchange) -> AsyncIterator[Gateway]:
    http = Http()
    domain = LOCAL.at(venue.rest, venue.stream, venue.ws_api)
    made = Gateway(domain, http, Throttle(), SystemClock())
    made.sign_with(HmacSigner(Secret(venue.api_key), Secret(venue.api_secret)))
    yield made
    await http.close()


async def test_a_signed_read_is_answered(gateway: Gateway) -> None:
    await gateway.measure_clock()
    assert b"USDT" in await gateway.call(endpoints.BALANCE)


async def test_a_wrong_secret_is_a_fault_that_says_what_to_check(gateway: Gateway, venue: LocalExchange) -> None:
    gateway.sign_with(HmacSigner(Secret(venue.api_key), Secret("another")))
    with pytest.raises(Fault, match="check that key and secret belong together") as refused:
        await gateway.call(endpoints.BALANCE)
    assert refused.value.code == -1022


async def test_a_key_that_nobody_knows_is_a_fault(gateway: Gateway) -> None:
    gateway.sign_with(HmacSigner(Secret("x" * 64), Secret("another")))
    with pytest.raises(Fault, match="another environment") as refused:
        await gateway.call(endpoints.BALANCE)
    assert refused.value.http_status == 401


async def test_the_exchanges_counters_correct_ours(gateway: Gateway) -> None:
    other = Gateway(gateway.domain, Http(), Throttle(), SystemClock())
    for _ in range(3):
        await gateway.call(endpoints.DEPTH, {"symbol": "BTCUSDT", "limit": "1000"})
    await other.call(endpoints.TIME)
    assert other.throttle.use(other.venue_ms())[0].used >= 61
    await other._http.close()


async def test_a_clock_that_jumped_is_measured_again_and_the_request_repeated(
    gateway: Gateway, venue: LocalExchange
) -> None:
    await gateway.measure_clock()
    venue.faults.arm("clock_skew", ms=120_000)
    assert b"USDT" in await gateway.call(endpoints.BALANCE)
    assert gateway.venue_ms() > SystemClock().now_ms() + 110_000


async def test_a_read_is_tried_again_and_a_write_is_not(gateway: Gateway, venue: LocalExchange) -> None:
    venue.faults.arm("service_unavailable", times=2, method="GET", path="/fapi/v3/balance")
    assert b"USDT" in await gateway.call(endpoints.BALANCE)
    venue.faults.arm("service_unavailable", times=1, method="POST", path="/fapi/v1/leverage")
    with pytest.raises(Fault) as refused:
        await gateway.call(endpoints.SET_LEVERAGE, {"symbol": "BTCUSDT", "leverage": "5"})
    assert refused.value.rule.fate is Fate.NEVER_LIVED


@pytest.mark.parametrize(("fault", "status"), [("rate_limited", 429), ("banned", 418)])
async def test_when_the_exchange_asks_for_silence_there_is_silence(
    gateway: Gateway, venue: LocalExchange, fault: str, status: int
) -> None:
    venue.faults.arm(fault, ms=3_000)
    with pytest.raises(Fault) as refused:
        await gateway.call(endpoints.TIME)
    assert refused.value.http_status == status
    assert refused.value.pause_until_ms is not None
    assert 1_000 < gateway.throttle.wait_ms(Cost(), gateway.venue_ms()) <= 4_000


async def test_without_a_key_nothing_is_signed(venue: LocalExchange) -> None:
    http = Http()
    bare = Gateway(LOCAL.at(venue.rest, venue.stream, venue.ws_api), http, Throttle(), SystemClock())
    with pytest.raises(UnavailableFault, match="needs an API key"):
        await bare.call(endpoints.BALANCE)
    await http.close()


@pytest.mark.parametrize("row", [TESTNET, LOCAL], ids=lambda row: row.name)
def test_a_domain_that_is_not_live_never_signs_for_a_live_host(row: object) -> None:
    domain = replace(row, rest=LIVE.rest)  # type: ignore[type-var]
    gateway = Gateway(domain, Http(), Throttle(), SystemClock())
    with pytest.raises(UnavailableFault, match="does not sign"):
        gateway.sign_with(HmacSigner(Secret("k"), Secret("s")))


@pytest.mark.parametrize(
    ("body", "shape"),
    [
        (b'{"code":-2019,"msg":"Margin is insufficient."}', (-2019, "Margin is insufficient.")),
        (b"<html>", (0, "<html>")),
        (b'{"239999":"system under maintenance"}', (0, '{"239999":"system under maintenance"}')),
        (b"\xff", (0, "\ufffd")),
        (b"[]", (0, "[]")),
    ],
)
def test_error_bodies_of_any_shape_are_read(body: bytes, shape: tuple[int, str]) -> None:
    assert error_shape(body) == shape
