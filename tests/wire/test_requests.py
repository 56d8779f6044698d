"""Intents spelt as the venue wants them."""

import json
from decimal import Decimal

import pytest

from connector.core.enums import OrderType, PositionAction, PositionMode, TradeType
from connector.core.intents import OrderIntent
from connector.wire import requests


def intent(order_type: OrderType, price: str | None, action: PositionAction = PositionAction.OPEN) -> OrderIntent:
    exact = None if price is None else Decimal(price)
    return OrderIntent("BTC-USDT", TradeType.SELL, order_type, Decimal("0.0020"), exact, action)


def test_a_post_only_order_is_a_limit_order_with_gtx() -> None:
    params = requests.place_order(intent(OrderType.LIMIT_MAKER, "60000.10"), "BTCUSDT", "b1-x", PositionMode.ONEWAY)
    assert params == {
        "symbol": "BTCUSDT", "side": "SELL", "type": "LIMIT", "positionSide": "BOTH", "quantity": "0.002",
        "newClientOrderId": "b1-x", "selfTradePreventionMode": "EXPIRE_MAKER", "timeInForce": "GTX",
        "price": "60000.1",
    }  # fmt: skip


def test_a_market_order_has_neither_price_nor_time_in_force() -> None:
    params = requests.place_order(intent(OrderType.MARKET, None), "BTCUSDT", "b1-x", PositionMode.ONEWAY)
    assert params["type"] == "MARKET"
    assert {"price", "timeInForce"} & set(params) == set()


def test_a_close_is_reduce_only_in_one_way_mode_and_names_its_side_in_hedge_mode() -> None:
    close = intent(OrderType.LIMIT, "60000", PositionAction.CLOSE)
    one_way = requests.place_order(close, "BTCUSDT", "x", PositionMode.ONEWAY)
    hedge = requests.place_order(close, "BTCUSDT", "x", PositionMode.HEDGE)
    assert (one_way["positionSide"], one_way["reduceOnly"]) == ("BOTH", "true")
    assert hedge["positionSide"] == "LONG"
    assert "reduceOnly" not in hedge


def test_a_limit_order_without_a_price_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="price"):
        requests.place_order(intent(OrderType.LIMIT, None), "BTCUSDT", "x", PositionMode.ONEWAY)


def test_every_value_is_text() -> None:
    for params in (
        requests.order_by_client_id("BTCUSDT", "x"), requests.of_symbol("BTCUSDT"), requests.depth("BTCUSDT", 1000),
        requests.set_leverage("BTCUSDT", 10), requests.set_position_mode(PositionMode.HEDGE),
        requests.trades_from_id("BTCUSDT", 7), requests.latest("BTCUSDT", 1),
        requests.trades_of_order("BTCUSDT", "7"), requests.orders_from_id("BTCUSDT", 7), requests.income_since(7),
    ):  # fmt: skip
        assert all(isinstance(value, str) for value in params.values())


def test_the_position_mode_is_a_flag() -> None:
    assert requests.set_position_mode(PositionMode.HEDGE) == {"dualSidePosition": "true"}
    assert requests.set_position_mode(PositionMode.ONEWAY) == {"dualSidePosition": "false"}


def test_a_change_names_side_total_and_price_and_says_what_only_reduces() -> None:
    price, amount = Decimal("60000.10"), Decimal("0.020")
    change = requests.modify_order("BTCUSDT", "x", TradeType.BUY, price, amount, reduce_only=False)
    assert change == {
        "symbol": "BTCUSDT", "side": "BUY", "quantity": "0.02", "price": "60000.1", "origClientOrderId": "x",
    }  # fmt: skip
    closing = requests.modify_order("BTCUSDT", "x", TradeType.BUY, Decimal(60_000), Decimal(1), reduce_only=True)
    assert closing["reduceOnly"] == "true"


def test_several_orders_are_a_list_of_what_each_would_be_by_itself() -> None:
    one = requests.place_order(intent(OrderType.LIMIT, "60000"), "BTCUSDT", "x", PositionMode.ONEWAY)
    other = requests.place_order(intent(OrderType.MARKET, None), "币安人生USDT", "y", PositionMode.ONEWAY)
    params = requests.several([one, other])
    assert json.loads(params["batchOrders"]) == [one, other]
    assert " " not in params["batchOrders"]
    assert "币安人生USDT" in params["batchOrders"]


def test_several_orders_are_named_for_a_cancel_without_blanks() -> None:
    params = requests.orders_by_client_id("BTCUSDT", ["a-1", "b-2"])
    assert params == {"symbol": "BTCUSDT", "origClientOrderIdList": '["a-1","b-2"]'}
