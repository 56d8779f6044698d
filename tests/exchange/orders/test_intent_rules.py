"""The rules that an intent breaks, and the room that a position leaves for what closes it."""

from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest

from connector.core.enums import OrderType, PositionAction, PositionMode, PositionSide, PriceMatch, TradeType
from connector.core.intents import OrderIntent
from connector.core.order_options import OrderOptions
from connector.core.reports import OrderStatus
from connector.exchange.orders.intent_rules import broken_count, broken_rule, within_what_is_held
from connector.exchange.orders.own_words import own_word
from connector.orders.in_flight_order import InFlightOrder
from connector.venue.order_fields import CLOSE_SEMANTICS
from connector.wire.requests import place_order
from tests.companions.orders.scenes import tracked, tracker
from tests.companions.sample_rules import BTC_RULE

D = Decimal
MARK = D(60_000)
STOP = OrderIntent(
    "BTC-USDT", TradeType.SELL, OrderType.STOP_MARKET, D("0.010"), None,
    PositionAction.OPEN, OrderOptions(trigger_price=D(59_000)),
)  # fmt: skip
CLOSE = OrderIntent("BTC-USDT", TradeType.SELL, OrderType.MARKET, D("2"), None, PositionAction.CLOSE)
#: Mode, action, side: the position that it speaks of, and whether it is reduce-only. Written out from the venue's page.
SPELT = {
    ("ONEWAY", "OPEN", "BUY"): ("BOTH", False), ("ONEWAY", "OPEN", "SELL"): ("BOTH", False),
    ("ONEWAY", "NIL", "BUY"): ("BOTH", False), ("ONEWAY", "NIL", "SELL"): ("BOTH", False),
    ("ONEWAY", "CLOSE", "BUY"): ("BOTH", True), ("ONEWAY", "CLOSE", "SELL"): ("BOTH", True),
    ("HEDGE", "OPEN", "BUY"): ("LONG", False), ("HEDGE", "OPEN", "SELL"): ("SHORT", False),
    ("HEDGE", "NIL", "BUY"): ("LONG", False), ("HEDGE", "NIL", "SELL"): ("SHORT", False),
    ("HEDGE", "CLOSE", "BUY"): ("SHORT", False), ("HEDGE", "CLOSE", "SELL"): ("LONG", False),
}  # fmt: skip


@pytest.mark.parametrize(("mode", "action", "side"), list(product(PositionMode, PositionAction, TradeType)))
def test_what_an_order_does_to_the_position_is_spelt_by_mode(
    mode: PositionMode, action: PositionAction, side: TradeType
) -> None:
    position_side, reduces = SPELT[mode.name, action.name, side.name]
    assert CLOSE_SEMANTICS[mode, action, side].position_side is PositionSide[position_side]
    params = place_order(replace(CLOSE, trade_type=side, position_action=action), "BTCUSDT", "x", mode)
    assert (params["positionSide"], "reduceOnly" in params) == (position_side, reduces)


def working(amount: str, action: PositionAction = PositionAction.CLOSE, **changes: object) -> InFlightOrder:
    intent = replace(CLOSE, amount=D(amount), position_action=action, **changes)  # type: ignore[arg-type]
    return tracked(tracker(), wanted=intent)


@pytest.mark.parametrize(
    ("mode", "held", "orders", "amount"),
    [
        (PositionMode.ONEWAY, "1", (), "2"),  # the venue cuts it
        (PositionMode.HEDGE, "1", (), "1"),
        (PositionMode.HEDGE, "-1", (), "1"),
        (PositionMode.HEDGE, "3", (), "2"),
        (PositionMode.HEDGE, "0", (), "2"),  # the venue says why not
        (PositionMode.HEDGE, "2", (working("0.5"),), "1.5"),
        (PositionMode.HEDGE, "2", (working("2"),), "2"),
        (PositionMode.HEDGE, "2", (working("1", PositionAction.OPEN),), "2"),
        (PositionMode.HEDGE, "2", (working("1", trade_type=TradeType.BUY),), "2"),
        (
            PositionMode.HEDGE,
            "2",
            (working("1", order_type=OrderType.STOP_MARKET, options=STOP.options),),
            "2",
        ),
    ],
)
def test_a_closing_order_is_cut_to_the_room_that_is_left(
    mode: PositionMode, held: str, orders: tuple[InFlightOrder, ...], amount: str
) -> None:
    assert within_what_is_held(CLOSE, "BTCUSDT", mode, D(held), orders).amount == D(amount)


def test_neither_an_opening_nor_a_conditional_order_is_cut() -> None:
    opening = replace(CLOSE, position_action=PositionAction.OPEN)
    stop = replace(STOP, amount=D(2), position_action=PositionAction.CLOSE)
    for intent in (opening, stop):
        assert within_what_is_held(intent, "BTCUSDT", PositionMode.HEDGE, D(1), ()) is intent


def test_a_stop_is_worth_its_trigger_price() -> None:
    assert broken_rule(STOP, BTC_RULE, D("NaN")) is None
    broken = broken_rule(replace(STOP, amount=D("0.001"), options=OrderOptions(trigger_price=D(600))), BTC_RULE, MARK)
    assert broken is not None
    assert (broken.rule, "x price 600" in broken.value) == ("MIN_NOTIONAL", True)


def test_a_trigger_price_lies_within_the_price_filter() -> None:
    broken = broken_rule(replace(STOP, options=OrderOptions(trigger_price=D(1))), BTC_RULE, MARK)
    assert broken is not None
    assert (broken.rule, broken.value) == ("PRICE_FILTER", "trigger price 1")


def test_a_trailing_stop_is_worth_the_mark_price() -> None:
    trail = replace(STOP, order_type=OrderType.TRAILING_STOP_MARKET, options=OrderOptions(callback_rate=D(1)))
    assert broken_rule(trail, BTC_RULE, MARK) is None
    assert broken_rule(replace(trail, amount=D("0.001")), BTC_RULE, D(100)) is not None


def test_an_order_whose_price_the_venue_finds_has_no_price_to_break_a_rule_by() -> None:
    matched = OrderIntent(
        "BTC-USDT", TradeType.BUY, OrderType.LIMIT, D("0.010"), None, options=OrderOptions(price_match=PriceMatch.QUEUE)
    )
    assert broken_rule(matched, BTC_RULE, D("60000.05")) is None


def test_what_closes_all_of_a_position_has_no_amount_to_break_a_rule_by() -> None:
    options = OrderOptions(trigger_price=D(59_000), close_position=True)
    closing = replace(STOP, amount=D(0), position_action=PositionAction.CLOSE, options=options)
    assert broken_rule(closing, BTC_RULE, MARK) is None
    broken = broken_rule(closing, replace(BTC_RULE, is_trading=False, status="CLOSE"), MARK)
    assert broken is not None
    assert broken.rule == "symbol status"


BUY = OrderIntent("BTC-USDT", TradeType.BUY, OrderType.LIMIT, D("0.010"), D(60_000))


@pytest.mark.parametrize(
    ("intent", "rule"),
    [
        (replace(BUY, price=D(63_001)), "PERCENT_PRICE"),
        (replace(BUY, trade_type=TradeType.SELL, price=D(56_999)), "PERCENT_PRICE"),
        (replace(BUY, trade_type=TradeType.SELL, price=D(90_000)), None),
        (replace(BUY, price=D(1_000), amount=D(1)), None),
        (replace(BUY, price=D(63_001), position_action=PositionAction.CLOSE), None),
        (replace(BUY, order_type=OrderType.STOP, price=D(63_100), options=OrderOptions(trigger_price=D(60_000))), "P"),
        (replace(BUY, order_type=OrderType.STOP, price=D(71_000), options=OrderOptions(trigger_price=D(70_000))), None),
    ],
)
def test_a_limit_price_keeps_to_the_band_of_the_mark_or_of_its_trigger(intent: OrderIntent, rule: str | None) -> None:
    broken = broken_rule(intent, BTC_RULE, MARK)
    assert (broken.rule if broken else None) == ("PERCENT_PRICE" if rule else None)


def test_a_band_of_a_mark_that_is_not_known_binds_nothing() -> None:
    assert broken_rule(replace(BUY, price=D(90_000)), BTC_RULE, D("NaN")) is None


def test_a_market_order_that_opens_into_nothing_is_kept_and_one_that_closes_goes() -> None:
    market, far = replace(BUY, order_type=OrderType.MARKET, price=None), (D(59_000), D(66_000))
    broken = broken_rule(market, BTC_RULE, MARK, far)
    assert broken is not None
    assert (broken.rule, broken.value) == ("PERCENT_PRICE", "the best price 66000")
    assert broken_rule(replace(market, trade_type=TradeType.SELL), BTC_RULE, MARK, far) is None
    assert broken_rule(replace(market, position_action=PositionAction.CLOSE), BTC_RULE, MARK, far) is None
    assert broken_rule(market, BTC_RULE, MARK, (None, None)) is None


def test_a_side_under_control_takes_what_closes_alone() -> None:
    controlled = replace(BTC_RULE, reduce_only_sides=(TradeType.BUY,))
    broken = broken_rule(BUY, controlled, MARK)
    assert broken is not None
    assert broken.rule == "POSITION_RISK_CONTROL"
    assert broken_rule(replace(BUY, position_action=PositionAction.CLOSE), controlled, MARK) is None
    assert broken_rule(replace(BUY, trade_type=TradeType.SELL), controlled, MARK) is None


def test_one_order_more_than_may_rest_is_kept() -> None:
    book, rule = tracker(), replace(BTC_RULE, max_orders=2)
    for name in ("a", "b"):
        book.open_order(BUY, name, leverage=1, now_ms=1)
    third = book.open_order(BUY, "c", leverage=1, now_ms=1)
    broken = broken_count(third, rule, book.active)
    assert broken is not None
    assert (broken.rule, broken.limit) == ("MAX_NUM_ORDERS", "maximum 2")
    assert broken_count(third, replace(rule, max_orders=0), book.active) is None
    market = book.open_order(replace(BUY, order_type=OrderType.MARKET, price=None), "d", leverage=1, now_ms=1)
    assert broken_count(market, rule, book.active) is None, "it never rests"
    closing = book.open_order(replace(BUY, position_action=PositionAction.CLOSE), "e", leverage=1, now_ms=1)
    assert broken_count(closing, rule, book.active) is None, "what closes is the venue's to judge"
    book.apply(own_word(closing, OrderStatus.CANCEL_REQUESTED), 2)
    for going in ("a", "b", "d"):
        order = book.order(going)
        assert order is not None
        book.apply(own_word(order, OrderStatus.CANCEL_REQUESTED), 2)
    assert broken_count(third, rule, book.active) is None, "the others are on their way out"


def test_conditional_orders_are_counted_by_themselves_over_all_symbols() -> None:
    book = tracker()
    for number in range(200):
        book.open_order(STOP, f"s{number}", leverage=1, now_ms=1)
    assert broken_count(book.open_order(BUY, "a", leverage=1, now_ms=1), BTC_RULE, book.active) is None
    broken = broken_count(book.open_order(STOP, "one more", leverage=1, now_ms=1), BTC_RULE, book.active)
    assert broken is not None
    assert (broken.rule, broken.limit) == ("MAX_NUM_ALGO_ORDERS", "maximum 200")
