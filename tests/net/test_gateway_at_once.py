"""Requests that leave in the turn of the loop that wants them: by the same limits, judged by the same answers."""

import json
from collections.abc import AsyncIterator

import pytest
from picows import WSCloseCode

from connector.core.enums import OrderWay
from connector.core.faults import Fault
from connector.core.secrets import Secret
from connector.net.gateway import Gateway
from connector.net.sign import HmacSigner
from connector.simulator.server import LocalExchange
from connector.venue import endpoints
from connector.venue.endpoints import Endpoint
from tests.companions.net.gateways import running_gateway
from tests.companions.orders.written_names import written_names

ORDER = {
    "symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.010", "price": "50000",
    "newClientOrderId": "desk1-1",
}  # fmt: skip
CANCEL = {"symbol": "BTCUSDT", "origClientOrderId": "desk1-1"}


def wanted() -> bool:
    return True


def use(gateway: Gateway) -> list[int]:
    return [row.used for row in gateway.throttle.use(gateway.venue_ms())]


@pytest.fixture
async def gateway(venue: LocalExchange) -> AsyncIterator[Gateway]:
    async with running_gateway(venue, HmacSigner(Secret(venue.api_key), Secret(venue.api_secret))) as running:
        await running.measure_clock()
        yield running


async def test_it_has_left_when_the_call_returns_and_is_answered_as_any_other(gateway: Gateway) -> None:
    with written_names() as written:
        begun = gateway.begin(endpoints.PLACE_ORDER, ORDER, wanted)
        assert written == [("order.place", "desk1-1")]
    assert begun is not None
    assert json.loads(await begun)["clientOrderId"] == "desk1-1"
    cancelling = gateway.begin(endpoints.CANCEL_ORDER, CANCEL, wanted)
    assert cancelling is not None
    assert json.loads(await cancelling)["status"] == "CANCELED"


async def test_by_rest_nothing_leaves_so(venue: LocalExchange) -> None:
    signer = HmacSigner(Secret(venue.api_key), Secret(venue.api_secret))
    async with running_gateway(venue, signer, OrderWay.REST) as gateway:
        assert gateway.begin(endpoints.PLACE_ORDER, ORDER, wanted) is None
        assert not venue.engine.accounts[venue.account_id].has_open_orders()


async def test_what_has_to_wait_for_the_rate_limits_does_not_leave_so(gateway: Gateway) -> None:
    gateway.throttle.account.pause.begin(gateway._clock.monotonic_ms() + 60_000)
    with written_names() as written:
        assert gateway.begin(endpoints.PLACE_ORDER, ORDER, wanted) is None
        assert written == []


async def test_what_finds_its_connection_gone_has_not_left_and_takes_nothing_of_the_limits(gateway: Gateway) -> None:
    before = use(gateway)
    sockets = gateway.order_sockets
    assert sockets is not None and sockets.orders._connection is not None
    transport = sockets.orders._connection._transport
    assert transport is not None
    transport.send_close(WSCloseCode.OK)
    assert sockets.of(endpoints.PLACE_ORDER).is_up, "nobody has noticed yet"
    assert gateway.begin(endpoints.PLACE_ORDER, ORDER, wanted) is None
    assert use(gateway) == before
    assert json.loads(await gateway.call(endpoints.PLACE_ORDER, ORDER))["clientOrderId"] == "desk1-1"


async def test_the_refusal_of_its_key_is_heard(gateway: Gateway, venue: LocalExchange) -> None:
    heard: list[tuple[str, int]] = []

    def hear(endpoint: Endpoint, refusal: Fault) -> None:
        heard.append((endpoint.path, refusal.code))

    gateway.on_key_refusal = hear
    venue.faults.arm("key_expired", ms=60_000)
    begun = gateway.begin(endpoints.PLACE_ORDER, ORDER, wanted)
    assert begun is not None
    with pytest.raises(Fault) as refused:
        await begun
    assert heard == [(endpoints.PLACE_ORDER.path, refused.value.code)]


async def test_a_cancel_that_met_an_unavailable_service_goes_again_and_an_order_does_not(
    gateway: Gateway, venue: LocalExchange
) -> None:
    await gateway.call(endpoints.PLACE_ORDER, ORDER)
    venue.faults.arm("service_unavailable")
    cancelling = gateway.begin(endpoints.CANCEL_ORDER, CANCEL, wanted)
    assert cancelling is not None
    assert json.loads(await cancelling)["status"] == "CANCELED"
    venue.faults.arm("service_unavailable")
    placing = gateway.begin(endpoints.PLACE_ORDER, ORDER, wanted)
    assert placing is not None
    with pytest.raises(Fault):
        await placing
    assert not venue.engine.accounts[venue.account_id].has_open_orders()
