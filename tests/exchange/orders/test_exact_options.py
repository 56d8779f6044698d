"""An order's options: what each type takes, on the pair's grid."""

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest

from connector.core.enums import (
    OrderType,
    PositionAction,
    PriceMatch,
    SelfTradePrevention,
    TimeInForce,
    TradeType,
    WorkingType,
)
from connector.core.faults import ArgumentFault
from connector.core.intents import OrderIntent
from connector.core.order_options import PLAIN, OrderOptions
from connector.exchange.orders.exact_intent import exact_intent
from connector.exchange.orders.exact_options import exact_options
from connector.venue.order_fields import ORDER_TYPES
from tests.companions.sample_rules import BTC_RULE

D = Decimal
NOW_MS = 1_800_000_000_000
#: What a type cannot do without.
NEEDED: dict[OrderType, dict[str, Any]] = {
    **{kind: {"trigger_price": D(60_000)} for kind, row in ORDER_TYPES.items() if row.takes_trigger_price},
    OrderType.TRAILING_STOP_MARKET: {"callback_rate": D(1)},
}
#: An asked option, and the types that take it.
TAKEN: dict[str, tuple[Any, set[str]]] = {
    "time_in_force": (TimeInForce.IOC, {"LIMIT", "STOP", "TAKE_PROFIT"}),
    "good_till_ms": (NOW_MS + 700_000, {"LIMIT", "STOP", "TAKE_PROFIT"}),
    "price_match": (PriceMatch.QUEUE, {"LIMIT", "LIMIT_MAKER", "STOP", "TAKE_PROFIT"}),
    "self_trade_prevention": (SelfTradePrevention.EXPIRE_BOTH, {kind.name for kind in OrderType}),
    "trigger_price": (D(60_000), {"STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET"}),
    "working_type": (WorkingType.MARK_PRICE, {kind.name for kind in OrderType if kind.is_conditional}),
    "price_protect": (True, {kind.name for kind in OrderType if kind.is_conditional}),
    "close_position": (True, {"STOP_MARKET", "TAKE_PROFIT_MARKET"}),
    "activation_price": (D(60_000), {"TRAILING_STOP_MARKET"}),
    "callback_rate": (D("0.5"), {"TRAILING_STOP_MARKET"}),
}


def asked(order_type: OrderType, trade_type: TradeType = TradeType.BUY, **options: Any) -> OrderIntent:
    whole = OrderOptions(**{**NEEDED.get(order_type, {}), **options})
    return OrderIntent("BTC-USDT", trade_type, order_type, D("0.01"), D(60_000), PositionAction.OPEN, whole)


def test_the_table_speaks_of_every_option_and_every_type() -> None:
    assert set(TAKEN) == {row.name for row in fields(OrderOptions)}
    assert set(ORDER_TYPES) == set(OrderType)
    assert all(ORDER_TYPES[kind].is_conditional == kind.is_conditional for kind in OrderType)


@pytest.mark.parametrize("order_type", list(OrderType))
@pytest.mark.parametrize("name", TAKEN)
def test_each_type_takes_its_options_and_refuses_others_by_name(order_type: OrderType, name: str) -> None:
    value, takers = TAKEN[name]
    intent = asked(order_type, **{name: value})
    if order_type.name in takers:
        assert getattr(exact_options(intent, BTC_RULE, NOW_MS), name) == value
        return
    with pytest.raises(ArgumentFault) as refused:
        exact_options(intent, BTC_RULE, NOW_MS)
    assert refused.value.argument in (name, "time_in_force")


@pytest.mark.parametrize("force", list(TimeInForce))
def test_a_post_only_order_has_a_post_only_time_in_force(force: TimeInForce) -> None:
    intent = asked(OrderType.LIMIT_MAKER, time_in_force=force)
    if force in (TimeInForce.GTX, TimeInForce.RPI):
        assert exact_options(intent, BTC_RULE, NOW_MS).time_in_force is force
    else:
        with pytest.raises(ArgumentFault, match="time_in_force"):
            exact_options(intent, BTC_RULE, NOW_MS)


def test_a_plain_order_has_no_options_to_look_at() -> None:
    assert exact_options(OrderIntent("BTC-USDT", TradeType.BUY, OrderType.MARKET, D(1), None), BTC_RULE, 0) is PLAIN


@pytest.mark.parametrize(
    ("order_type", "trade_type", "exact"),
    [
        (OrderType.STOP_MARKET, TradeType.BUY, "60000.2"),
        (OrderType.STOP, TradeType.SELL, "60000.1"),
        (OrderType.TAKE_PROFIT_MARKET, TradeType.BUY, "60000.1"),
        (OrderType.TAKE_PROFIT, TradeType.SELL, "60000.2"),
    ],
)
def test_a_trigger_moves_away_from_the_market(order_type: OrderType, trade_type: TradeType, exact: str) -> None:
    intent = asked(order_type, trade_type, trigger_price=D("60000.17"))
    assert exact_options(intent, BTC_RULE, NOW_MS).trigger_price == D(exact)


@pytest.mark.parametrize(("trade_type", "exact"), [(TradeType.BUY, "60000.1"), (TradeType.SELL, "60000.2")])
def test_so_does_the_price_from_which_a_trailing_stop_follows(trade_type: TradeType, exact: str) -> None:
    intent = asked(OrderType.TRAILING_STOP_MARKET, trade_type, activation_price=D("60000.17"))
    assert exact_options(intent, BTC_RULE, NOW_MS).activation_price == D(exact)


@pytest.mark.parametrize("rate", ["0.1", "0.5", "20"])
def test_a_callback_rate_lies_within_the_venues_bounds(rate: str) -> None:
    intent = asked(OrderType.TRAILING_STOP_MARKET, callback_rate=D(rate))
    assert exact_options(intent, BTC_RULE, NOW_MS).callback_rate == D(rate)


@pytest.mark.parametrize("rate", [D("0.09"), D("20.1"), D(0), None, 0.5, D("NaN")])
def test_one_beyond_them_is_refused(rate: Any) -> None:
    with pytest.raises(ArgumentFault, match="callback_rate"):
        exact_options(asked(OrderType.TRAILING_STOP_MARKET, callback_rate=rate), BTC_RULE, NOW_MS)


def test_a_date_makes_an_order_gtd_and_counts_in_seconds() -> None:
    options = exact_options(asked(OrderType.LIMIT, good_till_ms=NOW_MS + 700_999), BTC_RULE, NOW_MS)
    assert (options.time_in_force, options.good_till_ms) == (TimeInForce.GTD, NOW_MS + 700_000)


@pytest.mark.parametrize(
    "options",
    [
        {"good_till_ms": NOW_MS + 600_000},
        {"good_till_ms": 253_402_300_799_000},
        {"good_till_ms": "tomorrow"},
        {"good_till_ms": NOW_MS + 700_000, "time_in_force": TimeInForce.IOC},
        {"time_in_force": TimeInForce.GTD},
    ],
)
def test_a_date_that_can_be_none_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ArgumentFault, match="good_till_ms"):
        exact_options(asked(OrderType.LIMIT, **options), BTC_RULE, NOW_MS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time_in_force", "IOC"), ("price_match", "QUEUE"), ("self_trade_prevention", "NONE"),
        ("working_type", None), ("price_protect", 1), ("close_position", "true"), ("trigger_price", 60_000.5),
    ],
)  # fmt: skip
def test_an_option_of_another_type_is_named(name: str, value: Any) -> None:
    with pytest.raises(ArgumentFault) as refused:
        exact_options(asked(OrderType.STOP_MARKET, **{name: value}), BTC_RULE, NOW_MS)
    assert refused.value.argument == name


def test_what_are_no_options_is_told() -> None:
    wrong = replace(asked(OrderType.LIMIT), options={"time_in_force": "IOC"})  # type: ignore[arg-type]
    with pytest.raises(ArgumentFault, match="use OrderOptions"):
        exact_options(wrong, BTC_RULE, NOW_MS)


def test_a_price_and_a_price_match_exclude_each_other() -> None:
    matched = asked(OrderType.LIMIT, price_match=PriceMatch.OPPONENT)
    with pytest.raises(ArgumentFault, match="price"):
        exact_intent(matched, BTC_RULE, NOW_MS)
    assert exact_intent(replace(matched, price=None), BTC_RULE, NOW_MS).price is None


def test_what_closes_all_of_a_position_has_no_amount_and_closes() -> None:
    closing = asked(OrderType.STOP_MARKET, close_position=True)
    with pytest.raises(ArgumentFault, match="amount"):
        exact_intent(closing, BTC_RULE, NOW_MS)
    exact = exact_intent(replace(closing, amount=D(0)), BTC_RULE, NOW_MS)
    assert (exact.amount, exact.position_action) == (0, PositionAction.CLOSE)
