"""Ember's words, heard at one door."""

from decimal import Decimal
from typing import Any

import pytest

from connector.core.enums import OrderType, PositionAction, SelfTradePrevention, TimeInForce, TradeType
from connector.core.faults import ArgumentFault
from connector.core.intents import OrderIntent
from connector.core.order_options import OrderOptions
from connector.exchange.orders.ember import EmberOrder, ember_intent

D = Decimal


def told(order_type: str, **terms: Any) -> OrderIntent:
    prices = {"limit_price": D(60_000)} if order_type.endswith("LIMIT") else {}
    prices |= {"stop_price": D(59_000)} if order_type.startswith("STOP") else {}
    return ember_intent(EmberOrder("BTC-USDT", "SELL", order_type, D("0.01"), **{**prices, **terms}))


@pytest.mark.parametrize(
    ("word", "attributes", "order_type"),
    [
        ("MARKET", {}, OrderType.MARKET),
        ("LIMIT", {}, OrderType.LIMIT),
        ("LIMIT", {"postOnly": "true"}, OrderType.LIMIT_MAKER),
        ("LIMIT", {"postOnly": False}, OrderType.LIMIT),
        ("STOP", {}, OrderType.STOP_MARKET),
        ("STOP_LIMIT", {}, OrderType.STOP),
        ("STOP", {"stopOrderType": "TakeProfit"}, OrderType.TAKE_PROFIT_MARKET),
        ("STOP_LIMIT", {"stopOrderType": "TakeProfit"}, OrderType.TAKE_PROFIT),
        ("STOP_LIMIT", {"postOnly": True, "stopOrderType": "TakeProfit"}, OrderType.TAKE_PROFIT),
    ],
)
def test_its_words_become_the_venues_kinds(word: str, attributes: dict[str, object], order_type: OrderType) -> None:
    intent = told(word, attributes=attributes)
    assert (intent.order_type, intent.trade_type, intent.amount) == (order_type, TradeType.SELL, D("0.01"))
    assert intent.price == (D(60_000) if word.endswith("LIMIT") else None)
    assert intent.options.trigger_price == (D(59_000) if word.startswith("STOP") else None)


def test_a_post_only_stop_is_post_only_once_it_is_triggered() -> None:
    assert told("STOP_LIMIT", attributes={"postOnly": True}).options.time_in_force is TimeInForce.GTX


def test_the_rest_is_carried_over() -> None:
    intent = told(
        "LIMIT",
        time_in_force="IOC",
        attributes={"selfTradePreventionMode": "EXPIRE_BOTH"},
        position_action=PositionAction.CLOSE,
    )
    assert intent.reduces_only
    assert intent.options == OrderOptions(
        time_in_force=TimeInForce.IOC, self_trade_prevention=SelfTradePrevention.EXPIRE_BOTH
    )


@pytest.mark.parametrize(
    ("word", "terms", "argument"),
    [
        ("LIMIT", {"attributes": {"sideEffectType": "MARGIN_BUY"}}, "sideEffectType"),
        ("LIMIT", {"attributes": {"colour": "red"}}, "colour"),
        ("LIMIT", {"attributes": {"postOnly": "perhaps"}}, "postOnly"),
        ("MARKET", {"attributes": {"postOnly": True}}, "postOnly"),
        ("STOP", {"attributes": {"postOnly": True}}, "postOnly"),
        ("LIMIT", {"attributes": {"postOnly": True}, "time_in_force": "IOC"}, "postOnly"),
        ("LIMIT", {"attributes": {"stopOrderType": "TakeProfit"}}, "stopOrderType"),
        ("STOP", {"attributes": {"stopOrderType": "Trailing"}}, "stopOrderType"),
        ("LIMIT", {"attributes": {"selfTradePreventionMode": "NONE"}}, "selfTradePreventionMode"),
        ("LIMIT", {"time_in_force": "DAY"}, "time_in_force"),
        ("PEG_TO_MARKET", {}, "order_type"),
        ("STOP_MARKET", {}, "order_type"),
    ],
)
def test_what_is_not_known_is_refused_by_its_name(word: str, terms: dict[str, Any], argument: str) -> None:
    with pytest.raises(ArgumentFault) as refused:
        told(word, **terms)
    assert refused.value.argument == argument


def test_a_side_has_two_words() -> None:
    with pytest.raises(ArgumentFault, match="BUY, SELL"):
        ember_intent(EmberOrder("BTC-USDT", "SHORT", "MARKET", D(1)))
