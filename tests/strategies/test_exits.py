from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.core.enums import OrderType
from connector.core.intents import Intent
from connector.strategies.exits import TORN_VIEW_MS, exit_intents
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.quoting_state import QuotingState
from connector.strategies.view import MarketView, OwnOrder
from connector.strategies.wanted_exit import wanted_exits
from tests.companions.strategies.scene import (
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


def exit_of(amount: str) -> OwnOrder:
    return own(SELL, "60600", amount, action=CLOSE)


def managed(
    chosen: PerpetualMarketMakingSettings, state: QuotingState, view: MarketView
) -> tuple[tuple[Intent, ...], QuotingState]:
    return exit_intents(chosen, state, view, wanted_exits(chosen, view))


def asked(view: MarketView, chosen: PerpetualMarketMakingSettings = GUARDED) -> list[tuple[str, str, str]]:
    return shown(orders_of(managed(chosen, QuotingState(), view)[0]))


def gone(view: MarketView, chosen: PerpetualMarketMakingSettings = GUARDED) -> list[str]:
    return cancelled(managed(chosen, QuotingState(), view)[0])


def gone_in_the_end(view: MarketView) -> list[str]:
    """What goes when the view stays as it is for longer than the venue's two messages of a fill are apart."""
    _, state = managed(GUARDED, QuotingState(), view)
    return cancelled(managed(GUARDED, state, replace(view, now_ms=view.now_ms + TORN_VIEW_MS))[0])


def test_a_position_gets_a_take_profit_at_its_spread_at_once() -> None:
    assert asked(moment(positions=(long_of("0.5"),))) == [("SELL", "60600", "0.5")]
    assert asked(moment(positions=(short_of("0.5"),))) == [("BUY", "59400", "0.5")]


def test_an_exit_can_only_reduce_the_position() -> None:
    (order,) = orders_of(managed(GUARDED, QuotingState(), moment(positions=(long_of("0.5"),)))[0])
    assert (order.position_action, order.order_type, order.trading_pair) == (CLOSE, OrderType.LIMIT, "BTC-USDT")


def test_a_take_profit_of_zero_stands_at_the_entry_price_rounded_in_our_favour() -> None:
    assert asked(moment(positions=(long_of("0.5", "60000.01"),)), settings()) == [("SELL", "60000.1", "0.5")]
    assert asked(moment(positions=(short_of("0.5", "60000.01"),)), settings()) == [("BUY", "60000", "0.5")]


def test_hedge_mode_has_an_exit_for_each_position() -> None:
    both = moment(positions=(long_of("0.5"), short_of("0.2", "61000")))
    assert asked(both) == [("BUY", "60390", "0.2"), ("SELL", "60600", "0.5")]


def test_an_exit_that_fits_is_left_alone() -> None:
    view = moment(positions=(long_of("0.5"),), orders=(own(SELL, "60600", "0.5", action=CLOSE),))
    assert managed(GUARDED, QuotingState(), view)[0] == ()


def test_an_exit_priced_for_another_position_goes_first_and_is_asked_for_when_gone() -> None:
    stale = own(SELL, "60600", "0.5", name="stale", action=CLOSE)
    view = moment(positions=(long_of("0.5", "60100"),), orders=(stale,))
    assert (gone(view), asked(view)) == (["stale"], [])
    going = replace(view, orders=(replace(stale, is_pending_cancel=True),))
    assert (gone(going), asked(going)) == ([], [])
    assert len(asked(replace(view, orders=()))) == 1


@pytest.mark.parametrize("amount", ["0.7", "0.3"])
def test_an_exit_of_another_amount_goes_when_it_has_been_wrong_for_longer_than_a_fill_is_torn(amount: str) -> None:
    stale = own(SELL, "60600", "0.5", name="stale", action=CLOSE)
    view = moment(positions=(long_of(amount),), orders=(stale,))
    first, state = managed(GUARDED, QuotingState(), view)
    then, state = managed(GUARDED, state, replace(view, now_ms=NOW_MS + 299))
    assert (first, then) == ((), ())
    late, state = managed(GUARDED, state, replace(view, now_ms=NOW_MS + 300))
    assert (cancelled(late), orders_of(late)) == (["stale"], [])
    placed, _ = managed(GUARDED, state, replace(view, now_ms=NOW_MS + 400, orders=()))
    assert shown(orders_of(placed)) == [("SELL", "60600", amount)]


@pytest.mark.parametrize(("first", "then"), [("position", "order"), ("order", "position")])
def test_a_partial_fill_reported_in_two_messages_does_not_cancel_a_good_exit(first: str, then: str) -> None:
    facts = {"position": {"positions": (long_of("0.006"),)}, "order": {"orders": (exit_of("0.006"),)}}
    view = moment(positions=(long_of("0.01"),), orders=(exit_of("0.01"),))
    state = QuotingState()
    for later_ms, changes in ((100, {}), (200, facts[first]), (300, facts[then]), (9_000, {})):
        view = replace(view, now_ms=NOW_MS + later_ms, **changes)  # type: ignore[arg-type]
        intents, state = managed(GUARDED, state, view)
        assert intents == ()


def test_each_fill_is_given_the_time_of_its_own_two_messages() -> None:
    view = moment(positions=(long_of("0.01"),), orders=(exit_of("0.01"),))
    state = QuotingState()
    for later_ms, amount in ((0, "0.008"), (250, "0.006"), (500, "0.004"), (750, "0.002")):
        view = replace(view, now_ms=NOW_MS + later_ms, positions=(long_of(amount),))
        intents, state = managed(GUARDED, state, view)
        assert intents == ()
    assert cancelled(managed(GUARDED, state, replace(view, now_ms=NOW_MS + 1_050))[0]) == ["a"]


def test_an_exit_that_filled_before_its_position_was_reported_is_not_placed_again() -> None:
    view = moment(positions=(long_of("0.01"),), orders=(exit_of("0.01"),))
    _, state = managed(GUARDED, QuotingState(), view)
    torn, state = managed(GUARDED, state, replace(view, now_ms=NOW_MS + 250, orders=()))
    assert torn == ()
    again, _ = managed(GUARDED, state, replace(view, now_ms=NOW_MS + 1_250, orders=()))
    assert shown(orders_of(again)) == [("SELL", "60600", "0.01")]


def test_a_partly_filled_exit_still_fits_the_position_it_reduced() -> None:
    view = moment(positions=(long_of("0.2"),), orders=(own(SELL, "60600", "0.2", action=CLOSE),))
    assert managed(GUARDED, QuotingState(), view)[0] == ()


def test_of_two_exits_one_stays() -> None:
    twins = own(SELL, "60600", "0.5", "a", CLOSE), own(SELL, "60600", "0.5", "b", CLOSE)
    view = moment(positions=(long_of("0.5"),), orders=twins)
    assert (gone(view), asked(view)) == (["b"], [])


def test_an_exit_without_a_position_goes() -> None:
    view = moment(orders=(own(SELL, "60600", "0.5", "orphan", CLOSE),))
    assert (gone_in_the_end(view), asked(view)) == (["orphan"], [])


def test_an_exit_whose_position_is_told_gone_first_is_not_cancelled_before_its_own_end_is_told() -> None:
    view = moment(orders=(own(SELL, "60600", "0.5", "filled", CLOSE),))
    first, state = managed(GUARDED, QuotingState(), view)
    assert first == ()
    told, _ = managed(GUARDED, state, replace(view, now_ms=NOW_MS + 5, orders=()))
    assert told == ()


def test_an_exit_that_rested_unseen_for_long_is_missed_from_the_first_view_without_it() -> None:
    resting = moment(positions=(long_of("0.5"),), orders=(own(SELL, "60600", "0.5", "exit", CLOSE),))
    _, state = managed(GUARDED, QuotingState(), resting)
    later = NOW_MS + 60_000
    torn, state = managed(GUARDED, state, replace(resting, now_ms=later, orders=()))
    assert torn == (), "it may have filled, and its position is not told yet"
    still, state = managed(GUARDED, state, replace(resting, now_ms=later + 999, orders=()))
    assert still == ()
    again, _ = managed(GUARDED, state, replace(resting, now_ms=later + 1_000, orders=()))
    assert shown(orders_of(again)) == [("SELL", "60600", "0.5")]


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
    view = moment(positions=(long_of("0.5"),), orders=(STOP_SELL,), best_bid=D(58506), best_ask=D(58507))
    young = replace(view, now_ms=NOW_MS + 59_999)
    assert managed(GUARDED, QuotingState(), young)[0] == ()
    assert gone(replace(view, now_ms=NOW_MS + 60_000)) == ["stop"]


def test_a_stop_loss_order_that_the_market_has_run_past_follows_it_at_once() -> None:
    below = moment(positions=(long_of("0.5"),), orders=(STOP_SELL,), best_bid=D(58505), best_ask=D(58506))
    assert gone(below) == ["stop"]
    stop_buy = own(BUY, "61506", "0.5", name="stop", action=CLOSE)
    above = moment(positions=(short_of("0.5"),), orders=(stop_buy,), best_bid=D(61506), best_ask=D(61507))
    assert gone(above) == ["stop"]
    assert gone(replace(above, best_ask=D(61506), best_bid=D(61505))) == []


def test_a_stop_loss_order_is_left_to_work_when_the_market_comes_back_for_a_moment() -> None:
    view = moment(positions=(long_of("0.5"),), orders=(STOP_SELL,), now_ms=NOW_MS + 1_000)
    assert managed(GUARDED, QuotingState(), view)[0] == ()
    assert gone(replace(view, now_ms=NOW_MS + 60_000)) == ["stop"]


def test_a_stop_loss_order_for_another_amount_goes_when_the_amount_was_not_torn() -> None:
    view = moment(positions=(long_of("0.4"),), orders=(STOP_SELL,), **FALLEN)
    first, state = managed(GUARDED, QuotingState(), view)
    assert first == ()
    assert cancelled(managed(GUARDED, state, replace(view, now_ms=NOW_MS + 300))[0]) == ["stop"]


def test_a_stop_loss_order_that_the_venue_ended_is_placed_again_without_a_pause() -> None:
    view = moment(positions=(long_of("0.5"),), orders=(STOP_SELL,), **FALLEN)
    _, state = managed(GUARDED, QuotingState(), view)
    again, _ = managed(GUARDED, state, replace(view, now_ms=NOW_MS + 250, orders=()))
    assert shown(orders_of(again)) == [("SELL", "58506", "0.5")]


AT_ENTRY = settings()
PARTLY_FILLED = own(BUY, "59994", "0.006", "rest")


@pytest.mark.parametrize("price", ["59994", "59994.1"])
def test_a_take_profit_waits_until_a_quote_in_its_way_is_gone(price: str) -> None:
    quote = own(BUY, price, "0.006", "rest")
    view = moment(positions=(long_of("0.004", "59994"),), orders=(quote,))
    first, state = managed(AT_ENTRY, QuotingState(), view)
    assert (cancelled(first), orders_of(first)) == (["rest"], [])
    still, state = managed(AT_ENTRY, state, replace(view, orders=(replace(quote, is_pending_cancel=True),)))
    assert still == ()
    placed, _ = managed(AT_ENTRY, state, replace(view, orders=()))
    assert shown(orders_of(placed)) == [("SELL", "59994", "0.004")]


def test_a_quote_a_tick_behind_the_exit_is_not_in_its_way() -> None:
    view = moment(positions=(long_of("0.004", "59994"),), orders=(own(BUY, "59993.9"), own(SELL, "59994", name="s")))
    assert (gone(view, AT_ENTRY), asked(view, AT_ENTRY)) == ([], [("SELL", "59994", "0.004")])


def test_the_way_is_cleared_while_an_exit_that_no_longer_fits_is_going() -> None:
    stale = own(SELL, "60600", "0.004", "stale", CLOSE)
    view = moment(positions=(long_of("0.004", "59994"),), orders=(stale, PARTLY_FILLED))
    assert (gone(view, AT_ENTRY), asked(view, AT_ENTRY)) == (["stale", "rest"], [])


def test_a_stop_loss_cancels_what_is_in_its_way_and_goes_on_when_that_was_asked_for() -> None:
    quote = own(BUY, "58750", "0.01", "near")
    view = moment(positions=(long_of("0.5"),), orders=(quote, own(BUY, "58000", name="far")), **FALLEN)
    first, state = managed(GUARDED, QuotingState(), view)
    assert (cancelled(first), orders_of(first)) == (["near"], [])
    going = replace(view, orders=(replace(quote, is_pending_cancel=True),))
    then, _ = managed(GUARDED, state, going)
    assert shown(orders_of(then)) == [("SELL", "58506", "0.5")]


def test_the_take_profit_of_one_position_waits_for_that_of_the_other() -> None:
    both = moment(positions=(long_of("0.5", "60000"), short_of("0.2", "61000")))
    intents, state = managed(AT_ENTRY, QuotingState(), both)
    assert shown(orders_of(intents)) == [("BUY", "61000", "0.2")]
    first = replace(both, orders=(own(BUY, "61000", "0.2", "first", CLOSE),))
    assert managed(AT_ENTRY, state, first)[0] == ()
    closed = replace(both, positions=(long_of("0.5", "60000"),))
    assert asked(closed, AT_ENTRY) == [("SELL", "60000", "0.5")]


def test_a_stop_loss_takes_the_way_of_the_other_positions_take_profit() -> None:
    positions = long_of("0.5"), short_of("0.2", "59300")
    profit = own(BUY, "58707", "0.2", "profit", CLOSE)
    view = moment(positions=positions, orders=(profit,), **FALLEN)
    first, state = managed(GUARDED, QuotingState(), view)
    assert (cancelled(first), orders_of(first)) == (["profit"], [])
    going = replace(view, orders=(replace(profit, is_pending_cancel=True),))
    assert asked(going) == [("SELL", "58506", "0.5")]
    stopping = replace(view, orders=(own(SELL, "58506", "0.5", "stop", CLOSE),))
    assert managed(GUARDED, state, stopping)[0] == ()


def test_an_exit_that_is_out_of_date_and_in_the_way_of_a_stop_loss_is_cancelled_once() -> None:
    positions = long_of("0.5"), short_of("0.2", "59300")
    view = moment(positions=positions, orders=(own(BUY, "58800", "0.2", "old", CLOSE),), **FALLEN)
    assert gone(view) == ["old"]


def test_of_two_stop_losses_that_would_meet_one_goes_first() -> None:
    torn_apart = moment(positions=(long_of("0.5", "62000"), short_of("0.2", "58000")))
    assert asked(torn_apart) == [("BUY", "60300.1", "0.2")]


def test_an_exit_that_vanished_is_not_asked_for_again_before_the_pause_is_over() -> None:
    view = moment(positions=(long_of("0.5"),))
    first, state = managed(GUARDED, QuotingState(), view)
    assert len(first) == 1
    again, state = managed(GUARDED, state, replace(view, now_ms=NOW_MS + 999))
    assert again == ()
    later, _ = managed(GUARDED, state, replace(view, now_ms=NOW_MS + 1_000))
    assert later == first


def test_the_pause_does_not_hold_up_a_stop_loss() -> None:
    _, state = managed(GUARDED, QuotingState(), moment(positions=(long_of("0.5"),)))
    intents, _ = managed(GUARDED, state, moment(positions=(long_of("0.5"),), now_ms=NOW_MS + 1, **FALLEN))
    assert shown(orders_of(intents)) == [("SELL", "58506", "0.5")]


POSITIONS = st.decimals("-2", "2", places=4)
PRICES = st.integers(550_000, 650_000).map(lambda tenths: Decimal(tenths) / 10)


@given(steps=st.lists(st.tuples(POSITIONS, PRICES, st.sampled_from([100, 999, 61_000])), min_size=1, max_size=12))
def test_live_exits_and_new_ones_together_never_exceed_the_position(steps: list[tuple[Decimal, Decimal, int]]) -> None:
    """The venue does all that is asked for, while the position moves under the exits; live exits that are too large
    for it leave once their amount cannot be torn, and nothing is asked for beside them."""
    state, view = QuotingState(), moment()
    for amount, bid, later_ms in steps:
        position = replace(long_of("1"), amount=amount)
        view = replace(view, positions=(position,), best_bid=bid, best_ask=bid + 1, mark_price=bid)
        intents, state = managed(GUARDED, state, view)
        new = orders_of(intents)
        assert all(order.amount <= abs(amount) and order.trade_type is position.closing_side for order in new)
        assert not new or all(name.client_order_id in cancelled(intents) for name in view.orders)
        view = come_true(view, intents, 300)
        intents, state = managed(GUARDED, state, view)
        view = come_true(view, intents, later_ms)
        assert all(order.is_exit for order in view.orders)
        assert sum((order.remaining for order in view.orders), Decimal(0)) <= abs(amount)
        assert {order.trade_type for order in view.orders} <= ({BUY} if amount < 0 else {SELL})
