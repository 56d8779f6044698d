"""What befalls a request for several orders befalls each of them."""

import pytest

from connector.core.faults import Fault, UnreadableFault
from connector.core.reports import OrderReport
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.orders.together import asked_together, in_groups
from connector.simulator.server import LocalExchange
from connector.venue import endpoints
from connector.wire import requests
from tests.companions.local_trading import SYMBOL

NAMES = ["a", "b", "c"]
ASKED = [(SYMBOL, name) for name in NAMES]


def test_groups_keep_the_order_and_are_no_larger_than_asked_for() -> None:
    assert list(in_groups(range(7), 3)) == [(0, 1, 2), (3, 4, 5), (6,)]
    assert list(in_groups([], 3)) == []


def row(name: str) -> dict[str, str]:
    return {
        "symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "quantity": "0.01", "price": "59000", "timeInForce": "GTC",
        "newClientOrderId": name,
    }  # fmt: skip


async def test_answers_are_told_in_the_order_asked(connector: PerpetualDerivative) -> None:
    gateway = connector.components.gateway
    rows = [row("a"), row("b") | {"price": "1000000"}, row("c")]
    placed = await asked_together(gateway, endpoints.PLACE_ORDERS, requests.several(rows), ASKED)
    assert [each.client_order_id for each in placed if isinstance(each, OrderReport)] == ["a", "c"]
    gone = await asked_together(gateway, endpoints.CANCEL_ORDERS, requests.orders_by_client_id(SYMBOL, NAMES), ASKED)
    assert [each.code if isinstance(each, Fault) else 0 for each in gone] == [0, -2011, 0]


async def test_a_request_that_fails_fails_for_each(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    venue.faults.arm("timeout_1007", method="POST", path="/fapi/v1/batchOrders")
    params = requests.several([row(name) for name in NAMES])
    outcomes = await asked_together(connector.components.gateway, endpoints.PLACE_ORDERS, params, ASKED)
    assert [each.code for each in outcomes if isinstance(each, Fault)] == [-1007] * 3


@pytest.mark.parametrize("asked", [ASKED[:2], [*ASKED, (SYMBOL, "d")], [ASKED[1], ASKED[0], ASKED[2]]])
async def test_an_answer_that_is_not_of_what_was_asked_for_is_none_for_each(
    connector: PerpetualDerivative, asked: list[tuple[str, str]]
) -> None:
    params = requests.several([row(name) for name in NAMES])
    outcomes = await asked_together(connector.components.gateway, endpoints.PLACE_ORDERS, params, asked)
    assert [type(each) for each in outcomes] == [UnreadableFault] * len(asked)


async def test_what_is_no_longer_wanted_does_not_leave(connector: PerpetualDerivative) -> None:
    params = requests.several([row(name) for name in NAMES])
    outcomes = await asked_together(connector.components.gateway, endpoints.PLACE_ORDERS, params, ASKED, lambda: False)
    assert all(isinstance(each, Fault) and not each.was_answered for each in outcomes)
    assert await connector.venue_api.open_orders(SYMBOL) == ()
