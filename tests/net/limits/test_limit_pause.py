"""A silence that the venue asked for, and its end."""

from connector.net.limits.limit_pause import GENTLE_FOR_MS, LimitPause
from connector.net.limits.limit_window import UNTIL_ANSWERED_MS


def test_a_probe_that_is_not_answered_is_followed_by_another() -> None:
    pause = LimitPause()
    pause.begin(1_000)
    pause.spend(1)
    pause.settle(1, 1_500, answered=False)
    assert pause.is_on
    assert pause.wait_ms(1_500) == 0
    pause.spend(2)
    assert pause.wait_ms(1_500) == UNTIL_ANSWERED_MS
    pause.settle(2, 1_600, answered=True)
    assert not pause.is_on
    assert pause.is_gentle(1_600 + GENTLE_FOR_MS - 1)
    assert not pause.is_gentle(1_600 + GENTLE_FOR_MS)


def test_requests_that_left_before_the_silence_do_not_end_it() -> None:
    pause = LimitPause()
    pause.begin(1_000)
    pause.settle(7, 500, answered=True)
    assert pause.is_on


def test_a_probe_that_is_refused_again_prolongs_it_and_is_counted() -> None:
    pause = LimitPause()
    pause.begin(1_000, 1)
    assert pause.misses == 0
    for number in (2, 3):
        pause.spend(number)
        pause.begin(1_000 * number, number)
        pause.settle(number, 1_000 * number, answered=True)
    assert pause.is_on
    assert pause.misses == 2
    pause.spend(4)
    pause.settle(4, 4_000, answered=True)
    assert (pause.is_on, pause.misses) == (False, 0)


def test_it_is_told_when_it_begins_when_it_is_prolonged_and_when_it_is_over() -> None:
    pause = LimitPause()
    told: list[tuple[bool, int]] = []
    pause.on_change = lambda: told.append((pause.is_on, pause.until_ms))
    for until_ms in (1_000, 900, 2_000, 2_000):
        pause.begin(until_ms)
    pause.spend(1)
    pause.settle(1, 2_000, answered=True)
    assert told == [(True, 1_000), (True, 2_000), (False, 2_000)]
