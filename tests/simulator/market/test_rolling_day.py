from itertools import count

from connector.simulator.market.candles import DAY_MS, HOUR_MS, MINUTE_MS
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
