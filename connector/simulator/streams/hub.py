"""Who listens to which stream. A frame is serialised once, whoever and however many listen."""

from collections import deque
from collections.abc import Callable
from typing import Protocol

from connector.simulator.fault_injection.alterations import altered_frame
from connector.simulator.fault_injection.faults import Faults
from connector.simulator.fault_injection.latency import Latency
from connector.simulator.streams.wire_frames import StreamFrame


class Subscriber(Protocol):
    """A connection as the hub sees it."""

    def deliver(self, frame: StreamFrame) -> None:
        """Takes a frame of a stream; never waits."""
        ...

    def cut(self) -> None:
        """Drops the connection without a word."""
        ...

    def close(self) -> None:
        """Ends the connection in good order, after what waits."""
        ...


class Hub:
    """Subscriptions by stream name; a user stream's name is its listen key."""

    def __init__(
        self, monotonic_ms: Callable[[], int], latency: Latency | None = None, faults: Faults | None = None
    ) -> None:
        self._monotonic_ms = monotonic_ms
        self._latency, self._faults = latency, faults
        self._subscribers: dict[str, dict[Subscriber, None]] = {}
        self._kinds: dict[str, tuple[str, ...]] = {}
        self._connections: dict[Subscriber, bool] = {}
        self._silent_until_ms: dict[str, int] = {}
        self._frozen_until_ms = 0
        self._late: dict[str, deque[tuple[int, StreamFrame]]] = {}

    def join(self, connection: Subscriber, *, takes_orders: bool = False) -> None:
        """`takes_orders`: it is no stream, but a connection of the WS-API."""
        self._connections[connection] = takes_orders

    def leave(self, connection: Subscriber) -> None:
        """Forgets a connection and all that it listened to."""
        self._connections.pop(connection, None)
        for name in [name for name, subscribers in self._subscribers.items() if connection in subscribers]:
            self.unsubscribe(name, connection)

    def subscribe(self, name: str, connection: Subscriber) -> None:
        if name not in self._subscribers:
            self._subscribers[name] = {}
            stem, _, kind = name.partition("@")
            self._kinds[stem] = (*self._kinds.get(stem, ()), kind)
        self._subscribers[name][connection] = None

    def unsubscribe(self, name: str, connection: Subscriber) -> None:
        subscribers = self._subscribers.get(name)
        if subscribers is None:
            return
        subscribers.pop(connection, None)
        if subscribers:
            return
        del self._subscribers[name]
        self._late.pop(name, None)
        stem, _, kind = name.partition("@")
        self._kinds[stem] = tuple(other for other in self._kinds[stem] if other != kind)
        if not self._kinds[stem]:
            del self._kinds[stem]

    def is_subscribed(self, name: str) -> bool:
        """Whether anybody would get a frame: what nobody hears is not made."""
        return name in self._subscribers

    def kinds_of(self, stem: str) -> tuple[str, ...]:
        """What is subscribed of all streams `<stem>@...`: the parts behind the @, `depth@100ms` for one."""
        return self._kinds.get(stem, ())

    def publish(self, name: str, raw: bytes, event: str = "", *, late_ms: int = 0) -> None:
        """Sends a frame to everybody who listens; `event` is its kind, for those who filter.

        A frame that is to be late waits for a `release` after that time, and those behind it wait with it.
        """
        if name not in self._subscribers:
            return
        if self._faults is not None and self._faults.any_armed:
            raw = altered_frame(self._faults, name, raw, event)
        frame = StreamFrame(name, raw, event)
        if late_ms or name in self._late:
            self._late.setdefault(name, deque()).append((self._monotonic_ms() + late_ms, frame))
        else:
            self._send(frame)

    def release(self) -> None:
        """Sends the late frames whose time has come."""
        if not self._late:
            return
        now_ms = self._monotonic_ms()
        for name, frames in list(self._late.items()):
            while frames and frames[0][0] <= now_ms:
                self._send(frames.popleft()[1])
            if not frames:
                self._late.pop(name, None)

    def _send(self, frame: StreamFrame) -> None:
        if self.frozen or self._is_silent(frame.name):
            return
        for connection in tuple(self._subscribers.get(frame.name, ())):
            connection.deliver(frame)

    def arrival_ms(self) -> float:
        """When a frame that is sent now arrives, by the steady clock; 0 where frames arrive at once."""
        return 0.0 if self._latency is None else self._monotonic_ms() + self._latency.next_ms()

    @property
    def frozen(self) -> bool:
        """Whether sockets are open and dead at the moment."""
        return bool(self._frozen_until_ms) and self._monotonic_ms() < self._frozen_until_ms

    def freeze(self, ms: int) -> None:
        self._frozen_until_ms = self._monotonic_ms() + ms

    def silence(self, name: str, ms: int) -> None:
        """A stream, or all with an empty name, sends nothing for so long."""
        self._silent_until_ms[name] = self._monotonic_ms() + ms

    def cut_all(self, *, takes_orders: bool = False) -> int:
        """Cuts every connection, or those alone that take orders, and returns how many there were."""
        connections = [each for each, takes in self._connections.items() if takes or not takes_orders]
        for connection in connections:
            connection.cut()
        return len(connections)

    def close_stream(self, name: str) -> None:
        """Ends every connection that listens to a stream, in good order, after what was late for it."""
        for _, frame in self._late.pop(name, ()):
            self._send(frame)
        for connection in tuple(self._subscribers.get(name, ())):
            connection.close()

    def _is_silent(self, name: str) -> bool:
        if not self._silent_until_ms:
            return False
        until_ms = max(self._silent_until_ms.get(name, 0), self._silent_until_ms.get("", 0))
        return self._monotonic_ms() < until_ms
