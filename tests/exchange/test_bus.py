"""Events to listeners."""

import logging

import pytest

from connector.core.connection_events import FeedRestoredEvent
from connector.core.event_tags import MarketEvent
from connector.core.events import Event
from connector.exchange.bus import Bus

EVENT = FeedRestoredEvent(1.0, "x")
TAG = MarketEvent.FeedRestored


def test_listeners_hear_in_the_order_in_which_they_came() -> None:
    bus, heard = Bus(), []
    bus.add_listener(TAG, lambda event: heard.append("first"))
    bus.add_listener(TAG, lambda event: heard.append("second"))
    bus.publish((EVENT, EVENT))
    assert heard == ["first", "second", "first", "second"]


def test_a_listener_that_fails_is_told_in_the_log_and_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    bus, heard = Bus(), list[Event]()

    def fails(event: Event) -> None:
        raise RuntimeError("mine")

    bus.add_listener(TAG, fails)
    bus.add_listener(TAG, heard.append)
    with caplog.at_level(logging.ERROR):
        bus.publish((EVENT,))
    assert heard == [EVENT]
    assert "a listener of FeedRestored failed" in caplog.text


def test_a_listener_is_added_once_and_may_leave_while_it_hears() -> None:
    bus, heard = Bus(), list[Event]()

    def once(event: Event) -> None:
        heard.append(event)
        bus.remove_listener(TAG, once)

    bus.add_listener(TAG, once)
    bus.add_listener(TAG, once)
    bus.publish((EVENT, EVENT))
    assert heard == [EVENT]
    bus.remove_listener(TAG, once)


def test_watchers_hear_when_all_listeners_have_heard() -> None:
    bus, heard = Bus(), list[str]()
    bus.add_watcher(TAG, lambda event: heard.append("watcher"))
    for name in ("first", "second"):
        bus.add_listener(TAG, lambda event, name=name: heard.append(name))
    bus.publish((EVENT,))
    assert heard == ["first", "second", "watcher"]
