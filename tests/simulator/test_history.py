import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.simulator.history import History, page

Row = tuple[int, int]


class Seen:
    """How often a row was looked at."""

    def __init__(self) -> None:
        self.count = 0

    def at(self, row: Row) -> Row:
        self.count += 1
        return row


def history(*rows: Row, most: int = 1_000_000) -> History[Row]:
    kept = History[Row](lambda row: row, most)
    for row in rows:
        kept.append(row)
    return kept


def test_from_an_id_or_a_start_the_oldest_come_first_and_else_the_latest() -> None:
    kept = history(*[(10 * number, number) for number in range(6)])
    assert page([kept], 2) == [(40, 4), (50, 5)]
    assert page([kept], 2, from_id=1) == [(10, 1), (20, 2)]
    assert page([kept], 2, start_ms=15) == [(20, 2), (30, 3)]
    assert page([kept], 9, start_ms=10, end_ms=30) == [(10, 1), (20, 2), (30, 3)]
    assert page([kept], 2, end_ms=30) == [(20, 2), (30, 3)]
    assert page([], 5) == page([history()], 5) == []


def test_several_histories_are_one_by_time() -> None:
    one, other = history((1, 7), (4, 8)), history((2, 1), (3, 2))
    assert page([one, other], 3) == [(2, 1), (3, 2), (4, 8)]
    assert page([one, other], 3, start_ms=0) == [(1, 7), (2, 1), (3, 2)]


def test_the_oldest_rows_are_let_go_and_the_latest_kept() -> None:
    kept = history(*[(number, number) for number in range(25)], most=4)
    assert 4 <= len(kept) <= 8
    assert list(kept)[-4:] == [(number, number) for number in range(21, 25)]
    assert page([kept], 1, start_ms=23) == [(23, 23)]


@pytest.mark.parametrize(
    "wanted",
    [{}, {"from_id": 100_000}, {"start_ms": 100_000}, {"start_ms": 100_000, "end_ms": 100_004}, {"end_ms": 4}],
)
def test_a_page_looks_at_few_rows_however_many_there_are(wanted: dict[str, int]) -> None:
    seen = Seen()
    kept = History[Row](seen.at, 1_000_000)
    for number in range(200_000):
        kept.append((number, number))
    seen.count = 0
    assert len(page([kept], 5, **wanted)) == 5
    assert seen.count < 50


moments = st.none() | st.integers(0, 60)


@given(st.lists(st.integers(0, 60), max_size=30), moments, moments, moments, st.integers(1, 40))
def test_a_page_is_what_a_search_of_all_rows_finds_even_when_the_clock_steps_back(
    times: list[int], from_id: int | None, start_ms: int | None, end_ms: int | None, limit: int
) -> None:
    rows = list(zip(times, range(len(times)), strict=True))
    wanted = [
        row
        for row in rows
        if row[1] >= (from_id or 0) and row[0] >= (start_ms or 0) and (end_ms is None or row[0] <= end_ms)
    ]
    latest = from_id is None and start_ms is None
    found = page([history(*rows)], limit, from_id=from_id, start_ms=start_ms, end_ms=end_ms)
    assert found == (wanted[-limit:] if latest else wanted[:limit])
