"""A recording that lies written, moment by moment."""

import math

import pytest

from connector.simulator.background.recorded_traffic import Outage
from connector.simulator.background.recordings import WrittenRecording

FACTS = tuple(Outage(at_ms, "BTCUSDT", "cut") for at_ms in (1_000, 1_100, 1_400))


@pytest.mark.parametrize(("pace", "due_ms"), [(1.0, 5_100), (4.0, 5_025)])
def test_facts_are_due_as_they_came_at_the_pace_that_is_asked_for(pace: float, due_ms: int) -> None:
    recording = WrittenRecording(iter(FACTS), 5_000, pace)
    assert (list(recording.due(5_000)), recording.next_ms()) == ([FACTS[0]], due_ms)
    assert list(recording.due(due_ms - 1)) == []
    assert list(recording.due(due_ms)) == [FACTS[1]]


def test_one_is_over_when_its_last_fact_was_due() -> None:
    recording = WrittenRecording(iter(FACTS), 0)
    assert not recording.is_over
    assert list(recording.due(400)) == list(FACTS)
    assert (recording.is_over, recording.next_ms()) == (True, math.inf)


def test_an_empty_one_is_over_at_once() -> None:
    assert WrittenRecording(iter(()), 0).is_over
