from connector.simulator.market.candles import HOUR_MS, opening_ms
from connector.simulator.market.positioning_history import (
    MOST_ROWS,
    PERIODS,
    SHORTEST_MS,
    Positioning,
    PositioningHistory,
)

MIDNIGHT_MS = 1_700_006_400_000


def state(lots: int) -> Positioning:
    return Positioning(0, lots, 1, 1, 1, 1, 1, 1, 1, lots, lots)


def kept(history: PositioningHistory, now_ms: int, lots: int) -> None:
    if history.is_due(now_ms):
        history.add(history.ended(now_ms), state(lots))
        history.reopen(now_ms)


def test_each_period_has_a_row_for_each_time_it_ended() -> None:
    history = PositioningHistory()
    for number in range(25):
        kept(history, MIDNIGHT_MS + number * SHORTEST_MS, number)
    assert {period: len(rows) for period, rows in history.rows.items() if rows} == {
        "5m": 24, "15m": 8, "30m": 4, "1h": 2, "2h": 1,
    }  # fmt: skip
    assert [(row.time_ms, row.open_lots) for row in history.rows["1h"]] == [
        (MIDNIGHT_MS, 12),
        (MIDNIGHT_MS + HOUR_MS, 24),
    ]


def test_the_first_look_ends_no_period() -> None:
    history = PositioningHistory()
    kept(history, MIDNIGHT_MS, 1)
    assert not any(history.rows.values())
    assert not history.is_due(MIDNIGHT_MS + SHORTEST_MS - 1)


def test_a_time_that_nobody_saw_is_not_filled_up() -> None:
    history = PositioningHistory()
    kept(history, MIDNIGHT_MS, 1)
    kept(history, MIDNIGHT_MS + 10 * HOUR_MS, 2)
    kept(history, MIDNIGHT_MS + 10 * HOUR_MS + SHORTEST_MS, 3)
    assert [row.time_ms for row in history.rows["5m"]] == [MIDNIGHT_MS, MIDNIGHT_MS + 10 * HOUR_MS]


def test_a_clock_that_steps_back_leaves_no_row_ahead_of_it_and_none_comes_twice() -> None:
    history = PositioningHistory()
    for number in (0, 1, 2):
        kept(history, MIDNIGHT_MS + number * SHORTEST_MS, number)
    kept(history, MIDNIGHT_MS, 9)
    assert history.opened_ms == MIDNIGHT_MS
    assert not any(history.rows.values())
    for number in (1, 2, 3):
        kept(history, MIDNIGHT_MS + number * SHORTEST_MS, 10 + number)
    assert [(row.time_ms - MIDNIGHT_MS, row.open_lots) for row in history.rows["5m"]] == [
        (0, 11),
        (SHORTEST_MS, 12),
        (2 * SHORTEST_MS, 13),
    ]


def test_what_is_kept_has_a_bound() -> None:
    history = PositioningHistory()
    for number in range(3 * MOST_ROWS):
        kept(history, MIDNIGHT_MS + number * SHORTEST_MS, number)
    assert len(history.rows["5m"]) == MOST_ROWS
    assert sum(map(len, history.rows.values())) <= MOST_ROWS * len(PERIODS)
    assert history.rows["5m"][-1].time_ms == opening_ms("5m", MIDNIGHT_MS + (3 * MOST_ROWS - 2) * SHORTEST_MS)
