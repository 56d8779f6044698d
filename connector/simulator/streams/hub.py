"""Who listens to which stream. A frame is serialised once, whoever and however many listen."""

from collections import deque
from collections.abc import Callable
from typing import Protocol

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

    def __init__(self, monotonic_ms: Callable[[], int], latency: Latency | None = None) -> None:
        self._monotonic_ms = monotonic_ms
        self._latency = latency
        self._listeners: dict[str, dict[Subscriber, None]] = {}
        self._heard: dict[str, tuple[str, ...]] = {}
        self._connections: dict[Subscriber, None] = {}
        self._silent_until_ms: dict[str, int] = {}
        self._frozen_until_ms = 0
        self._late: dict[str, deque[tuple[int, StreamFrame]]] = {}

    def join(self, connection: Subscriber) -> None:
        self._connections[connection] = None

    def leave(self, connection: Subscriber) -> None:
        """Forgets a connection and all that it listened to."""
        self._connections.pop(connection, None)
        for name in [name for name, listeners in self._listeners.items() if connection in listeners]:
            self.unsubscribe(name, connection)

    def subscribe(self, name: str, connection: Subscriber) -> None:
        if name not in self._listeners:
            self._listeners[name] = {}
            stem, _, kind = name.partition("@")
            self._heard[stem] = (*self._heard.get(stem, ()), kind)
        self._listeners[name][connection] = None

    def unsubscribe(self, name: str, connection: Subscriber) -> None:
        listeners = self._listeners.get(name)
        if listeners is None:
            return
        listeners.pop(connection, None)
        if listeners:
            return
        del self._listeners[name]
        self._late.pop(name, None)
        stem, _, kind = name.partition("@")
        self._heard[stem] = tuple(other for other in self._heard[stem] if other != kind)
        if not self._heard[stem]:
            del self._heard[stem]

    def listens(self, name: str) -> bool:
        """Whether anybody would get a frame: what nobody hears is not made."""
        return name in self._listeners

    def heard(self, stem: str) -> tuple[str, ...]:
        """What is heard of all streams `<stem>@...`: the parts behind the @, `depth@100ms` for one."""
        return self._heard.get(stem, ())

    def publish(self, name: str, raw: bytes, event: str = "", *, late_ms: int = 0) -> None:
        """Sends a frame to everybody who listens; `event` is its kind, for those who filter.

        A frame that is to be late waits for a `release` after that time, and those behind it wait with it.
        """
        if name not in self._listeners:
            return
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
        for connection in tuple(self._listeners.get(frame.name, ())):
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

    def cut_all(self) -> None:
        for connection in list(self._connections):
            connection.cut()

    def close_stream(self, name: str) -> None:
        """Ends every connection that listens to a stream, in good order, after what was late for it."""
        for _, frame in self._late.pop(name, ()):
            self._send(frame)
        for connection in tuple(self._listeners.get(name, ())):
            connection.close()

    def _is_silent(self, name: str) -> bool:
        if not self._silent_until_ms:
            return False
        until_ms = max(self._silent_until_ms.get(name, 0), self._silent_until_ms.get("", 0))
        return self._monotonic_ms() < until_ms
