from itertools import count
from random import Random

import pytest

from connector.simulator.market.candles import DAY_MS, HOUR_MS, MINUTE_MS, Bar
from connector.simulator.market.rolling_day import RollingDay
from connector.simulator.market.tape import PublicTrade, Tape

START_MS = 20_000 * DAY_MS


def printed(*trades: tuple[int, int, int]) -> Tape:
    """A tape of (ms since the start, ticks, lots)."""
    tape = Tape(count().__next__)
    for number, (after_ms, ticks, lots) in enumerate(trades):
        tape.print(PublicTrade(number, ticks, lots, START_MS + after_ms, buyer_is_maker=False), number)
    return tape


def test_the_day_is_the_sum_of_its_minutes() -> None:
    tape = printed((0, 100, 1), (5, 130, 2), (HOUR_MS, 90, 3), (2 * HOUR_MS, 120, 4))
    day = RollingDay(tape).at(START_MS + 2 * HOUR_MS + 1)
    assert day is not None
    assert (day.open, day.high, day.low, day.close, day.lots, day.count) == (100, 130, 90, 120, 10, 4)
    assert (day.first_id, day.last_id, day.open_ms) == (0, 3, START_MS)


def test_what_is_older_than_a_day_is_left_behind() -> None:
    tape = printed((0, 500, 1), (HOUR_MS, 90, 3), (DAY_MS, 120, 4))
    window = RollingDay(tape)
    assert window.at(START_MS + DAY_MS) is not None
    day = window.at(START_MS + DAY_MS + MINUTE_MS)
    assert day is not None
    assert (day.high, day.low, day.count, day.close) == (120, 90, 2, 120)


def test_the_running_minute_counts_at_once() -> None:
    tape = printed((0, 100, 1), (MINUTE_MS, 110, 1))
    window = RollingDay(tape)
    first = window.at(START_MS + MINUTE_MS)
    tape.print(PublicTrade(9, 150, 5, START_MS + MINUTE_MS + 10, buyer_is_maker=True), 9)
    day = window.at(START_MS + MINUTE_MS + 20)
    assert first is not None and day is not None
    assert (first.high, first.lots) == (110, 2)
    assert (day.high, day.lots, day.last_id) == (150, 7, 9)


def test_a_first_minute_stands_alone() -> None:
    day = RollingDay(printed((0, 100, 1), (10, 101, 1))).at(START_MS + 20)
    assert day is not None and (day.open, day.close, day.count) == (100, 101, 2)


def test_there_is_no_day_without_a_trade() -> None:
    assert RollingDay(printed()).at(START_MS) is None


@pytest.mark.parametrize("seed", range(6))
def test_a_day_of_any_trades_is_the_sum_of_its_minutes(seed: int) -> None:
    """Whatever its hours, quiet stretches and breaks: it is put together of wider candles, and comes to the same."""
    random, tape, now_ms = Random(seed), printed(), START_MS + seed * 7 * MINUTE_MS
    window = RollingDay(tape)
    for number in range(1_500):
        now_ms += random.choice((100, 20_000, MINUTE_MS, 3 * MINUTE_MS, random.choice((1, 1, 5)) * 40 * MINUTE_MS))
        trade = PublicTrade(number, random.randint(90, 110), random.randint(1, 9), now_ms, random.random() < 0.5)
        if random.random() < 0.7:
            tape.print(trade, number)
        if random.random() < 0.3:
            assert window.at(now_ms) == summed(tape, now_ms)


def summed(tape: Tape, now_ms: int) -> Bar | None:
    """The same minute by minute."""
    minutes = tape.candles.series("1m", now_ms).bars[-24 * 60 :]
    if not minutes:
        return None
    day = minutes[0].copied(minutes[0].open_ms)
    for minute in minutes[1:]:
        if minute.count:
            day.merge(minute)
    return day


def test_a_day_of_busy_minutes_is_put_together_of_few_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    tape = printed(*((minute * MINUTE_MS, 100, 1) for minute in range(3 * 24 * 60)))
    window, merged = RollingDay(tape), list[Bar]()
    merge = Bar.merge
    monkeypatch.setattr(Bar, "merge", lambda day, part: (merged.append(part), merge(day, part)))
    day = window.at(START_MS + (3 * 24 * 60 - 1) * MINUTE_MS)
    assert day is not None and day.count == 24 * 60
    assert len(merged) < 60
