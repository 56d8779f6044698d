"""What earlier lives left, from their records."""

from decimal import Decimal

from connector.core.enums import OrderState
from connector.core.journal import (
    FundingPaid,
    FundingRead,
    IdsGiven,
    LifeBegan,
    LifeEnded,
    Restated,
    Telling,
    Told,
    TradesRead,
)
from connector.orders.journal_replay import UNKNOWN_IDS, replayed
from tests.companions.store.samples import changed, filled, intended


def test_what_was_told_stands() -> None:
    earlier = replayed([intended(), Telling(1, 2), filled(), changed(), Told(1)])
    (order,) = earlier.orders.values()
    assert order.state is OrderState.OPEN
    assert order.executed_amount == 1
    assert order.creation_emitted


def test_what_was_not_told_is_found_out_anew_but_an_intent_is_never_dropped() -> None:
    earlier = replayed([Telling(1, 2), filled(), changed(), intended("placed on hearing it")])
    assert list(earlier.orders) == ["placed on hearing it"]
    (order,) = replayed([intended(), Telling(1, 2), filled(), changed()]).orders.values()
    assert (order.state, order.fills, order.creation_emitted) == (OrderState.PENDING_CREATE, {}, False)


def test_a_telling_that_a_kill_cut_short_stays_untold_when_a_later_life_counts_anew() -> None:
    earlier = replayed([intended(), Telling(1, 1), changed(), LifeBegan("desk", 1), Restated(0), Told(1)])
    assert not earlier.orders["desk-1"].creation_emitted


def test_a_mark_is_how_far_a_list_was_read_and_no_fill_moves_it() -> None:
    """A fill that was pushed says nothing of the trades before it."""
    earlier = replayed([TradesRead("BTCUSDT", 40), intended(), Telling(1, 1), filled("50"), Told(1), FundingRead(9)])
    assert earlier.trades_read == {"BTCUSDT": 40}
    assert earlier.funding_read_ms == 9


def test_payments_that_were_told_are_remembered() -> None:
    paid = FundingPaid("BTCUSDT", "USDT", Decimal(-1), 5, "77")
    assert replayed([Telling(1, 1), paid, Told(1)]).payments == [paid]
    assert replayed([Telling(1, 1), paid]).payments == []


def test_ids_go_on_counting_and_leave_a_gap_where_the_end_is_not_known() -> None:
    lived = [IdsGiven(40), LifeBegan("desk", 1), Restated(1), intended("desk41"), intended("desk42")]
    assert replayed([*lived, LifeEnded(2)]).next_count == 42
    assert replayed(lived).next_count == 42 + UNKNOWN_IDS


def test_nothing_is_nothing() -> None:
    earlier = replayed([])
    assert (earlier.lives, earlier.orders, earlier.next_count, earlier.funding_read_ms) == (0, {}, 0, None)
