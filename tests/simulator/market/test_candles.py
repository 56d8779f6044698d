import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.simulator.market.candles import (
    DAY_MS,
    INTERVALS,
    MINUTE_MS,
    MOST_KEPT,
    MOST_SECONDS_KEPT,
    SECOND_MS,
    SECONDS,
    WIDTHS_MS,
    Bar,
    Candles,
    following_ms,
    opening_ms,
    sample,
)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("interval", "moment", "opened", "next_one"),
    [
        ("1s", "2026-11-20T10:17:03.250", "2026-11-20T10:17:03", "2026-11-20T10:17:04"),
        ("1m", "2026-11-20T10:17:03", "2026-11-20T10:17", "2026-11-20T10:18"),
        ("15m", "2026-11-20T10:17:03", "2026-11-20T10:15", "2026-11-20T10:30"),
        ("8h", "2026-11-20T10:17:03", "2026-11-20T08:00", "2026-11-20T16:00"),
        ("1d", "2026-11-20T10:17:03", "2026-11-20T00:00", "2026-11-21T00:00"),
        ("1w", "2026-11-20T10:17:03", "2026-11-16T00:00", "2026-11-23T00:00"),
        ("1M", "2026-11-20T10:17:03", "2026-11-01T00:00", "2026-12-01T00:00"),
        ("1M", "2026-12-31T23:59:59", "2026-12-01T00:00", "2027-01-01T00:00"),
    ],
)
def test_candles_open_on_the_calendars_grid(interval: str, moment: str, opened: str, next_one: str) -> None:
    assert opening_ms(interval, at(moment)) == at(opened)
    assert following_ms(interval, at(opened)) == at(next_one)


def trade(time_ms: int, ticks: int, lots: int, number: int, *, taken: bool = True) -> Bar:
    value = ticks * lots
    bought = (lots, value) if taken else (0, 0)
    return Bar(time_ms, ticks, ticks, ticks, ticks, 1, lots, value, *bought, number, number)


@given(
    st.lists(st.tuples(st.integers(0, 400_000), st.integers(90, 110), st.integers(1, 9), st.booleans()), max_size=80)
)
def test_every_interval_tells_what_all_trades_together_tell(trades: list[tuple[int, int, int, bool]]) -> None:
    trades = sorted(trades, key=lambda row: row[0])
    candles = Candles(WIDTHS_MS)
    for number, (time_ms, ticks, lots, taken) in enumerate(trades):
        candles.add(trade(time_ms, ticks, lots, number, taken=taken))
        if number % 7 == 0:
            candles.series("1m", time_ms)
    for interval, width_ms in {name: WIDTHS_MS[name] for name in (SECONDS, "1m", "3m", "1h")}.items():
        found = {bar.open_ms: bar for bar in candles.series(interval, 400_000).bars}
        for open_ms, bar in found.items():
            inside = [(number, row) for number, row in enumerate(trades) if open_ms <= row[0] < open_ms + width_ms]
            assert bar.count == len(inside)
            if not inside:
                continue
            prices = [row[1] for _, row in inside]
            assert (bar.open, bar.high, bar.low, bar.close) == (prices[0], max(prices), min(prices), prices[-1])
            assert bar.lots == sum(row[2] for _, row in inside)
            assert bar.value == sum(row[1] * row[2] for _, row in inside)
            assert bar.taken_lots == sum(row[2] for _, row in inside if row[3])
            assert (bar.first_id, bar.last_id) == (inside[0][0], inside[-1][0])
        assert sum(bar.count for bar in found.values()) == len(trades)


def test_an_interval_without_trades_has_a_flat_candle_at_the_last_price() -> None:
    candles = Candles()
    candles.add(trade(0, 100, 5, 1))
    bars = candles.series("1m", 3 * MINUTE_MS).bars
    assert [(bar.open_ms, bar.open, bar.close, bar.lots, bar.first_id) for bar in bars[1:]] == [
        (minute * MINUTE_MS, 100, 100, 0, -1) for minute in (1, 2, 3)
    ]


def test_a_flat_candle_opens_at_its_first_trade() -> None:
    candles = Candles()
    candles.add(trade(0, 100, 5, 1))
    candles.series("1m", MINUTE_MS)
    candles.add(trade(MINUTE_MS + 5, 120, 1, 2))
    candles.add(trade(MINUTE_MS + 2_005, 110, 1, 3))
    bar = candles.series("1m", MINUTE_MS + 3_000).bars[-1]
    assert (bar.open, bar.high, bar.low, bar.close, bar.first_id) == (120, 120, 110, 110, 2)


def test_a_clock_that_steps_back_spoils_no_candle() -> None:
    candles = Candles()
    candles.add(trade(5 * MINUTE_MS, 100, 1, 1))
    candles.add(trade(2 * MINUTE_MS, 90, 1, 2))
    (bar,) = candles.series("1m", 2 * MINUTE_MS).bars
    assert (bar.open_ms, bar.count, bar.low, bar.high) == (2 * MINUTE_MS, 2, 90, 100)


def test_no_candle_is_ahead_of_a_clock_that_stepped_back_an_hour() -> None:
    candles = Candles(["1m", "1h"])
    for number, minute in enumerate((1, 2, 62, 63, 3, 4)):
        candles.add(trade(minute * MINUTE_MS, 100 + number, 1, number))
    for interval in ("1m", "1h"):
        bars = candles.series(interval, 4 * MINUTE_MS).bars
        assert bars[-1].open_ms <= 4 * MINUTE_MS
        assert (sum(bar.count for bar in bars), bars[-1].close, bars[-1].last_id) == (6, 105, 5)


def test_no_trade_means_no_candle() -> None:
    assert Candles().series("1d", 10 * DAY_MS).bars == []


def test_a_long_sleep_costs_no_more_candles_than_are_kept() -> None:
    candles = Candles()
    candles.add(trade(0, 100, 1, 1))
    bars = candles.series("1m", 10_000 * DAY_MS).bars
    assert len(bars) <= MOST_KEPT + 2
    assert bars[-1].open_ms == opening_ms("1m", 10_000 * DAY_MS)


def test_a_page_is_the_first_ones_from_a_start_or_else_the_latest() -> None:
    candles = Candles(INTERVALS)
    for minute in range(10):
        candles.add(trade(minute * MINUTE_MS, 100 + minute, 1, minute))
    series = candles.series("1m", 9 * MINUTE_MS)
    assert [bar.open for bar in series.page(3, None, None)] == [107, 108, 109]
    assert [bar.open for bar in series.page(3, 2 * MINUTE_MS, None)] == [102, 103, 104]
    assert [bar.open for bar in series.page(3, None, 5 * MINUTE_MS)] == [103, 104, 105]
    assert [bar.open for bar in series.page(9, 2 * MINUTE_MS + 1, 4 * MINUTE_MS)] == [103, 104]


def test_old_candles_are_forgotten() -> None:
    candles, numbers = Candles((SECONDS,)), random.Random(1)
    for second in range(4_000):
        candles.add(sample(second * 1000, numbers.randrange(100)))
    bars = candles.series(SECONDS, 3_999_000).bars
    assert 1_500 <= len(bars) <= 3_000
    assert bars[-1].open_ms == 3_999_000


def test_seconds_beyond_those_that_are_kept_are_dropped_by_and_by() -> None:
    candles = Candles((SECONDS,))
    for second in range(3 * MOST_SECONDS_KEPT):
        candles.add(trade(second * SECOND_MS, 100, 1, second))
    assert MOST_SECONDS_KEPT <= len(candles.series(SECONDS, 3 * MOST_SECONDS_KEPT * SECOND_MS).bars) <= 1_700
