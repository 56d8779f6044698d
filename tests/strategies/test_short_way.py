"""The short way of one quote decides what the whole decision would."""

from dataclasses import replace

import pytest
from hypothesis import event, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from connector.core.intents import ModifyIntent
from connector.strategies.perpetual_market_making import decide
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.quiet import quiet
from connector.strategies.quoting_state import QuotingState, SideTimes
from connector.strategies.repricing import remembered
from connector.strategies.short_way import short_way
from connector.strategies.touch_moves import ShortWay
from connector.strategies.view import MarketView
from tests.companions.strategies.resting_quotes import at, at_rest, chosen
from tests.companions.strategies.scene import BUY, NOW_MS, SELL, D, long_of, moment, own, settings

FOLLOWS = settings(replace_on_touch="modify", bid_spread="0.01", ask_spread="0.01")
LATER = QuotingState(SideTimes(NOW_MS + 9_000, NOW_MS + 9_000), SideTimes(NOW_MS + 9_000, NOW_MS + 9_000))
QUOTES = (own(BUY, "59994", name="buy"), own(SELL, "60006", name="sell"))


@given(st.data())
@hypothesis_settings(max_examples=300, deadline=None)
def test_it_decides_what_the_whole_decision_does(data: st.DataObject) -> None:
    price_type = data.draw(st.sampled_from(["mid_price", "best_bid", "best_ask"]))
    one_level = data.draw(chosen(replace_on_touch="modify", order_levels="1", price_type=price_type))
    state, view = data.draw(at_rest(one_level, held=()))
    resting = quiet(one_level, state, view)
    way = None if resting is None else short_way(one_level, state, view, resting.until_ms)
    if way is None:
        return
    for _ in range(6):
        moved = at(view, data.draw(st.integers(-12, 12)), data.draw(st.integers(1, 6)), data.draw(st.integers(0, 900)))
        moved = replace(moved, mark_price=data.draw(st.sampled_from([None, D(60_000), D("60000.123456")])))
        changes = asked(way, moved)
        event("left to the whole decision" if changes is None else f"{len(changes)} changes")
        if changes is not None:
            assert remembered(state, moved, changes) == decide(one_level, state, moved)


def asked(way: ShortWay, at_view: MarketView) -> tuple[ModifyIntent, ...] | None:
    assert at_view.best_bid is not None and at_view.best_ask is not None
    top = float(at_view.best_bid), 1.0, float(at_view.best_ask), 1.0
    return way.changes(top, at_view.mark_price, at_view.now_ms)


def short(
    view: MarketView,
    moved: MarketView,
    state: QuotingState = LATER,
    of: PerpetualMarketMakingSettings = FOLLOWS,
) -> tuple[ModifyIntent, ...] | None:
    way = short_way(of, state, view, NOW_MS + 9_000)
    assert way is not None
    changes = asked(way, moved)
    return None if changes is None else remembered(state, moved, changes)[0]


def moved_by(bid_ticks: int, spread_ticks: int = 2, later_ms: int = 0, **facts: object) -> MarketView:
    return at(moment(orders=QUOTES, **facts), bid_ticks, spread_ticks, later_ms)


def test_a_touch_that_moved_takes_both_quotes_along_by_their_price_alone() -> None:
    assert short(moment(orders=QUOTES), moved_by(5)) == (
        ModifyIntent("BTC-USDT", "buy", D("59994.4")),
        ModifyIntent("BTC-USDT", "sell", D("60006.6")),
    )


def test_the_same_change_is_not_asked_for_again_within_a_second() -> None:
    both = short(moment(orders=QUOTES), moved_by(5))
    assert both is not None
    _, after = remembered(LATER, moved_by(5), both)
    refused = moment(NOW_MS + 500, orders=QUOTES)
    assert short(refused, moved_by(5, later_ms=900), after) == ()
    assert short(refused, moved_by(5, later_ms=1_000), after) == both
    assert short(refused, moved_by(6, later_ms=900), after) != (), "another price is another change"


def test_what_is_not_plain_is_left_to_the_whole_decision() -> None:
    view = moment(orders=QUOTES)
    assert short(view, moved_by(5, later_ms=9_000)) is None, "something is due by time"
    assert short(view, moved_by(130)) is None, "the buy would meet our own sell"
    assert short(view, moved_by(5, mark_price=D(50_000))) is None, "beyond the band"
    assert short(view, replace(moved_by(5), best_bid=D("60000.43"))) is None, "a price off the ticks"
    capped = settings(replace_on_touch="modify", bid_spread="0.01", ask_spread="0.01", price_ceiling="60000.2")
    assert short(view, moved_by(5), of=capped) is None, "no buys from the ceiling on"
    near = settings(replace_on_touch="modify", bid_spread="0.01", ask_spread="0.01", minimum_spread="0.005")
    assert short(view, moved_by(40), of=near) is None, "the sell is too close, and goes"


@pytest.mark.parametrize("side", [0, 1])
def test_a_side_whose_orders_may_only_reduce_keeps_its_quote(side: int) -> None:
    bound = replace(moment().rule, reduce_only_sides=((BUY, SELL)[side],))
    view = replace(moment(orders=QUOTES), rule=bound)
    assert short(view, moved_by(5)) is None
    assert short(view, moved_by(0)) == ()


def test_there_is_none_beside_a_position_or_what_is_under_way_or_more_than_a_quote_a_side() -> None:
    def is_there(view: MarketView, state: QuotingState = LATER, **changes: object) -> bool:
        follows = {"replace_on_touch": "modify", "bid_spread": "0.01", "ask_spread": "0.01", **changes}
        return short_way(settings(**follows), state, view, NOW_MS + 9_000) is not None

    assert is_there(moment(orders=QUOTES))
    assert not is_there(moment(orders=QUOTES, positions=(long_of("1"),)))
    assert not is_there(moment(orders=(replace(QUOTES[0], is_settled=False), QUOTES[1])))
    assert not is_there(moment(orders=(replace(QUOTES[0], is_pending_cancel=True), QUOTES[1])))
    assert not is_there(moment(orders=(*QUOTES, own(BUY, "59990", name="other"))))
    assert not is_there(moment(orders=QUOTES), replace_on_touch="off")
    assert not is_there(moment(orders=QUOTES), bid_spread="0.010000000001"), "its parts are too small for ticks"


def test_a_side_without_a_quote_waits_for_its_time_or_for_the_market_to_come_back() -> None:
    alone = moment(orders=QUOTES[:1])
    assert short(alone, moved_by(5)) == (ModifyIntent("BTC-USDT", "buy", D("59994.4")),), "the other waits for its time"
    assert short(alone, moved_by(5), QuotingState()) is None, "it may be placed"
    capped = settings(replace_on_touch="modify", bid_spread="0.01", ask_spread="0.01", price_floor="61000")
    assert short(alone, moved_by(5), QuotingState(), capped) is not None, "no sells up to the floor"
    assert short(alone, moved_by(20_000), QuotingState(), capped) is None, "they may be placed"
