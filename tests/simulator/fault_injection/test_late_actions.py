"""What is put off happens at its time, in order."""

from connector.core.clock import ManualClock
from connector.simulator.fault_injection.late_actions import LateActions


def test_actions_come_by_their_times_and_those_of_one_time_in_the_order_in_which_they_were_put_off() -> None:
    clock, done = ManualClock(0), list[str]()
    late = LateActions(clock.monotonic_ms)
    for ms, name in ((200, "later"), (100, "first"), (100, "second"), (0, "now")):
        late.add(ms, lambda name=name: done.append(name))  # type: ignore[misc]
    late.run()
    assert done == ["now"]
    clock.advance(199)
    late.run()
    assert done == ["now", "first", "second"]
    clock.advance(1)
    late.run()
    late.run()
    assert done == ["now", "first", "second", "later"]
