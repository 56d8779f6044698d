"""Conditional orders, and orders that are only tried, spelt as the venue wants them."""

from dataclasses import replace
from decimal import Decimal

import pytest

from connector.core.enums import (
    OrderType,
    PositionAction,
    PositionMode,
    PriceMatch,
    SelfTradePrevention,
    TimeInForce,
    TradeType,
    WorkingType,
)
from connector.core.intents import OrderIntent
from connector.core.order_options import OrderOptions
from connector.wire import algo_requests

D = Decimal
COMMON = {
    "algoType": "CONDITIONAL", "symbol": "BTCUSDT", "side": "SELL", "positionSide": "BOTH", "clientAlgoId": "b1-x",
    "selfTradePreventionMode": "EXPIRE_MAKER", "workingType": "CONTRACT_PRICE",
}  # fmt: skip
STOP = OrderIntent(
    "BTC-USDT", TradeType.SELL, OrderType.STOP_MARKET, D("0.0020"), None,
    PositionAction.OPEN, OrderOptions(trigger_price=D("59000.10")),
)  # fmt: skip


def spelt(intent: OrderIntent, mode: PositionMode = PositionMode.ONEWAY) -> dict[str, str]:
    return dict(algo_requests.place_algo_order(intent, "BTCUSDT", "b1-x", mode))


def test_a_stop_has_a_trigger_price_and_an_amount() -> None:
    assert spelt(STOP) == COMMON | {"type": "STOP_MARKET", "quantity": "0.002", "triggerPrice": "59000.1"}


def test_a_stop_with_a_limit_has_its_price_and_time_in_force_too() -> None:
    limit = replace(STOP, order_type=OrderType.STOP, price=D(58_990))
    assert spelt(limit) == COMMON | {
        "type": "STOP", "quantity": "0.002", "triggerPrice": "59000.1", "price": "58990", "timeInForce": "GTC",
    }  # fmt: skip


def test_the_venue_may_find_the_price_of_a_triggered_limit() -> None:
    options = replace(STOP.options, price_match=PriceMatch.QUEUE_5, time_in_force=TimeInForce.GTX)
    params = spelt(replace(STOP, order_type=OrderType.TAKE_PROFIT, options=options))
    assert (params["priceMatch"], params["timeInForce"]) == ("QUEUE_5", "GTX")
    assert "price" not in params


def test_a_trailing_stop_has_a_callback_and_may_have_an_activation_price() -> None:
    options = OrderOptions(callback_rate=D("0.50"), activation_price=D(61_000))
    params = spelt(replace(STOP, order_type=OrderType.TRAILING_STOP_MARKET, options=options))
    assert params == COMMON | {
        "type": "TRAILING_STOP_MARKET", "quantity": "0.002", "callbackRate": "0.5", "activatePrice": "61000",
    }  # fmt: skip


@pytest.mark.parametrize(("mode", "side"), [(PositionMode.ONEWAY, "BOTH"), (PositionMode.HEDGE, "LONG")])
def test_closing_all_of_a_position_names_neither_amount_nor_reduce_only(mode: PositionMode, side: str) -> None:
    options = replace(STOP.options, close_position=True)
    params = spelt(replace(STOP, amount=D(0), position_action=PositionAction.CLOSE, options=options), mode)
    assert (params["closePosition"], params["positionSide"]) == ("true", side)
    assert {"quantity", "reduceOnly"} & set(params) == set()


def test_reduce_only_is_sent_in_one_way_mode_alone() -> None:
    close = replace(STOP, position_action=PositionAction.CLOSE)
    assert spelt(close)["reduceOnly"] == "true"
    assert "reduceOnly" not in spelt(close, PositionMode.HEDGE)


def test_what_else_may_be_asked_for_is_sent() -> None:
    options = replace(
        STOP.options,
        working_type=WorkingType.MARK_PRICE,
        price_protect=True,
        self_trade_prevention=SelfTradePrevention.EXPIRE_BOTH,
    )
    params = spelt(replace(STOP, options=options))
    assert params["workingType"] == "MARK_PRICE"
    assert params["priceProtect"] == "true"
    assert params["selfTradePreventionMode"] == "EXPIRE_BOTH"


def test_a_tried_order_calls_what_waits_by_its_older_names() -> None:
    params = algo_requests.test_order(STOP, "BTCUSDT", "b1-x", PositionMode.ONEWAY)
    assert (params["stopPrice"], params["newClientOrderId"]) == ("59000.1", "b1-x")
    assert {"algoType", "triggerPrice", "clientAlgoId"} & set(params) == set()


def test_a_tried_limit_order_is_spelt_as_one_that_is_placed() -> None:
    limit = replace(STOP, order_type=OrderType.LIMIT, price=D(60_000), options=OrderOptions())
    params = algo_requests.test_order(limit, "BTCUSDT", "b1-x", PositionMode.ONEWAY)
    assert (params["type"], params["timeInForce"], params["price"]) == ("LIMIT", "GTC", "60000")


def test_pages_of_the_history_go_on_by_id() -> None:
    assert algo_requests.algo_orders_since("BTCUSDT", 5)["startTime"] == "5"
    assert algo_requests.algo_orders_from_id("BTCUSDT", 7)["algoId"] == "7"
