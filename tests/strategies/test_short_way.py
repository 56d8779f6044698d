"""The short way of one quote decides what the whole decision would."""

from dataclasses import replace

from hypothesis import event, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from connector.core.intents import ModifyIntent
from connector.strategies.perpetual_market_making import decide
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.quiet import quiet
from connector.strategies.quoting_state import QuotingState, SideTimes
from connector.strategies.short_way import has_short_way, short_way
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
    if resting is None or not has_short_way(one_level, state, view):
        return
    for _ in range(6):
        moved = at(view, data.draw(st.integers(-12, 12)), data.draw(st.integers(1, 6)), data.draw(st.integers(0, 900)))
        short = short_way(one_level, state, moved, resting.until_ms)
        event("left to the whole decision" if short is None else f"{len(short[0])} changes")
        if short is not None:
            assert short == decide(one_level, state, moved)


def short(
    view: MarketView, state: QuotingState = LATER, of: PerpetualMarketMakingSettings = FOLLOWS
) -> tuple[ModifyIntent, ...] | None:
    decided = short_way(of, state, view, NOW_MS + 9_000)
    return None if decided is None else decided[0]


def test_a_touch_that_moved_takes_both_quotes_along_by_their_price_alone() -> None:
    moved = at(moment(orders=QUOTES), 5, 2)
    assert short(moved) == (
        ModifyIntent("BTC-USDT", "buy", D("59994.4")),
        ModifyIntent("BTC-USDT", "sell", D("60006.6")),
    )


def test_the_same_change_is_not_asked_for_again_within_a_second() -> None:
    moved = at(moment(orders=QUOTES), 5, 2)
    decided = short_way(FOLLOWS, LATER, moved, NOW_MS + 9_000)
    assert decided is not None
    again = replace(moved, now_ms=NOW_MS + 900)
    assert short(again, decided[1]) == ()
    assert short(replace(moved, now_ms=NOW_MS + 1_000), decided[1]) == short(moved)
    assert short(at(moment(orders=QUOTES), 6, 2, 900), decided[1]) != (), "another price is another change"


def test_what_is_not_plain_is_left_to_the_whole_decision() -> None:
    assert short(at(moment(NOW_MS + 9_000, orders=QUOTES), 5, 2)) is None, "something is due by time"
    assert short(at(moment(orders=QUOTES), 130, 2)) is None, "the buy would meet our own sell"
    assert short(at(moment(orders=QUOTES, mark_price=D(50_000)), 5, 2)) is None, "beyond the band"
    capped = settings(replace_on_touch="modify", bid_spread="0.01", ask_spread="0.01", price_ceiling="60000.2")
    assert short(at(moment(orders=QUOTES), 5, 2), of=capped) is None, "no buys from the ceiling on"


def test_there_is_none_beside_a_position_or_what_is_under_way_or_more_than_a_quote_a_side() -> None:
    assert has_short_way(FOLLOWS, LATER, moment(orders=QUOTES))
    assert has_short_way(FOLLOWS, LATER, moment(orders=QUOTES[:1])), "the other side waits for its time"
    assert not has_short_way(FOLLOWS, QuotingState(), moment(orders=QUOTES[:1])), "the other side may be placed"
    capped = settings(replace_on_touch="modify", bid_spread="0.01", ask_spread="0.01", price_floor="61000")
    assert has_short_way(capped, QuotingState(), moment(orders=QUOTES[:1])), "no sells up to the floor"
    assert short(at(moment(orders=QUOTES[:1]), 20_000, 2), QuotingState(), capped) is None, "they may be placed"
    assert not has_short_way(FOLLOWS, LATER, moment(orders=QUOTES, positions=(long_of("1"),)))
    assert not has_short_way(FOLLOWS, LATER, moment(orders=(replace(QUOTES[0], is_settled=False), QUOTES[1])))
    assert not has_short_way(FOLLOWS, LATER, moment(orders=(replace(QUOTES[0], is_pending_cancel=True), QUOTES[1])))
    assert not has_short_way(settings(), LATER, moment(orders=QUOTES))
