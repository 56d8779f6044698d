from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from connector.core.enums import PositionAction, PositionMode, TradeType
from connector.core.intents import OrderIntent
from connector.strategies.perpetual_market_making import decide
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.quoting_state import QuotingState, SideTimes
from connector.strategies.view import HeldPosition, MarketView, OwnOrder
from connector.strategies.wanted_exit import is_past_stop
from tests.companions.strategies.rehearsal import Rehearsal, closing, meets
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

START = QuotingState()
TWO_SIDED = settings(quote_with_position="true", stop_loss_spread="2", long_profit_taking_spread="3")
LADDER = [("BUY", "59400", "0.01"), ("SELL", "60600", "0.01")]


def asked(chosen: PerpetualMarketMakingSettings, view: MarketView) -> list[tuple[str, str, str]]:
    return shown(orders_of(decide(chosen, START, view)[0]))


def gone(chosen: PerpetualMarketMakingSettings, view: MarketView) -> list[str]:
    return cancelled(decide(chosen, START, view)[0])


def test_without_a_position_both_sides_are_quoted() -> None:
    assert asked(settings(), moment()) == LADDER


def test_a_view_that_is_not_ready_asks_for_nothing_and_forgets_nothing() -> None:
    state = START.after_fill(NOW_MS, 5)
    view = moment(ready=False, positions=(long_of("1"),), orders=(own(BUY, "1"),), last_complete_fill_ms=NOW_MS + 1)
    assert decide(settings(), state, view) == ((), state)


def test_what_was_asked_for_and_lives_is_not_asked_for_again() -> None:
    view = moment()
    intents, state = decide(settings(), START, view)
    assert decide(settings(), state, come_true(view, intents))[0] == ()


def test_quotes_found_at_the_start_that_fit_are_kept_and_others_replaced() -> None:
    fitting = moment(orders=(own(BUY, "59400", name="b"), own(SELL, "60600", name="s")))
    assert decide(settings(), START, fitting)[0] == ()
    other = moment(orders=(own(BUY, "59000", name="b"), own(SELL, "60600", name="s")))
    assert gone(settings(), other) == ["b"]


def test_quotes_follow_the_market_from_cycle_to_cycle() -> None:
    view = moment()
    intents, state = decide(settings(), START, view)
    moved = replace(come_true(view, intents, 9_999), best_bid=D("60999.9"), best_ask=D("61000.1"))
    early, state = decide(settings(), state, moved)
    assert early == ()
    due = replace(moved, now_ms=NOW_MS + 10_000)
    going, state = decide(settings(), state, due)
    assert len(cancelled(going)) == 2
    placed, _ = decide(settings(), state, come_true(due, going))
    assert shown(orders_of(placed)) == [("BUY", "60390", "0.01"), ("SELL", "61610", "0.01")]


def test_a_complete_fill_pauses_new_quotes_and_brings_forward_the_refresh_of_the_others() -> None:
    chosen = settings(filled_order_delay="3", quote_with_position="true")
    view = moment()
    intents, state = decide(chosen, START, view)
    resting = come_true(view, intents, 1_000)
    filled = replace(
        resting,
        orders=tuple(order for order in resting.orders if order.trade_type is SELL),
        last_complete_fill_ms=resting.now_ms,
        best_bid=D("60099.9"),
        best_ask=D("60100.1"),
    )
    during, state = decide(chosen, state, filled)
    assert during == ()
    still, state = decide(chosen, state, replace(filled, now_ms=filled.now_ms + 2_999))
    assert still == ()
    after, _ = decide(chosen, state, replace(filled, now_ms=filled.now_ms + 3_000))
    assert shown(orders_of(after)) == [("BUY", "59499", "0.01")]
    assert len(cancelled(after)) == 1


def test_with_a_position_the_default_quotes_no_ladder_and_manages_the_exit_alone() -> None:
    assert asked(settings(), moment(positions=(long_of("0.5"),))) == [("SELL", "60000", "0.5")]
    assert asked(settings(), moment(positions=(short_of("0.5"),))) == [("BUY", "60000", "0.5")]


def test_with_a_position_a_quote_that_would_close_it_early_goes_at_once_and_others_at_their_age() -> None:
    _, state = decide(settings(), START, moment())
    quotes = (own(BUY, "59400", name="b"), own(SELL, "60600", name="s"))
    held = moment(NOW_MS + 1, positions=(long_of("0.5"),), orders=quotes)
    intents, state = decide(settings(), state, held)
    assert cancelled(intents) == ["s"]
    aged, _ = decide(settings(), state, replace(held, now_ms=NOW_MS + 10_000))
    assert set(cancelled(aged)) == {"s", "b"}


def test_in_hedge_mode_a_quote_of_the_other_side_does_not_close_the_position() -> None:
    hedge = settings(position_mode="Hedge")
    _, state = decide(hedge, START, moment())
    held = moment(NOW_MS + 1, positions=(long_of("0.5"),), orders=(own(SELL, "60600", name="s"),))
    assert cancelled(decide(hedge, state, held)[0]) == []


def test_two_sided_quoting_goes_on_beside_the_exit_when_it_is_wished() -> None:
    assert asked(TWO_SIDED, moment(positions=(long_of("0.5"),))) == [("SELL", "61800", "0.5"), *LADDER]


def test_quotes_open_and_exits_close() -> None:
    intents, _ = decide(TWO_SIDED, START, moment(positions=(long_of("0.5"),)))
    actions = [(order.position_action, order.amount) for order in orders_of(intents)]
    assert actions == [(CLOSE, D("0.5")), (PositionAction.OPEN, D("0.01")), (PositionAction.OPEN, D("0.01"))]


def test_past_the_stop_price_the_side_that_would_enlarge_the_position_is_not_quoted() -> None:
    fallen = moment(positions=(long_of("0.5"),), best_bid=D("58799.9"), best_ask=D("58800.1"))
    assert asked(TWO_SIDED, fallen) == [("SELL", "58506", "0.5"), ("SELL", "59388", "0.01")]


def test_past_the_stop_price_quotes_that_would_enlarge_the_position_go_whatever_their_age() -> None:
    _, state = decide(TWO_SIDED, START, moment())
    quotes = (own(BUY, "58212", name="b"), own(SELL, "59388", name="s"))
    market = {"best_bid": D("58799.9"), "best_ask": D("58800.1")}
    fallen = moment(NOW_MS + 1, positions=(long_of("0.5"),), orders=quotes, **market)
    assert cancelled(decide(TWO_SIDED, state, fallen)[0]) == ["b"]


def test_the_rest_of_a_partly_filled_quote_makes_way_for_its_own_take_profit() -> None:
    view = moment(positions=(long_of("0.004", "59994"),), orders=(own(BUY, "59994", "0.006", "rest"),))
    intents, state = decide(settings(), START, view)
    assert (cancelled(intents), orders_of(intents)) == (["rest"], [])
    placed, _ = decide(settings(), state, come_true(view, intents))
    assert shown(orders_of(placed)) == [("SELL", "59994", "0.004")]


def test_no_quote_is_placed_through_an_exit_of_the_same_moment() -> None:
    near = settings(bid_spread="0.01", ask_spread="0.01", long_profit_taking_spread="0.05", quote_with_position="true")
    risen = moment(positions=(long_of("0.5"),), best_bid=D("60039.9"), best_ask=D("60040.1"))
    assert asked(near, risen) == [("SELL", "60030", "0.5"), ("SELL", "60046.1", "0.01")]


def test_a_quote_closer_than_the_minimum_spread_goes_at_once() -> None:
    chosen = settings(minimum_spread="0.5")
    view = moment(orders=(own(BUY, "59700.1", name="near"), own(SELL, "60600", name="far")))
    assert gone(chosen, view) == ["near"]


def test_a_close_quote_that_is_going_already_does_not_keep_the_others_from_their_refresh() -> None:
    near, far = own(BUY, "59900", name="near", cancelling=True), own(BUY, "59000", name="far")
    assert gone(settings(minimum_spread="0.5"), moment(orders=(near, far))) == ["far"]


def test_a_side_whose_cancel_is_not_answered_does_not_hold_up_the_other() -> None:
    view = moment(orders=(own(SELL, "60600", name="stuck", cancelling=True),))
    assert asked(settings(), view) == [LADDER[0]]


def test_quotes_leave_at_their_age_when_the_market_has_no_price() -> None:
    view = moment(best_bid=None, orders=(own(BUY, "59400", name="b"),))
    assert gone(settings(), view) == ["b"]
    assert asked(settings(), view) == []


def test_a_stale_position_row_of_zero_does_not_stop_quoting() -> None:
    assert asked(settings(), moment(positions=(long_of("0"),))) == LADDER


AMOUNTS = st.decimals("0.001", "3", places=3)
PRICES = st.integers(500_000, 700_000).map(lambda tenths: Decimal(tenths) / 10)
ORDERS = st.lists(
    st.builds(
        OwnOrder,
        client_order_id=st.uuids().map(str),
        trade_type=st.sampled_from(TradeType),
        price=PRICES,
        remaining=AMOUNTS,
        created_ms=st.integers(NOW_MS - 100_000, NOW_MS - 60_000) | st.integers(NOW_MS - 58_000, NOW_MS),
        position_action=st.sampled_from([PositionAction.OPEN, CLOSE]),
        is_pending_cancel=st.booleans(),
    ),
    max_size=6,
).map(tuple)
POSITIONS = st.lists(
    st.builds(HeldPosition, amount=st.decimals("-2", "2", places=3), entry_price=PRICES), max_size=1
).map(tuple)
VIEWS = st.builds(
    lambda bid, orders, positions, fill_ms: moment(
        best_bid=bid, best_ask=bid + 1, orders=orders, positions=positions, last_complete_fill_ms=fill_ms
    ),
    PRICES,
    ORDERS,
    POSITIONS,
    st.none() | st.integers(NOW_MS - 90_000, NOW_MS),
)
SETTINGS = st.builds(
    lambda levels, tolerance, minimum, stop, on, mode: settings(
        order_levels=levels,
        order_refresh_tolerance_pct=tolerance,
        minimum_spread=minimum,
        stop_loss_spread=stop,
        quote_with_position=on,
        position_mode=mode,
    ),
    st.integers(1, 3),
    st.sampled_from(["-1", "0", "0.5"]),
    st.sampled_from(["-100", "0.5"]),
    st.sampled_from(["0", "2"]),
    st.booleans(),
    st.sampled_from(["One-way", "Hedge"]),
)


def meetings(
    chosen: PerpetualMarketMakingSettings, view: MarketView, new: list[OrderIntent]
) -> Iterator[tuple[OrderIntent, OrderIntent | OwnOrder]]:
    """The new orders that would trade with one another or with a live one. Past the stop price, an exit may follow
    the cancel of what it would meet."""
    for order in new:
        yield from ((order, other) for other in new if meets(order, other))
        closed = (held for held in view.open_positions if held.closing_side is order.trade_type)
        follows = order.reduces_only and any(is_past_stop(chosen, view, held) for held in closed)
        in_way = [other for other in view.orders if meets(order, other)]
        yield from ((order, other) for other in in_way if not (follows and other.is_pending_cancel))


@given(chosen=SETTINGS, view=VIEWS)
def test_no_view_that_is_not_ready_yields_an_intent(chosen: PerpetualMarketMakingSettings, view: MarketView) -> None:
    assert decide(chosen, START, replace(view, ready=False)) == ((), START)


@given(chosen=SETTINGS, view=VIEWS)
def test_any_moment_comes_to_rest_and_stays_there(chosen: PerpetualMarketMakingSettings, view: MarketView) -> None:
    """With the venue doing what is asked for, four views suffice for the leftovers; the next one asks for nothing. A
    pause after a fill that ends meanwhile is no rest."""
    ends_ms = (view.last_complete_fill_ms or 0) + chosen.filled_order_delay_ms
    assume(not NOW_MS < ends_ms <= NOW_MS + 4 * 300)
    state = START
    for _ in range(4):
        intents, state = decide(chosen, state, view)
        orders = tuple(order for order in view.orders if not order.is_pending_cancel)
        view = come_true(replace(view, orders=orders), intents, 300)
    assert decide(chosen, state, view)[0] == ()


@given(chosen=SETTINGS, view=VIEWS)
def test_no_order_is_cancelled_twice_nor_placed_beside_a_living_one_of_its_kind(
    chosen: PerpetualMarketMakingSettings, view: MarketView
) -> None:
    intents, _ = decide(chosen, START, view)
    names = cancelled(intents)
    assert len(names) == len(set(names))
    assert set(names) <= {order.client_order_id for order in view.orders if not order.is_pending_cancel}
    for order in orders_of(intents):
        assert not (view.exits if order.reduces_only else view.quotes)(order.trade_type)


@given(chosen=SETTINGS, view=VIEWS)
def test_orders_never_meet_each_other_nor_the_orders_that_live(
    chosen: PerpetualMarketMakingSettings, view: MarketView
) -> None:
    assert not list(meetings(chosen, view, orders_of(decide(chosen, START, view)[0])))


@pytest.mark.parametrize("mode", ["One-way", "Hedge"])
def test_every_intent_speaks_of_the_pair(mode: str) -> None:
    view = moment(positions=(long_of("0.5"),), orders=(own(BUY, "1", name="x", action=CLOSE),))
    intents, _ = decide(settings(position_mode=mode, quote_with_position="true"), START, view)
    assert {intent.trading_pair for intent in intents} == {"BTC-USDT"}


STEPS = st.lists(
    st.tuples(
        st.integers(-600, 600),  # ticks that the market moves
        st.sampled_from([Decimal(1), Decimal("0.4")]),  # share of a reached order that fills at first
        st.sampled_from([100, 250, 300, 3_000, 61_000]),  # ms until the next view
        st.integers(0, 4),  # requests that take effect
        st.tuples(st.integers(0, 4), st.integers(0, 4)),  # messages delivered of orders, and of positions
    ),
    min_size=4,
    max_size=40,
)
BUSY = st.builds(
    lambda spread, levels, profit, stop, on, mode: settings(
        bid_spread=spread,
        ask_spread=spread,
        order_levels=levels,
        order_level_spread=spread,
        order_refresh_time="0.5",
        filled_order_delay="0.2",
        long_profit_taking_spread=profit,
        short_profit_taking_spread=profit,
        stop_loss_spread=stop,
        quote_with_position=on,
        position_mode=mode,
    ),
    st.sampled_from(["0.01", "0.05"]),
    st.integers(1, 3),
    st.sampled_from(["0", "0.02", "0.1"]),
    st.sampled_from(["0", "0.03", "0.2"]),
    st.booleans(),
    st.sampled_from(["One-way", "Hedge"]),
)


@hypothesis_settings(max_examples=300, deadline=None)
@given(chosen=BUSY, steps=STEPS)
def test_whatever_fills_and_however_it_is_reported_no_order_meets_another_of_ours(
    chosen: PerpetualMarketMakingSettings, steps: list[tuple[int, Decimal, int, int, tuple[int, int]]]
) -> None:
    """Neither in what the strategy sees, nor at the venue."""
    venue = Rehearsal(chosen.position_mode is PositionMode.HEDGE)
    state = START
    for ticks, share, later_ms, requests, reported in steps:
        venue.move(venue.bid + ticks * D("0.1"), share, later_ms)
        venue.report(*reported)
        view = venue.view()
        intents, state = decide(chosen, state, view)
        assert not list(meetings(chosen, view, orders_of(intents)))
        venue.ask_for(intents)
        venue.work(requests, share)
        assert venue.self_trades == []


@hypothesis_settings(max_examples=300, deadline=None)
@given(chosen=BUSY, steps=STEPS)
def test_whatever_fills_and_however_it_is_reported_exits_never_exceed_the_position(
    chosen: PerpetualMarketMakingSettings, steps: list[tuple[int, Decimal, int, int, tuple[int, int]]]
) -> None:
    """A new exit is never larger than the position that was reported; when the market rests, all of them together are
    not larger than the true one."""
    venue = Rehearsal(chosen.position_mode is PositionMode.HEDGE)
    state = START
    for ticks, share, later_ms, requests, reported in steps:
        venue.move(venue.bid + ticks * D("0.1"), share, later_ms)
        venue.report(*reported)
        view = venue.view()
        intents, state = decide(chosen, state, view)
        for exit_order in (order for order in orders_of(intents) if order.reduces_only):
            (held,) = (held for held in view.open_positions if held.closing_side is exit_order.trade_type)
            assert exit_order.amount <= abs(held.amount)
            assert view.exits(exit_order.trade_type) == ()
        venue.ask_for(intents)
        venue.work(requests, share)
    for _ in range(3):
        venue.work(99, Decimal(1))
        venue.report(99, 99)
        venue.now_ms += 300
        intents, state = decide(chosen, state, venue.view())
        venue.ask_for(intents)
    venue.work(99, Decimal(1))
    for side in TradeType:
        assert closing(list(venue.resting.values()), side) <= venue.held(side)


def test_of_a_pair_that_does_not_trade_quotes_are_pulled_and_nothing_is_asked_for() -> None:
    halted = replace(RULE, is_trading=False, status="TRADING_HALT")
    orders = (own(BUY, "59400", name="quote"), own(SELL, "60600", "0.5", name="exit", action=CLOSE))
    view = moment(rule=halted, orders=orders, positions=(long_of("0.5"),))
    assert gone(settings(), view) == ["quote"]
    assert asked(settings(), view) == []


@pytest.mark.parametrize("sides", [(BUY,), (SELL,), (BUY, SELL)])
def test_a_side_that_may_only_reduce_is_not_quoted_and_exits_are(sides: tuple[TradeType, ...]) -> None:
    view = moment(rule=replace(RULE, reduce_only_sides=sides))
    assert {side for side, *_ in asked(settings(), view)} == {side.name for side in TradeType} - {
        side.name for side in sides
    }
    held = moment(rule=view.rule, positions=(long_of("0.5"),))
    assert [order for order in asked(settings(), held) if order[0] == "SELL"] == [("SELL", "60000", "0.5")]


SOURCE = {"price_source": "external_market", "price_source_market": "ETH-USDT"}


def test_quotes_are_pulled_while_the_price_source_is_too_old_and_come_back_with_it() -> None:
    own_settings = settings(**SOURCE)
    seen = moment(source_price=D(60_000))
    intents, state = decide(own_settings, QuotingState(), seen)
    assert shown(orders_of(intents)) == [("BUY", "59400", "0.01"), ("SELL", "60600", "0.01")]
    view = replace(come_true(seen, intents), source_price=None)
    intents, state = decide(own_settings, state, view)
    assert len(cancelled(intents)) == 2
    assert orders_of(intents) == []
    view = come_true(view, intents)
    assert decide(own_settings, state, view)[0] == ()
    again, _ = decide(own_settings, state, replace(view, source_price=D(60_100)))
    assert len(orders_of(again)) == 2, "at once, not at the next cycle"


def test_exits_are_managed_while_the_price_source_is_too_old() -> None:
    held = moment(positions=(long_of("0.01"),))
    intents, _ = decide(settings(**SOURCE, long_profit_taking_spread="1"), QuotingState(), held)
    assert shown(orders_of(intents)) == [("SELL", "60600", "0.01")]


def test_a_pause_after_a_fill_outlasts_a_price_source_that_comes_back() -> None:
    own_settings = settings(**SOURCE, filled_order_delay="30")
    lost = moment(last_complete_fill_ms=NOW_MS)
    _, state = decide(own_settings, QuotingState(), lost)
    soon = moment(NOW_MS + 29_000, source_price=D(60_000), last_complete_fill_ms=NOW_MS)
    assert decide(own_settings, state, soon)[0] == ()
    later = moment(NOW_MS + 30_000, source_price=D(60_000), last_complete_fill_ms=NOW_MS)
    assert len(orders_of(decide(own_settings, state, later)[0])) == 2


def test_quotes_that_would_pass_the_limit_go_the_farthest_first() -> None:
    bounded = settings(quote_with_position="true", quote_with_position_limit="0.02", order_levels="2")
    quotes = (own(BUY, "59400", name="near"), own(BUY, "58800", name="far"), own(SELL, "60600", name="sell"))
    later = QuotingState(SideTimes(NOW_MS + 9_000, NOW_MS + 9_000), SideTimes(NOW_MS + 9_000, NOW_MS + 9_000))
    assert decide(bounded, later, moment(orders=quotes))[0] == ()
    exit_order = own(SELL, "60000", name="exit", action=CLOSE)
    held = moment(orders=(*quotes[:2], exit_order), positions=(long_of("0.01"),))
    intents, _ = decide(bounded, later, held)
    assert cancelled(intents) == ["far"]


@given(st.data())
@hypothesis_settings(max_examples=60, deadline=None)
def test_whatever_fills_the_position_never_passes_its_limit(data: st.DataObject) -> None:
    """Any of the quotes that rest may fill whole, in any order, at any moment."""
    limit = D(data.draw(st.sampled_from(["0.01", "0.025", "0.04"])))
    bounded = settings(
        quote_with_position="true", quote_with_position_limit=str(limit),
        order_levels=data.draw(st.sampled_from("123")),
        inventory_skew=data.draw(st.sampled_from(["0", "0.5"])), filled_order_delay="0.1", order_refresh_time="1",
        position_mode=data.draw(st.sampled_from(["One-way", "Hedge"])),
        long_profit_taking_spread="0.5", short_profit_taking_spread="0.5",
    )  # fmt: skip
    venue = Rehearsal(is_hedge=bounded.position_mode is PositionMode.HEDGE)
    state = QuotingState()
    for _ in range(25):
        intents, state = decide(bounded, state, venue.view())
        venue.ask_for(intents)
        venue.work(99, D(1))
        venue.move(venue.bid + 100 * data.draw(st.integers(-8, 8)), D(1), 500)
        venue.report(99, 99)
        assert -limit <= venue.long.amount <= limit
        assert -limit <= venue.short.amount <= limit
