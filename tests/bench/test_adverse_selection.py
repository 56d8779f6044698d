import numpy as np

from tests.bench.adverse_selection import Touches, drift, interval


def rising(fall: int = 0) -> Touches:
    """A mid that rises by 10 ticks a second from 1,000 on, and falls by so much after 2 s."""
    quotes = [(ms, 999 + ms // 100, 1001 + ms // 100) for ms in range(0, 2_000, 100)]
    quotes += [(ms, 999 + ms // 100 - fall, 1001 + ms // 100 - fall) for ms in range(2_000, 40_000, 100)]
    return Touches(quotes, [])


def test_whoever_sold_before_a_rise_sold_too_low_and_whoever_bought_is_better_off() -> None:
    touches = rising()
    touches.trades = [(501, 1006, 1), (501, 1004, -1)]
    times, drifts = touches.drifts(1_000)
    assert times.tolist() == [501, 501]
    assert drifts.tolist() == [10, -10]


def test_a_trade_away_from_the_touch_is_none_of_a_passive_fill_at_it() -> None:
    touches = rising()
    touches.trades = [(501, 1007, 1), (501, 1000, -1)]
    assert touches.drifts(1_000)[1].size == 0


def test_the_move_of_the_trades_own_millisecond_counts() -> None:
    touches = rising(fall=500)
    touches.trades = [(2_000, 1018, -1)]
    assert touches.drifts(1_000)[1].tolist() == [500 - 11]


def test_a_trade_whose_later_mid_was_not_seen_is_left_out() -> None:
    touches = rising()
    touches.trades = [(39_500, 1395, 1)]
    assert touches.drifts(1_000)[1].size == 0


def test_the_interval_of_a_mean_is_wide_where_blocks_differ() -> None:
    times = np.arange(0, 300_000, 100, dtype=np.float64)
    same = np.where(np.arange(times.size) % 2, 10.0, 20.0)
    by_block = np.where((times // 30_000) % 2, 10.0, 20.0)
    assert interval(times, same) == (15.0, 15.0)
    low, high = interval(times, by_block)
    assert 11 < low < 13 and 17 < high < 19


def test_markets_that_drift_otherwise_are_told_apart() -> None:
    real = rising()
    real.trades = [(ms + 1, 1001 + ms // 100, 1) for ms in range(500, 30_000, 100)]
    other = rising()
    other.trades = [(ms + 1, 999 + ms // 100, -1) for ms in range(500, 30_000, 100)]
    assert drift(real, [real], 1_000, is_recorded=True).is_within
    row = drift(real, [real, other], 1_000, is_recorded=True)
    assert row.simulated_means == (10.0, -10.0) and row.simulated_mean == 0
    assert row.line().endswith("NOT ALIKE")
