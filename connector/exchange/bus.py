"""Events to listeners, in order. A listener that fails is told in the log and cannot stop the others."""

import logging
from collections.abc import Iterable

from connector.core.event_tags import MarketEvent
from connector.core.events import Event
from connector.core.faults import ArgumentFault
from connector.core.interface import Listener

_LOG = logging.getLogger(__name__)


class Bus:
    """Synchronous: when `publish` returns, every listener has heard every event."""

    def __init__(self) -> None:
        self._listeners: dict[MarketEvent, list[Listener]] = {}
        self._watchers: dict[MarketEvent, list[Listener]] = {}
        #: Who hears an event: listeners, then watchers. A change makes a new tuple: it disturbs nobody who is told.
        self.hearers: dict[MarketEvent, tuple[Listener, ...]] = {}

    def add_listener(self, tag: MarketEvent, listener: Listener) -> None:
        """Adds a listener once; adding it again changes nothing. Raises `ArgumentFault` for what is no event's tag."""
        if not isinstance(tag, MarketEvent):
            raise ArgumentFault("event_tag", tag, "is no event", "use MarketEvent.OrderFilled or its like")
        self._add(self._listeners, tag, listener)

    def add_watcher(self, tag: MarketEvent, watcher: Listener) -> None:
        """Adds one of the connector's own, which hears once the listeners of the bot have heard."""
        self._add(self._watchers, tag, watcher)

    def remove_listener(self, tag: MarketEvent, listener: Listener) -> None:
        """Removes a listener; one that is not there is not missed."""
        listeners = self._listeners.get(tag, [])
        if listener in listeners:
            listeners.remove(listener)
            self._settle(tag)

    def _add(self, rows: dict[MarketEvent, list[Listener]], tag: MarketEvent, listener: Listener) -> None:
        listeners = rows.setdefault(tag, [])
        if listener not in listeners:
            listeners.append(listener)
            self._settle(tag)

    def _settle(self, tag: MarketEvent) -> None:
        self.hearers[tag] = (*self._listeners.get(tag, ()), *self._watchers.get(tag, ()))

    def publish(self, events: Iterable[Event]) -> None:
        for event in events:
            for listener in self.hearers.get(event.tag, ()):
                try:
                    listener(event)
                except Exception:
                    # Another's mistake must not keep the rest from hearing of money.
                    _LOG.exception("a listener of %s failed", event.tag.name)
