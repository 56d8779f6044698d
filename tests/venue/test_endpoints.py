"""Weights and costs, as documented."""

import pytest

from connector.simulator.ws_api.methods import METHODS, SESSION_WEIGHT
from connector.simulator.ws_api.session import HANDSHAKE_WEIGHT
from connector.venue import endpoints
from connector.venue.endpoints import Endpoint, Priority, Security

ALL = [value for value in vars(endpoints).values() if isinstance(value, Endpoint)]


@pytest.mark.parametrize(("limit", "weight"), [(5, 2), (50, 2), (51, 5), (100, 5), (500, 10), (501, 20), (1000, 20)])
def test_a_depth_snapshot_weighs_by_its_limit(limit: int, weight: int) -> None:
    assert endpoints.DEPTH.weight({"symbol": "BTCUSDT", "limit": limit}) == weight


def test_open_orders_of_all_symbols_weigh_forty_times_as_much() -> None:
    assert endpoints.OPEN_ORDERS.weight({"symbol": "BTCUSDT"}) == 1
    assert endpoints.OPEN_ORDERS.weight({}) == 40


def test_only_new_orders_and_changes_cost_orders() -> None:
    costs = {row: (row.order_cost_10s, row.order_cost_1m, row.weight({})) for row in ALL if row.order_cost_10s}
    single = endpoints.PLACE_ORDER, endpoints.CLOSE_ORDER, endpoints.MODIFY_ORDER, endpoints.MODIFY_CLOSE_ORDER
    several = endpoints.PLACE_ORDERS, endpoints.CLOSE_ORDERS, endpoints.MODIFY_ORDERS, endpoints.MODIFY_CLOSE_ORDERS
    conditional = (
        endpoints.PLACE_ALGO_ORDER, endpoints.CLOSE_ALGO_ORDER, endpoints.PLACE_ALGO_ORDER_BY_REST,
        endpoints.CLOSE_ALGO_ORDER_BY_REST, endpoints.TEST_ORDER,
    )  # fmt: skip
    assert costs == dict.fromkeys((*single, *conditional), (1, 1, 0)) | dict.fromkeys(several, (5, 1, 5))
    assert endpoints.CANCEL_ORDERS.weight({}) == endpoints.CANCEL_ORDER.weight({}) == 1


def test_what_may_have_been_executed_is_a_write() -> None:
    signed = [row for row in ALL if row.security is Security.SIGNED and row is not endpoints.TEST_ORDER]
    assert all(row.is_write == (row.method != "GET") for row in signed)
    assert not endpoints.TEST_ORDER.is_write, "it changes nothing"


def test_cancels_and_closing_orders_come_before_look_ups_and_those_before_the_rest() -> None:
    assert {row for row in ALL if row.priority is Priority.RISK} == {
        endpoints.CLOSE_ORDER, endpoints.CANCEL_ORDER, endpoints.CANCEL_ALGO_ORDER, endpoints.MODIFY_CLOSE_ORDER,
        endpoints.CLOSE_ORDERS, endpoints.MODIFY_CLOSE_ORDERS, endpoints.CANCEL_ORDERS,
        endpoints.CLOSE_ALGO_ORDER, endpoints.CLOSE_ALGO_ORDER_BY_REST, endpoints.CANCEL_ALL_ORDERS,
        endpoints.CANCEL_ALL_ALGO_ORDERS,
        endpoints.COUNTDOWN_CANCEL_ALL,
    }  # fmt: skip
    assert [row for row in ALL if row.priority is Priority.LOOK_UP] == [
        endpoints.QUERY_ORDER, endpoints.OPEN_ORDERS, endpoints.OPEN_ALGO_ORDERS, endpoints.QUERY_ALGO_ORDER
    ]  # fmt: skip
    assert endpoints.PLACE_ORDER.priority is Priority.NORMAL


def test_only_what_is_done_once_however_often_it_is_sent_may_be_sent_again() -> None:
    repeated = {endpoints.CANCEL_ORDER, endpoints.CANCEL_ALGO_ORDER, endpoints.CANCEL_ORDERS}
    repeated |= {endpoints.CANCEL_ALL_ORDERS, endpoints.CANCEL_ALL_ALGO_ORDERS, endpoints.COUNTDOWN_CANCEL_ALL}
    assert {row for row in ALL if row.repeats} == repeated


def test_settled_rates_weigh_nothing_and_count_in_a_pool_of_their_own() -> None:
    costly = [row for row in ALL if row.funding_cost]
    assert costly == [endpoints.FUNDING_INFO, endpoints.FUNDING_RATE]
    assert all(row.weight({}) == 0 for row in costly)


def test_every_path_belongs_to_the_product() -> None:
    asked = ("/fapi/", "/futures/data/")
    assert all(row.path.startswith(asked) for row in ALL if row.method != "WS-API" and not row.is_of_wallet)
    assert all(row.path.startswith("/sapi/") for row in ALL if row.is_of_wallet)
    assert all(row.weight({}) == 0 and not row.is_write and not row.tells_weight for row in ALL if row.is_of_wallet)


def test_a_method_of_the_ws_api_is_the_row_of_rest_that_the_exchange_has_it_for() -> None:
    rows = [row for row in ALL if row.ws_method and row.method != "WS-API"]
    assert {row.ws_method for row in rows} == {
        "order.place", "order.modify", "order.cancel", "order.status", "algoOrder.place", "algoOrder.cancel",
    }  # fmt: skip
    for row in rows:
        assert (METHODS[row.ws_method].verb, METHODS[row.ws_method].path) == (row.method, row.path)


def test_a_connection_of_the_ws_api_weighs_what_the_exchange_charges_for_it() -> None:
    assert endpoints.WS_HANDSHAKE.weight({}) == HANDSHAKE_WEIGHT
    assert endpoints.WS_LOGON.weight({}) == SESSION_WEIGHT
