"""One request's way out, on the real local exchange."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal

import pytest

from connector.core.faults import Fate, Fault, UnavailableFault, UnreadableFault
from connector.core.secrets import Secret
from connector.net.gateway import Gateway
from connector.net.http import Http
from connector.net.limits.throttle import Throttle
from connector.net.sign import HmacSigner, KeyPairSigner
from connector.net.system_clock import SystemClock
from connector.simulator.access.signatures import KeyKind, new_pair
from connector.simulator.server import LocalExchange
from connector.venue import endpoints
from connector.venue.domains import LIVE, LOCAL, TESTNET
from connector.venue.limits import LONGEST_BAN_MS, ORDERS
from tests.companions.flows.canned import answering, http_answer

ORDER_OF_NOBODY = {"symbol": "BTCUSDT", "origClientOrderId": "nobody"}


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


@pytest.mark.parametrize("kind", [KeyKind.ED25519, KeyKind.RSA])
async def test_every_signature_of_a_key_pair_is_taken_whatever_is_in_its_base64(
    kind: KeyKind, gateway: Gateway, venue: LocalExchange
) -> None:
    key = venue.admit(Decimal(1_000), new_pair(kind))
    gateway.sign_with(KeyPairSigner(Secret(key.api_key), Secret(key.api_secret)))
    await gateway.measure_clock()
    for number in range(20):
        # Each is signed anew: a plus, a slash and an equals sign are in some of them.
        query = {"symbol": "BTCUSDT", "origClientOrderId": f"nobody-{number}"}
        with pytest.raises(Fault) as refused:
            await gateway.call(endpoints.QUERY_ORDER, query)
        assert refused.value.code == -2013


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
    await other.http.close()


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
    silent_until_ms = gateway.silent_until_ms()
    assert silent_until_ms is not None
    assert 1_000 < silent_until_ms - gateway.venue_ms() <= 4_000


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


@asynccontextmanager
async def asking(status: int, body: bytes, headers: str = "") -> AsyncIterator[Gateway]:
    """A gateway to a venue that answers everything so."""
    async with answering(http_answer(status, body, headers)) as domain:
        http = Http()
        yield Gateway(domain, http, Throttle(), SystemClock())
        await http.close()


@pytest.mark.parametrize("count", ["9" * 5000, "²", "-1", "1e400", "NaN", ""])
async def test_a_counter_that_is_no_count_changes_no_answer(count: str) -> None:
    async with asking(200, b'{"serverTime":1790000000000}', f"X-MBX-USED-WEIGHT-1M: {count}\r\n") as gateway:
        assert await gateway.call(endpoints.TIME)


@pytest.mark.parametrize(
    ("headers", "text"),
    [
        (f"Retry-After: {'9' * 400}\r\n", "x"),
        ("Retry-After: 1000000000000000000\r\n", "x"),
        ("", "banned until 9999999999999"),
    ],
)
async def test_a_silence_of_years_is_believed_up_to_the_longest_ban(headers: str, text: str) -> None:
    async with asking(429, f'{{"code":-1003,"msg":"{text}"}}'.encode(), headers) as gateway:
        with pytest.raises(Fault) as refused:
            await gateway.call(endpoints.TIME)
        for until_ms in (refused.value.pause_until_ms, gateway.silent_until_ms()):
            assert until_ms is not None
            assert 0 <= gateway.venue_ms() + LONGEST_BAN_MS - until_ms < 10_000


async def test_a_time_ahead_of_the_exchanges_clock_is_unreadable_and_the_clock_is_doubted(gateway: Gateway) -> None:
    await gateway.measure_clock()
    gateway.require_not_ahead(gateway.venue_ms() + 1_000, "event")
    assert not gateway.clock_meter.is_in_doubt
    with pytest.raises(UnreadableFault, match="ahead of the exchange's clock"):
        gateway.require_not_ahead(gateway.venue_ms() + 3_600_000, "event")
    assert gateway.clock_meter.is_in_doubt
    await gateway.measure_clock()
    assert not gateway.clock_meter.is_in_doubt


async def test_a_cancel_that_met_an_unavailable_service_goes_again_at_growing_distances(
    gateway: Gateway, venue: LocalExchange
) -> None:
    venue.faults.arm("service_unavailable", times=3, method="DELETE")
    began_s = asyncio.get_running_loop().time()
    with pytest.raises(Fault) as refused:
        await gateway.call(endpoints.CANCEL_ORDER, {"symbol": "BTCUSDT", "origClientOrderId": "nobody"})
    assert refused.value.code == -2011, "the fourth one arrived"
    assert asyncio.get_running_loop().time() - began_s >= 1.4


async def test_an_order_that_met_an_unavailable_service_is_not_sent_again(
    gateway: Gateway, venue: LocalExchange
) -> None:
    venue.faults.arm("service_unavailable", times=2)
    with pytest.raises(Fault) as refused:
        await gateway.call(endpoints.PLACE_ORDER, {"symbol": "BTCUSDT"})
    assert (refused.value.http_status, refused.value.rule.fate) == (503, Fate.NEVER_LIVED)
    assert venue.faults.armed()[0].times == 1


async def test_what_an_unavailable_service_did_not_count_is_given_back(gateway: Gateway, venue: LocalExchange) -> None:
    venue.faults.arm("service_unavailable", times=1)
    with pytest.raises(Fault):
        await gateway.call(endpoints.PLACE_ORDER, {"symbol": "BTCUSDT"})
    assert [use.used for use in gateway.throttle.use(gateway.venue_ms()) if use.kind == ORDERS] == [0, 0]


async def test_forty_refused_timestamps_are_one_measurement(gateway: Gateway, venue: LocalExchange) -> None:
    await gateway.measure_clock()
    venue.faults.arm("clock_skew", ms=-60_000)
    answers = await asyncio.gather(*(gateway.call(endpoints.QUERY_ORDER, ORDER_OF_NOBODY) for _ in range(40)),
        return_exceptions=True)  # fmt: skip
    assert {getattr(answer, "code", answer) for answer in answers} == {-2013}
    assert gateway.clock_meter.measured == 2


async def test_a_refused_timestamp_is_what_is_told_when_the_time_cant_be_had(
    gateway: Gateway, venue: LocalExchange
) -> None:
    await gateway.measure_clock()
    before = gateway.venue_ms()
    venue.faults.arm("clock_skew", ms=120_000)
    venue.faults.arm("service_unavailable", times=3, method="GET", path="/fapi/v1/time")
    with pytest.raises(Fault) as refused:
        await gateway.call(endpoints.BALANCE)
    assert refused.value.code == -1021
    assert 0 <= gateway.venue_ms() - before < 10_000, "the old offset holds"
