"""How far the touch may move while nothing is to do."""

from dataclasses import replace

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from connector.strategies.perpetual_market_making import decide
from connector.strategies.quiet import NEVER_MS, quiet
from connector.strategies.quoting_state import QuotingState, SideTimes
from tests.companions.strategies.resting_quotes import at, at_rest, chosen
from tests.companions.strategies.scene import BUY, CLOSE, NOW_MS, SELL, cancelled, long_of, moment, own, settings

RESTING = (own(BUY, "59400", name="buy"), own(SELL, "60600", name="sell"))
LATER = QuotingState(SideTimes(NOW_MS + 9_000, NOW_MS + 9_000), SideTimes(NOW_MS + 9_000, NOW_MS + 9_000))


@given(st.data())
@hypothesis_settings(max_examples=200, deadline=None)
def test_within_the_bounds_a_whole_decision_asks_for_nothing(data: st.DataObject) -> None:
    own_settings = data.draw(chosen())
    state, view = data.draw(at_rest(own_settings))
    resting = quiet(own_settings, state, view)
    for _ in range(6):
        moved = at(view, data.draw(st.integers(-12, 12)), data.draw(st.integers(1, 6)))
        assert moved.best_bid is not None and moved.best_ask is not None
        if resting is not None and resting.until_ms > moved.now_ms:
            bid, ask = float(moved.best_bid), float(moved.best_ask)
            intents, _ = decide(own_settings, state, moved)
            if resting.holds(bid, ask):
                assert intents == ()
            assert set(resting.pulled(bid, ask)) <= set(cancelled(intents)), "none goes that would not"


def test_quotes_that_come_too_close_go_before_a_view_is_made() -> None:
    close = settings(minimum_spread="0.5")
    resting = quiet(close, LATER, moment(orders=RESTING))
    assert resting is not None
    assert resting.until_ms == NOW_MS + 9_000, "then they are due by their age"
    assert resting.holds(59_999.9, 60_000.1)
    assert resting.pulled(59_999.9, 60_000.1) == ()
    assert (resting.holds(59_690, 59_692), resting.pulled(59_690, 59_692)) == (False, ("buy",))
    assert resting.pulled(60_310, 60_312) == ("sell",)


def test_what_is_due_by_nothing_waits_for_ever() -> None:
    resting = quiet(settings(), LATER, moment(orders=(), positions=(long_of("1"),)))
    assert resting is not None
    assert resting.until_ms < NEVER_MS, "its exit is not there yet"
    stopped = replace(moment(), rule=replace(moment().rule, is_trading=False))
    halted = quiet(settings(), LATER, stopped)
    assert halted is not None
    assert halted.until_ms == NEVER_MS


def test_a_stop_price_bounds_the_touch_that_a_close_would_hit() -> None:
    stop = settings(stop_loss_spread="1", long_profit_taking_spread="3")
    exit_order = own(SELL, "61800", "1", "exit", CLOSE)
    resting = quiet(stop, LATER, moment(orders=(exit_order,), positions=(long_of("1"),)))
    assert resting is not None
    assert resting.holds(59_401, 59_402)
    assert not resting.holds(59_400, 59_402), "the stop price is reached"


def test_an_empty_side_is_looked_at() -> None:
    resting = quiet(settings(), LATER, moment(orders=RESTING))
    assert resting is not None
    assert not resting.holds(float("nan"), 60_000.1)
    assert not resting.holds(59_999.9, float("nan"))


def test_the_price_that_a_quote_should_have_bounds_the_touch_where_it_is_followed() -> None:
    follows = settings(replace_on_touch="modify", bid_spread="0.01", ask_spread="0.01")
    view = moment(orders=(own(BUY, "59994", name="buy"), own(SELL, "60006.1", name="sell")))
    resting = quiet(follows, LATER, view)
    assert resting is not None
    assert resting.holds(59_999.9, 60_000.2)
    assert not resting.holds(60_000.3, 60_000.5), "both prices are some ticks higher"
    assert len(decide(follows, LATER, at(view, 4, 2))[0]) == 2


def test_a_stop_loss_order_that_the_market_came_back_from_is_looked_at_when_it_is_due_for_renewal() -> None:
    stop = settings(stop_loss_spread="1", long_profit_taking_spread="3", time_between_stop_loss_orders="60")
    at_work = own(SELL, "59300", "1", "stop", CLOSE)
    resting = quiet(stop, LATER, moment(orders=(at_work,), positions=(long_of("1"),)))
    assert resting is not None
    assert resting.until_ms == at_work.created_ms + 60_000
