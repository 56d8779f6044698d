"""Weights and costs, as documented."""

import pytest

from connector.venue import endpoints
from connector.venue.endpoints import Endpoint, Priority, Security

ALL = [value for value in vars(endpoints).values() if isinstance(value, Endpoint)]


@pytest.mark.parametrize(("limit", "weight"), [(5, 2), (50, 2), (51, 5), (100, 5), (500, 10), (501, 20), (1000, 20)])
def test_a_depth_snapshot_weighs_by_its_limit(limit: int, weight: int) -> None:
    assert endpoints.DEPTH.weight({"symbol": "BTCUSDT", "limit": limit}) == weight


def test_open_orders_of_all_symbols_weigh_forty_times_as_much() -> None:
    assert endpoints.OPEN_ORDERS.weight({"symbol": "BTCUSDT"}) == 1
    assert endpoints.OPEN_ORDERS.weight({}) == 40


def test_only_a_new_order_costs_orders() -> None:
    costly = [row for row in ALL if row.order_cost_10s or row.order_cost_1m]
    assert costly == [endpoints.PLACE_ORDER, endpoints.CLOSE_ORDER]
    assert endpoints.PLACE_ORDER.weight({}) == 0


def test_what_may_have_been_executed_is_a_write() -> None:
    assert all(row.is_write == (row.method != "GET") for row in ALL if row.security is Security.SIGNED)


def test_cancels_and_closing_orders_come_before_look_ups_and_those_before_the_rest() -> None:
    assert [row for row in ALL if row.priority is Priority.RISK] == [
        endpoints.CLOSE_ORDER, endpoints.CANCEL_ORDER, endpoints.CANCEL_ALGO_ORDER
    ]  # fmt: skip
    assert [row for row in ALL if row.priority is Priority.LOOK_UP] == [
        endpoints.QUERY_ORDER, endpoints.OPEN_ORDERS, endpoints.OPEN_ALGO_ORDERS
    ]  # fmt: skip
    assert endpoints.PLACE_ORDER.priority is Priority.NORMAL


def test_only_a_cancel_is_a_write_that_may_be_sent_again() -> None:
    assert [row for row in ALL if row.repeats] == [endpoints.CANCEL_ORDER, endpoints.CANCEL_ALGO_ORDER]


def test_settled_rates_weigh_nothing_and_count_in_a_pool_of_their_own() -> None:
    costly = [row for row in ALL if row.funding_cost]
    assert costly == [endpoints.FUNDING_INFO, endpoints.FUNDING_RATE]
    assert all(row.weight({}) == 0 for row in costly)


def test_every_path_belongs_to_the_product() -> None:
    assert all(row.path.startswith("/fapi/") for row in ALL)
