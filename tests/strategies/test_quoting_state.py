from dataclasses import replace
from decimal import Decimal

import pytest

from connector.core.enums import TradeType
from connector.strategies.quoting_state import ExitMisfit, QuotingState, SideTimes
from tests.companions.strategies.scene import BUY, SELL


def test_a_new_run_may_quote_at_once() -> None:
    assert QuotingState().times(BUY) == QuotingState().times(SELL) == SideTimes(0, 0)


@pytest.mark.parametrize(("side", "other"), [(BUY, SELL), (SELL, BUY)])
def test_the_sides_keep_times_of_their_own(side: TradeType, other: TradeType) -> None:
    state = QuotingState().with_times(side, SideTimes(5, 5))
    assert state.times(side) == SideTimes(5, 5)
    assert state.times(other) == SideTimes(0, 0)


def test_the_next_cycle_moves_placing_and_refreshing_together() -> None:
    assert SideTimes(1, 2).next_cycle(900) == SideTimes(900, 900)


@pytest.mark.parametrize(("refresh_ms", "due_ms"), [(10_000, 6_000), (2_000, 2_000)])
def test_a_complete_fill_pauses_both_sides_and_never_delays_a_refresh(refresh_ms: int, due_ms: int) -> None:
    times = SideTimes(10_000, refresh_ms)
    state = QuotingState(buys=times, sells=times).after_fill(1_000, 5_000)
    assert state.buys == state.sells == SideTimes(6_000, due_ms)


def test_a_fill_counts_once() -> None:
    state = QuotingState().after_fill(1_000, 5_000).with_times(BUY, SideTimes(1, 1))
    assert state.after_fill(1_000, 5_000) == state
    assert state.after_fill(None, 5_000) == state
    assert state.after_fill(1_001, 5_000).times(BUY).place_from_ms == 6_001


def test_a_misfit_is_the_same_while_neither_order_nor_position_moves() -> None:
    misfit = ExitMisfit("a", Decimal("0.01"), Decimal("0.006"), 5)
    assert misfit.is_same(replace(misfit, since_ms=9))
    for moved in ({"remaining": Decimal("0.006")}, {"needed": Decimal("0.004")}, {"client_order_id": "b"}):
        assert not misfit.is_same(replace(misfit, **moved))  # type: ignore[arg-type]
