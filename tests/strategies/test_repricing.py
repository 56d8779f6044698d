"""Quotes that follow the touch."""

from dataclasses import replace

import pytest

from connector.core.intents import ModifyIntent, OrderIntent
from connector.strategies.perpetual_market_making import decide
from connector.strategies.quoting_state import QuotingState, SideTimes
from connector.strategies.view import MarketView
from tests.companions.strategies.resting_quotes import at
from tests.companions.strategies.scene import BUY, NOW_MS, SELL, moment, own, settings

FOLLOWS = settings(replace_on_touch="modify", bid_spread="0.01", ask_spread="0.01")
LATER = QuotingState(SideTimes(NOW_MS + 9_000, NOW_MS + 9_000), SideTimes(NOW_MS + 9_000, NOW_MS + 9_000))
QUOTES = (own(BUY, "59994", name="buy"), own(SELL, "60006", name="sell"))
MOVED = at(moment(orders=QUOTES), 5, 2)


def changed(view: MarketView, **written: object) -> list[tuple[str, str]]:
    """What is asked to which price."""
    chosen = settings(**{"replace_on_touch": "modify", "bid_spread": "0.01", "ask_spread": "0.01", **written})
    intents, _ = decide(chosen, LATER, view)
    assert not any(isinstance(intent, OrderIntent) for intent in intents)
    return [(one.client_order_id, str(one.price)) for one in intents if isinstance(one, ModifyIntent)]


def test_off_a_quote_waits_for_its_age() -> None:
    assert changed(MOVED, replace_on_touch="off") == []
    assert decide(settings(), LATER, MOVED) == ((), LATER), "as by default"


def test_quotes_follow_the_touch_by_their_price_alone() -> None:
    assert changed(MOVED) == [("buy", "59994.4"), ("sell", "60006.6")]
    intents, _ = decide(FOLLOWS, LATER, MOVED)
    assert {intent.amount for intent in intents if isinstance(intent, ModifyIntent)} == {None}, "no total is changed"


@pytest.mark.parametrize(("tolerance", "count"), [("0", 2), ("0.0005", 2), ("0.002", 0), ("-1", 2)])
def test_within_the_tolerance_they_stay(tolerance: str, count: int) -> None:
    assert len(changed(MOVED, order_refresh_tolerance_pct=tolerance)) == count


def test_a_quote_whose_change_or_cancel_is_under_way_is_left_until_that_is_told() -> None:
    changing = replace(QUOTES[0], is_settled=False)
    assert changed(replace(MOVED, orders=(changing, QUOTES[1]))) == [("sell", "60006.6")]
    going = replace(QUOTES[1], is_pending_cancel=True)
    assert changed(replace(MOVED, orders=(QUOTES[0], going))) == [("buy", "59994.4")]


def test_where_the_ladder_has_another_number_of_quotes_age_has_the_word() -> None:
    assert changed(MOVED, order_levels="2") == []
    assert changed(at(moment(orders=QUOTES), 130, 2)) == [("sell", "60019.1")], "the new buy would meet our own sell"


def test_a_refused_change_is_asked_for_again_after_a_second() -> None:
    _, state = decide(FOLLOWS, LATER, MOVED)
    assert decide(FOLLOWS, state, replace(MOVED, now_ms=NOW_MS + 900))[0] == ()
    assert len(decide(FOLLOWS, state, replace(MOVED, now_ms=NOW_MS + 1_000))[0]) == 2
