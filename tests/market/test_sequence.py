import pytest

from connector.market.sequence import SequenceGate

Ids = tuple[int, int, int]


def verdicts(snapshot_id: int | None, *events: Ids) -> list[str]:
    gate = SequenceGate()
    if snapshot_id is not None:
        gate.start(snapshot_id)
    return [gate.admit(*event) for event in events]


def test_without_a_snapshot_everything_is_buffered() -> None:
    assert verdicts(None, (1, 5, 0), (6, 9, 5), (90, 95, 80)) == ["buffer"] * 3


def test_events_older_than_the_snapshot_are_skipped_then_the_run_is_applied() -> None:
    events = [(80, 85, 70), (86, 95, 85), (98, 105, 95), (111, 120, 105)]
    assert verdicts(100, *events) == ["skip", "skip", "apply", "apply"]


def test_first_ids_need_not_follow_each_other_on_futures() -> None:
    assert verdicts(100, (95, 105, 90), (300, 310, 105)) == ["apply", "apply"]


@pytest.mark.parametrize(
    ("event", "verdict"),
    [
        ((90, 99, 80), "skip"),
        ((90, 100, 80), "apply"),
        ((100, 110, 95), "apply"),
        ((101, 110, 100), "apply"),
        ((101, 110, 99), "resync"),
        ((150, 160, 140), "resync"),
    ],
)
def test_the_first_event_holds_the_snapshot_or_follows_it_at_once(event: Ids, verdict: str) -> None:
    assert verdicts(100, event) == [verdict]


def test_a_gap_is_a_resync_and_what_follows_is_buffered() -> None:
    assert verdicts(100, (95, 105, 90), (120, 125, 110), (126, 130, 125)) == ["apply", "resync", "buffer"]


def test_a_duplicate_and_a_late_event_say_nothing_new() -> None:
    assert verdicts(100, (95, 105, 90), (106, 109, 105), (106, 109, 105), (95, 105, 90), (110, 112, 109)) == [
        "apply", "apply", "skip", "skip", "apply",
    ]  # fmt: skip


def test_a_lost_book_starts_again_at_the_next_snapshot() -> None:
    gate = SequenceGate()
    gate.start(100)
    gate.lose()
    assert gate.admit(95, 105, 90) == "buffer"
    gate.start(7)
    assert gate.admit(5, 8, 4) == "apply"
    assert gate.last_id == 8


def test_ids_of_sixteen_digits_and_more_are_exact() -> None:
    big = 9_007_199_254_740_993
    assert verdicts(big, (big - 1, big + 1, big - 2), (big + 2, big + 3, big)) == ["apply", "resync"]
