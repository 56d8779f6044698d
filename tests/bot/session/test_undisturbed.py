"""What keeps the pauses of a trading process short."""

import gc
import sys
import time

from connector.bot.session.undisturbed import undisturbed


def full_collection_s() -> float:
    began_s = time.thread_time()
    gc.collect()
    return time.thread_time() - began_s


def test_what_is_there_at_the_beginning_costs_no_collection_any_more() -> None:
    there = [[number] for number in range(300_000)]
    before_s = full_collection_s()
    with undisturbed():
        assert full_collection_s() < before_s / 4
        assert gc.get_freeze_count() > len(there)
    assert gc.get_freeze_count() == 0


def test_what_comes_later_and_goes_is_collected_all_the_same() -> None:
    with undisturbed():
        ring: list[object] = []
        ring.append(ring)
        del ring
        assert gc.collect() > 0


def test_other_threads_hold_the_interpreter_for_less_than_a_millisecond_until_the_end() -> None:
    before_s = sys.getswitchinterval()
    with undisturbed():
        with undisturbed():
            assert sys.getswitchinterval() < 0.001
        assert sys.getswitchinterval() < 0.001
    assert sys.getswitchinterval() == before_s
