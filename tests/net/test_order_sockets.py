"""Orders over two connections of the WS-API, to the real local exchange: the laws are those of REST."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from connector.core.enums import OrderWay
from connector.core.faults import Fate, Fault
from connector.net.gateway import Gateway
from connector.simulator.access.rate_limits import WEIGHT
from connector.simulator.access.signatures import KeyKind
from connector.simulator.fault_injection.catalogue import FAULTS
from connector.simulator.fault_injection.faults import Armed
from connector.simulator.server import LocalExchange
from connector.simulator.ws_api.session import HANDSHAKE_WEIGHT
from connector.venue import endpoints
from connector.venue.endpoints import Endpoint
from connector.venue.limits import ORDERS, REQUEST_WEIGHT, StreamTerms
from tests.companions.local_trading import SYMBOL, until
from tests.companions.net.gateways import running_gateway
from tests.companions.orders.keys import new_key, own_key

#: What spoils the answer to one request.
OF_ANSWERS = [
    name
    for name, row in FAULTS.items()
    if (row.path == "/fapi/v1/order" and not row.needs) or name in ("rate_limited", "banned")
]
DELAYS = {"event_before_ack"}


@pytest.fixture
async def gateway(venue: LocalExchange) -> AsyncIterator[Gateway]:
    async with running_gateway(venue, own_key(venue)) as made:
        await made.measure_clock()
        yield made


def order(name: str, price: str = "50000") -> dict[str, str]:
    return {
        "symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.010", "price": price,
        "newClientOrderId": name,
    }  # fmt: skip


def named(name: str) -> dict[str, str]:
    return {"symbol": SYMBOL, "origClientOrderId": name}


def placed(venue: LocalExchange) -> list[str]:
    return [row.client_order_id for row in venue.engine.accounts[venue.account_id].placed.get(SYMBOL, ())]


async def refusal(gateway: Gateway, endpoint: Endpoint, params: dict[str, str]) -> Fault:
    with pytest.raises(Fault) as refused:
        await gateway.call(endpoint, params)
    return refused.value


@pytest.mark.parametrize("fault", sorted(set(OF_ANSWERS) - DELAYS))
async def test_a_fault_means_over_the_ws_api_what_it_means_over_rest(venue: LocalExchange, fault: str) -> None:
    told = {}
    for way in OrderWay:
        async with running_gateway(venue, own_key(venue), way) as gateway:
            venue.faults.take_up(Armed(fault, ms=3_000))
            told[way] = await refusal(gateway, endpoints.PLACE_ORDER, order(f"{fault[:20]}-{way[:4]}"))
            assert venue.faults.peek(fault) is None, "it has struck"
    by_ws, by_rest = told[OrderWay.WS_API], told[OrderWay.REST]
    assert (by_ws.rule, by_ws.code, by_ws.http_status) == (by_rest.rule, by_rest.code, by_rest.http_status)
    assert (by_ws.pause_until_ms is None) == (by_rest.pause_until_ms is None)


async def test_what_breaks_between_a_request_and_its_answer_is_unknown_and_goes_no_other_way(
    venue: LocalExchange, gateway: Gateway
) -> None:
    for name, fault in (("carried-out", "reset_after_execution"), ("not-carried-out", "reset_before_execution")):
        await until(lambda: gateway.order_sockets is not None and not gateway.order_sockets.trouble, "up")
        venue.faults.arm(fault)
        assert (await refusal(gateway, endpoints.PLACE_ORDER, order(name))).rule.fate is Fate.UNKNOWN
    await asyncio.sleep(0.3)
    assert placed(venue) == ["carried-out"]


async def test_what_never_left_goes_by_rest_and_goes_once(venue: LocalExchange, gateway: Gateway) -> None:
    sockets = gateway.order_sockets
    assert sockets is not None
    venue.faults.arm("cut_sockets")
    await until(lambda: not sockets.orders.is_up, "heard of")
    names = [f"order-{number}" for number in range(5)]
    answers = await asyncio.gather(*(gateway.call(endpoints.PLACE_ORDER, order(name)) for name in names))
    assert len(answers) == 5
    assert placed(venue) == names
    await until(lambda: not sockets.trouble, "up again")
    fallbacks = sockets.fallbacks
    await gateway.call(endpoints.PLACE_ORDER, order("later"))
    assert sockets.fallbacks == fallbacks


async def test_while_sockets_are_dead_requests_soon_go_by_rest(venue: LocalExchange, gateway: Gateway) -> None:
    venue.faults.arm("half_open", ms=60_000)
    swallowed = asyncio.create_task(refusal(gateway, endpoints.PLACE_ORDER, order("swallowed")))
    sockets = gateway.order_sockets
    assert sockets is not None
    await until(lambda: bool(sockets.orders.trouble), "doubted")
    assert sockets.orders.trouble == "what was asked is not answered"
    assert b"later" in await gateway.call(endpoints.PLACE_ORDER, order("later"))
    assert sockets.risk.is_up, "nothing was asked there yet"
    swallowed.cancel()


@pytest.mark.parametrize("way", list(OrderWay))
async def test_cancels_never_wait_for_orders_and_look_ups_that_are_not_answered(
    venue: LocalExchange, way: OrderWay
) -> None:
    async with running_gateway(venue, own_key(venue), way) as gateway:
        await gateway.call(endpoints.PLACE_ORDER, order("to-cancel"))
        venue.faults.arm("slow_answer", times=150, ms=4_000, method="POST", path="/fapi/v1/order")
        creates = [
            asyncio.create_task(gateway.call(endpoints.PLACE_ORDER, order(f"slow-{number}"))) for number in range(150)
        ]
        await asyncio.sleep(0.5)
        began_s = asyncio.get_running_loop().time()
        assert b"CANCELED" in await gateway.call(endpoints.CANCEL_ORDER, named("to-cancel"))
        assert asyncio.get_running_loop().time() - began_s < 0.3
        for task in creates:
            task.cancel()
        await asyncio.gather(*creates, return_exceptions=True)


async def test_the_counts_in_answers_correct_ours_both_ways(venue: LocalExchange, gateway: Gateway) -> None:
    async with running_gateway(venue, own_key(venue), OrderWay.REST) as another:
        for number in range(7):
            await another.call(endpoints.PLACE_ORDER, order(f"of-another-{number}"))
        await another.call(endpoints.DEPTH, {"symbol": SYMBOL, "limit": "1000"})
    await gateway.call(endpoints.PLACE_ORDER, order("own"))
    used = {(use.kind, use.window_ms): use.used for use in gateway.throttle.use(gateway.venue_ms())}
    assert used[ORDERS, 10_000] == used[ORDERS, 60_000] == 8
    # Two handshakes, two questions and three for the time of each; what another one asked is in the venue's count.
    there = venue.runtime.rate_limits
    assert used[REQUEST_WEIGHT, 60_000] >= 20
    assert used[REQUEST_WEIGHT, 60_000] == there.used(WEIGHT, venue.runtime.now_ms(), "127.0.0.1")
    for pool in (gateway.throttle.address, gateway.throttle.account):
        for window, _ in pool.windows:
            window._told = 200
    await gateway.call(endpoints.PLACE_ORDER, order("again"))
    used = {(use.kind, use.window_ms): use.used for use in gateway.throttle.use(gateway.venue_ms())}
    assert used[ORDERS, 10_000] == 9


async def test_what_met_service_unavailable_is_given_back(venue: LocalExchange, gateway: Gateway) -> None:
    venue.faults.arm("service_unavailable")
    await refusal(gateway, endpoints.PLACE_ORDER, order("unavailable"))
    assert [use.used for use in gateway.throttle.use(gateway.venue_ms()) if use.kind == ORDERS] == [0, 0]


async def test_a_cancel_that_met_service_unavailable_is_tried_again(venue: LocalExchange, gateway: Gateway) -> None:
    await gateway.call(endpoints.PLACE_ORDER, order("to-cancel"))
    venue.faults.arm("service_unavailable", times=2, method="DELETE", path="/fapi/v1/order")
    assert b"CANCELED" in await gateway.call(endpoints.CANCEL_ORDER, named("to-cancel"))


async def test_a_timestamp_that_is_refused_is_sent_once_more_by_the_clock_measured_anew(
    venue: LocalExchange, gateway: Gateway
) -> None:
    venue.faults.arm("clock_skew", ms=120_000)
    assert b"anew" in await gateway.call(endpoints.PLACE_ORDER, order("anew"))
    assert placed(venue) == ["anew"]


@pytest.mark.parametrize("fault", ["rate_limited", "banned"])
async def test_a_silence_is_kept_to_its_end_as_the_answer_tells_it(
    venue: LocalExchange, gateway: Gateway, fault: str
) -> None:
    venue.faults.arm(fault, ms=3_000)
    refused = await refusal(gateway, endpoints.PLACE_ORDER, order("too-many"))
    assert refused.pause_until_ms is not None
    until_ms = gateway.silent_until_ms()
    assert until_ms is not None
    assert 1_000 < until_ms - gateway.venue_ms() <= 4_000


async def test_no_connection_is_opened_during_a_silence_and_each_is_charged(venue: LocalExchange) -> None:
    venue.faults.arm("address_banned", ms=2_000)
    gateway_began_s = asyncio.get_running_loop().time()
    async with running_gateway(venue, own_key(venue)) as gateway:
        assert asyncio.get_running_loop().time() - gateway_began_s >= 1.9
        use = next(use for use in gateway.throttle.use(gateway.venue_ms()) if use.kind == REQUEST_WEIGHT)
        assert use.used >= 2 * HANDSHAKE_WEIGHT


async def test_an_old_connection_is_replaced_while_orders_go_on(venue: LocalExchange) -> None:
    async with running_gateway(venue, own_key(venue), terms=StreamTerms(life_s=0.3)) as gateway:
        sockets = gateway.order_sockets
        assert sockets is not None
        count = 0
        while min(sockets.orders.connections, sockets.risk.connections) < 3:
            await gateway.call(endpoints.PLACE_ORDER, order(f"order-{count}"))
            await gateway.call(endpoints.CANCEL_ORDER, named(f"order-{count}"))
            count += 1
            await asyncio.sleep(0.01)
        assert sockets.fallbacks == 0
    assert len(placed(venue)) == count


async def test_a_key_that_is_revoked_under_a_session_ends_it_and_is_told(venue: LocalExchange) -> None:
    sender, signer = new_key(venue, KeyKind.ED25519)
    async with running_gateway(venue, signer) as gateway:
        assert gateway.order_sockets is not None
        assert gateway.order_sockets.orders.is_logged_on
        venue.runtime.api_keys.revoke(sender.api_key)
        first = await refusal(gateway, endpoints.PLACE_ORDER, order("unknown"))
        assert first.rule.fate is Fate.UNKNOWN, "its answer names no request"
        second = await refusal(gateway, endpoints.PLACE_ORDER, order("refused"))
        assert second.code == -2015


async def test_what_closes_goes_with_the_cancels(gateway: Gateway) -> None:
    sockets = gateway.order_sockets
    assert sockets is not None
    assert sockets.of(endpoints.CLOSE_ORDER) is sockets.of(endpoints.CANCEL_ORDER) is sockets.risk
    assert sockets.of(endpoints.PLACE_ORDER) is sockets.of(endpoints.QUERY_ORDER) is sockets.orders
    row = json.loads(await gateway.call(endpoints.PLACE_ORDER, order("answered")))
    assert row["clientOrderId"] == "answered"
