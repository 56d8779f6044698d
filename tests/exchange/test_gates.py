"""Named gates."""

from connector.core.clock import ManualClock
from connector.core.connection_events import FeedLostEvent
from connector.core.event_tags import MarketEvent
from connector.core.events import Event
from connector.exchange import gates
from connector.exchange.bus import Bus
from connector.exchange.gates import WAITS_FOR, Gates


def listened() -> tuple[Gates, ManualClock, list[Event]]:
    bus, clock, heard = Bus(), ManualClock(1_000), list[Event]()
    for tag in MarketEvent:
        bus.add_listener(tag, heard.append)
    return Gates(bus, clock), clock, heard


def test_ready_means_that_every_gate_holds() -> None:
    status, _, _ = listened()
    for name in WAITS_FOR:
        assert not status.ready
        status.hold(name)
    assert status.ready
    assert status.status == dict.fromkeys(WAITS_FOR, True)


def test_a_gate_that_falls_is_told_once_and_so_is_its_return() -> None:
    status, _, heard = listened()
    status.hold(gates.USER_STREAM)
    status.fall(gates.USER_STREAM, "cut")
    status.fall(gates.USER_STREAM, "cut again")
    status.hold(gates.USER_STREAM)
    assert [event.tag.name for event in heard] == ["FeedLost", "FeedRestored"]
    assert isinstance(heard[0], FeedLostEvent) and heard[0].reason == "cut"


def test_the_age_of_a_gate_that_was_shut_begins_when_it_was_shut() -> None:
    status, clock, _ = listened()
    status.hold(gates.LEVERAGE)
    clock.ms += 60_000
    status.shut(gates.LEVERAGE, "being set")
    clock.ms += 100
    status.shut(gates.LEVERAGE, "being set, still")
    row = status.report()[gates.LEVERAGE]
    assert (row.holds, row.age_ms, row.last_error) == (False, 100, "being set, still")


def test_a_gate_that_never_held_is_not_lost_but_says_why() -> None:
    status, _, heard = listened()
    status.fall(gates.ORDER_BOOKS, "no snapshot yet")
    assert heard == []
    row = status.report()[gates.ORDER_BOOKS]
    assert (row.holds, row.age_ms, row.last_error) == (False, None, "no snapshot yet")
    assert row.waits_for


def test_age_is_counted_from_the_last_change() -> None:
    status, clock, _ = listened()
    status.hold(gates.LEVERAGE)
    clock.advance(700)
    status.hold(gates.LEVERAGE)
    status.note(gates.LEVERAGE, "a remark")
    row = status.report()[gates.LEVERAGE]
    assert (row.age_ms, row.last_error, row.holds) == (700, "a remark", True)


def test_stopping_shuts_all_gates_in_silence() -> None:
    status, _, heard = listened()
    for name in WAITS_FOR:
        status.hold(name)
    status.shut_all("stopped")
    assert not any(status.status.values())
    assert heard == []
