from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.enums import OrderType
from connector.strategies.exits import exit_intents, is_past_stop
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.quoting_state import QuotingState
from connector.strategies.view import MarketView
from tests.strategies.scene import (
    BUY,
    CLOSE,
    NOW_MS,
    RULE,
    SELL,
    D,
    cancelled,
    come_true,
    long_of,
    moment,
    orders_of,
    own,
    settings,
    short_of,
    shown,
)

#: Take-profit at 1 % (60,600 and 59,400), stop-loss at 2 % (58,800 and 61,200), buffer 0.5 %.
GUARDED = settings(
    long_profit_taking_spread="1",
    short_profit_taking_spread="1",
    stop_loss_spread="2",
    time_between_stop_loss_orders="60",
)
FALLEN = {"best_bid": D("58800"), "best_ask": D("58800.1"), "mark_price": D("58800")}
RISEN = {"best_bid": D("61199.9"), "best_ask": D("61200"), "mark_price": D("61200")}
STOP_SELL = own(SELL, "58506", "0.5", name="stop", action=CLOSE)


def asked(view: MarketView, chosen: PerpetualMarketMakingSettings = GUARDED) -> list[tuple[str, str, str]]:
    return shown(orders_of(exit_intents(chosen, QuotingState(), view)[0]))


def gone(view: MarketView, chosen: PerpetualMarketMakingSettings = GUARDED) -> list[str]:
    return cancelled(exit_intents(chosen, QuotingState(), view)[0])


def test_a_position_gets_a_take_profit_at_its_spread_at_once() -> None:
    assert asked(moment(positions=(long_of("0.5"),))) == [("SELL", "60600", "0.5")]
    assert asked(moment(positions=(short_of("0.5"),))) == [("BUY", "59400", "0.5")]


def test_an_exit_can_only_reduce_the_position() -> None:
    (order,) = orders_of(exit_intents(GUARDED, QuotingState(), moment(positions=(long_of("0.5"),)))[0])
    assert (order.position_action, order.order_type, order.trading_pair) == (CLOSE, OrderType.LIMIT, "BTC-USDT")


def test_a_take_profit_of_zero_stands_at_the_entry_price_rounded_in_our_favour() -> None:
    assert asked(moment(positions=(long_of("0.5", "60000.01"),)), settings()) == [("SELL", "60000.1", "0.5")]
    assert asked(moment(positions=(short_of("0.5", "60000.01"),)), settings()) == [("BUY", "60000", "0.5")]


def test_hedge_mode_has_an_exit_for_each_position() -> None:
    both = moment(positions=(long_of("0.5"), short_of("0.2", "61000")))
    assert asked(both) == [("BUY", "60390", "0.2"), ("SELL", "60600", "0.5")]


def test_an_exit_that_fits_is_left_alone() -> None:
    view = moment(positions=(long_of("0.5"),), orders=(own(SELL, "60600", "0.5", action=CLOSE),))
    assert exit_intents(GUARDED, QuotingState(), view)[0] == ()


@pytest.mark.parametrize("position", [long_of("0.7"), long_of("0.3"), long_of("0.5", "60100")])
def test_an_exit_sized_or_priced_for_another_position_goes_first_and_is_asked_for_when_gone(position: object) -> None:
    stale = own(SELL, "60600", "0.5", name="stale", action=CLOSE)
    view = moment(positions=(position,), orders=(stale,))
    assert (gone(view), asked(view)) == (["stale"], [])
    going = replace(view, orders=(replace(stale, is_pending_cancel=True),))
    assert (gone(going), asked(going)) == ([], [])
    assert len(asked(replace(view, orders=()))) == 1


def test_a_partly_filled_exit_still_fits_the_position_it_reduced() -> None:
    view = moment(positions=(long_of("0.2"),), orders=(own(SELL, "60600", "0.2", action=CLOSE),))
    assert exit_intents(GUARDED, QuotingState(), view)[0] == ()


def test_of_two_exits_one_stays() -> None:
    twins = own(SELL, "60600", "0.5", "a", CLOSE), own(SELL, "60600", "0.5", "b", CLOSE)
    view = moment(positions=(long_of("0.5"),), orders=twins)
    assert (gone(view), asked(view)) == (["b"], [])


def test_an_exit_without_a_position_goes() -> None:
    view = moment(orders=(own(SELL, "60600", "0.5", "orphan", CLOSE),))
    assert (gone(view), asked(view)) == (["orphan"], [])


def test_an_exit_on_the_wrong_side_after_the_position_flipped_goes() -> None:
    view = moment(positions=(short_of("0.5"),), orders=(own(SELL, "60600", "0.5", "wrong", CLOSE),))
    assert gone(view) == ["wrong"]
    assert asked(view) == [("BUY", "59400", "0.5")]


def test_quotes_are_not_taken_for_exits() -> None:
    view = moment(positions=(long_of("0.5"),), orders=(own(SELL, "60600", "0.5"),))
    assert asked(view) == [("SELL", "60600", "0.5")]


def test_a_remainder_below_the_lot_size_cannot_be_closed() -> None:
    assert asked(moment(positions=(long_of("0.0009"),))) == []


def test_a_position_larger_than_an_order_may_be_is_closed_piece_by_piece() -> None:
    small = replace(RULE, max_amount=D("0.2"))
    assert asked(moment(rule=small, positions=(long_of("0.5"),))) == [("SELL", "60600", "0.2")]


def test_a_take_profit_at_a_price_of_zero_is_never_asked_for() -> None:
    greedy = settings(short_profit_taking_spread="100")
    assert asked(moment(positions=(short_of("0.5"),)), greedy) == []


@pytest.mark.parametrize(
    ("facts", "is_past"),
    [
        ({"best_bid": D("58800.1")}, False),
        ({"best_bid": D("58800")}, True),
        ({"best_bid": D("50000")}, True),
        ({"best_bid": None, "mark_price": D("58800")}, True),
        ({"best_bid": None, "mark_price": D("58801")}, False),
        ({"best_bid": None, "mark_price": None}, False),
    ],
)
def test_a_long_position_is_past_its_stop_when_the_best_bid_is(facts: dict[str, object], is_past: bool) -> None:
    assert is_past_stop(GUARDED, moment(**facts), long_of("1")) is is_past


@pytest.mark.parametrize(("ask", "is_past"), [("61199.9", False), ("61200", True), ("70000", True)])
def test_a_short_position_is_past_its_stop_when_the_best_ask_is(ask: str, is_past: bool) -> None:
    assert is_past_stop(GUARDED, moment(best_ask=D(ask)), short_of("1")) is is_past


def test_a_stop_loss_of_zero_is_none() -> None:
    assert not is_past_stop(settings(), moment(best_bid=D(1)), long_of("1"))


def test_past_the_stop_price_the_close_is_priced_through_it_by_the_buffer() -> None:
    assert asked(moment(positions=(long_of("0.5"),), **FALLEN)) == [("SELL", "58506", "0.5")]
    assert asked(moment(positions=(short_of("0.5"),), **RISEN)) == [("BUY", "61506", "0.5")]


def test_past_the_stop_price_the_take_profit_goes_before_the_close_comes() -> None:
    profit = own(SELL, "60600", "0.5", "profit", CLOSE)
    view = moment(positions=(long_of("0.5"),), orders=(profit,), **FALLEN)
    assert (gone(view), asked(view)) == (["profit"], [])
    assert asked(replace(view, orders=())) == [("SELL", "58506", "0.5")]


def test_a_market_that_gapped_through_the_buffer_is_followed() -> None:
    gapped = moment(positions=(long_of("0.5"),), best_bid=D(57000), best_ask=D(57001), mark_price=D(57000))
    assert asked(gapped) == [("SELL", "56715", "0.5")]


def test_a_close_stays_inside_the_band_that_the_venue_allows() -> None:
    wide = settings(stop_loss_spread="2", stop_loss_slippage_buffer="20")
    assert asked(moment(positions=(long_of("0.5"),), **FALLEN), wide) == [("SELL", "55860", "0.5")]
    assert asked(moment(positions=(short_of("0.5"),), **RISEN), wide) == [("BUY", "64260", "0.5")]
    unbound = replace(RULE, price_band_down=D(0))
    assert asked(moment(positions=(long_of("0.5"),), rule=unbound, **FALLEN), wide) == [("SELL", "47040", "0.5")]


def test_a_stop_loss_order_works_until_its_renewal_time() -> None:
    view = moment(positions=(long_of("0.5"),), orders=(STOP_SELL,), best_bid=D(57000), best_ask=D(57001))
    young = replace(view, now_ms=NOW_MS + 59_999)
    assert exit_intents(GUARDED, QuotingState(), young)[0] == ()
    assert gone(replace(view, now_ms=NOW_MS + 60_000)) == ["stop"]


def test_a_stop_loss_order_is_left_to_work_when_the_market_comes_back_for_a_moment() -> None:
    view = moment(positions=(long_of("0.5"),), orders=(STOP_SELL,), now_ms=NOW_MS + 1_000)
    assert exit_intents(GUARDED, QuotingState(), view)[0] == ()
    assert gone(replace(view, now_ms=NOW_MS + 60_000)) == ["stop"]


def test_a_stop_loss_order_for_another_amount_goes_at_once() -> None:
    view = moment(positions=(long_of("0.4"),), orders=(STOP_SELL,), **FALLEN)
    assert (gone(view), asked(view)) == (["stop"], [])


def test_an_exit_that_vanished_is_not_asked_for_again_before_the_pause_is_over() -> None:
    view = moment(positions=(long_of("0.5"),))
    first, state = exit_intents(GUARDED, QuotingState(), view)
    assert len(first) == 1
    again, state = exit_intents(GUARDED, state, replace(view, now_ms=NOW_MS + 999))
    assert again == ()
    later, _ = exit_intents(GUARDED, state, replace(view, now_ms=NOW_MS + 1_000))
    assert later == first


def test_the_pause_does_not_hold_up_a_stop_loss() -> None:
    _, state = exit_intents(GUARDED, QuotingState(), moment(positions=(long_of("0.5"),)))
    intents, _ = exit_intents(GUARDED, state, moment(positions=(long_of("0.5"),), now_ms=NOW_MS + 1, **FALLEN))
    assert shown(orders_of(intents)) == [("SELL", "58506", "0.5")]


POSITIONS = st.decimals("-2", "2", places=4)
PRICES = st.integers(550_000, 650_000).map(lambda tenths: Decimal(tenths) / 10)


@given(steps=st.lists(st.tuples(POSITIONS, PRICES, st.sampled_from([100, 999, 61_000])), min_size=1, max_size=12))
def test_live_exits_and_new_ones_together_never_exceed_the_position(steps: list[tuple[Decimal, Decimal, int]]) -> None:
    """The venue does all that is asked for, while the position moves under the exits; a step's live exits that
    are too large for it are on their way out, and nothing is asked for beside them."""
    state, view = QuotingState(), moment()
    for amount, bid, later_ms in steps:
        position = replace(long_of("1"), amount=amount)
        view = replace(view, positions=(position,), best_bid=bid, best_ask=bid + 1, mark_price=bid)
        intents, state = exit_intents(GUARDED, state, view)
        new = orders_of(intents)
        assert all(order.amount <= abs(amount) and order.trade_type is position.closing_side for order in new)
        view = come_true(view, intents, later_ms)
        assert all(order.is_exit for order in view.orders)
        assert sum((order.remaining for order in view.orders), Decimal(0)) <= abs(amount)
        assert {order.trade_type for order in view.orders} <= ({BUY} if amount < 0 else {SELL})
