"""Frames at a pace: that each is heard of, and how a figure is judged."""

from tests.bench.cores import cores
from tests.bench.gathering import MANY, USUAL, Reading, measure, row_of

AT_ONCE = Reading(0.05, 0.1, 0.3, 0.1)


def test_each_frame_is_heard_of_at_once_or_gathered() -> None:
    for every_ms in (0, 20):
        told = measure(USUAL, 400, every_ms, cores()[0])
        assert 0 < told.cpu < 1
        assert 0 < told.p50_ms <= told.p99_ms


def test_gathering_has_to_save_and_may_not_add_more_than_its_time() -> None:
    def missed(a_second: int, every_ms: int, reading: Reading) -> bool:
        return row_of(a_second, every_ms, [reading], [AT_ONCE]).is_missed

    assert not missed(USUAL, 0, AT_ONCE)
    assert not missed(USUAL, 5, Reading(0.037, 3.0, 6.2, 3.0))
    assert missed(USUAL, 5, Reading(0.038, 3.0, 6.2, 3.0)), "too dear"
    assert missed(USUAL, 5, Reading(0.037, 3.0, 6.4, 3.0)), "too late"
    assert missed(USUAL, 20, Reading(0.021, 10.0, 20.0, 10.0)), "too dear"
    assert not missed(MANY, 20, Reading(0.05, 10.0, 30.0, 12.0)), "a pause in between is no backlog"
    assert missed(MANY, 20, Reading(0.05, 10.0, 30.0, 22.0)), "a backlog"
