"""One WebSocket: its subscriptions, its control messages, and a bounded queue towards a slow reader.

The exchange never waits for a reader: frames queue up, a writer task sends them, and who falls too far behind is
cut ("WebSocket market streams": live subscribing).
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import ujson
from aiohttp import WSMessage, WSMsgType, web

from connector.simulator.depth_feed import frame_of
from connector.simulator.hub import Hub
from connector.simulator.settings import SimulatorSettings
from connector.simulator.stream_names import PRIVATE, is_delivered

MOST_STREAMS = 1024
MOST_MESSAGES_A_SECOND = 10
#: WebSocket close code for a client that breaks the rules.
POLICY_VIOLATION = 1008


@dataclass(frozen=True, slots=True)
class Opening:
    """What a connection's address asks for: route, wrapped or raw frames, streams, and event filters by key."""

    route: str
    combined: bool
    names: tuple[str, ...] = ()
    events: dict[str, frozenset[str]] = field(default_factory=dict)


class Connection:
    """Listens at the hub for one client until either side ends it."""

    def __init__(self, opening: Opening, socket: web.WebSocketResponse, hub: Hub, settings: SimulatorSettings) -> None:
        self._opening, self._socket, self._hub, self._settings = opening, socket, hub, settings
        self._combined = opening.combined
        self._names: dict[str, None] = {}
        self._waiting: deque[bytes] = deque()
        self._wake = asyncio.Event()
        self._clock = settings.clock
        self._ponged_ms = self._clock.monotonic_ms()
        self._second, self._messages = 0, 0
        self._ended = False

    async def run(self, cut: Callable[[], None]) -> None:
        """Serves until the socket ends. `cut` drops the transport."""
        self._cut = cut
        self._hub.join(self)
        self._subscribe(self._opening.names)
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(work) for work in (self._write(), self._ping())]
                await self._read()
                for task in tasks:
                    task.cancel()
        finally:
            self._ended = True
            self._hub.leave(self)

    def deliver(self, name: str, event: str, raw: bytes, wrapped: Callable[[], bytes]) -> None:
        wanted = self._opening.events.get(name)
        if wanted is None or event in wanted:
            self._push(wrapped() if self._combined else raw)

    def cut(self) -> None:
        self._ended = True
        self._hub.leave(self)
        self._cut()

    def _push(self, frame: bytes) -> None:
        if self._ended:
            return
        if len(self._waiting) >= self._settings.most_waiting_frames:
            self._waiting.clear()
            self.cut()
            return
        self._waiting.append(frame)
        self._wake.set()

    async def _write(self) -> None:
        while not self._ended:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting and not self._socket.closed:
                await self._send(self._waiting.popleft(), WSMsgType.TEXT)

    async def _send(self, frame: bytes, kind: WSMsgType) -> None:
        """A reader that is gone is no error: the read loop ends by it."""
        try:
            await self._socket.send_frame(frame, kind)
        except ConnectionError:
            self._ended = True

    async def _ping(self) -> None:
        """A ping every few minutes; who doesn't answer within ten is cut ("Liveness")."""
        while not self._ended:
            await asyncio.sleep(self._settings.ping_interval_s)
            if self._clock.monotonic_ms() - self._ponged_ms > self._settings.pong_within_s * 1000:
                self.cut()
            elif not self._hub.frozen and not self._socket.closed:
                await self._send(str(self._clock.now_ms()).encode(), WSMsgType.PING)

    async def _read(self) -> None:
        async for message in self._socket:
            if self._hub.frozen:
                continue
            if message.type is WSMsgType.PING:
                await self._send(message.data, WSMsgType.PONG)
            elif message.type is WSMsgType.PONG:
                self._ponged_ms = self._clock.monotonic_ms()
            elif self._is_too_fast():
                await self._socket.close(code=POLICY_VIOLATION, message=b"Too many requests")
            elif message.type is WSMsgType.TEXT:
                self._control(message)

    def _is_too_fast(self) -> bool:
        second = self._clock.monotonic_ms() // 1000
        if second != self._second:
            self._second, self._messages = second, 0
        self._messages += 1
        return self._messages > MOST_MESSAGES_A_SECOND

    def _control(self, message: WSMessage) -> None:
        try:
            asked = ujson.loads(message.data)
        except ValueError:
            self._push(frame_of({"code": 3, "msg": "Invalid JSON"}))
            return
        if not isinstance(asked, dict) or not isinstance(asked.get("method"), str):
            self._push(frame_of({"code": 2, "msg": "Invalid request: missing field `method`"}))
            return
        params = asked.get("params") or []
        if not isinstance(params, list):
            self._push(frame_of({"code": 2, "msg": "Invalid request: params is not an array"}))
            return
        self._push(frame_of({**self._done(asked["method"], params), "id": asked.get("id")}))

    def _done(self, method: str, params: list[object]) -> dict[str, object]:
        """Does what a control message asks for. Streams that never deliver are acknowledged like others."""
        names = [name for name in params if isinstance(name, str)]
        if method == "SUBSCRIBE":
            if len(self._names.keys() | set(names)) > MOST_STREAMS:
                return {"code": 2, "msg": f"Invalid request: more than {MOST_STREAMS} streams"}
            self._subscribe(names)
            return {"result": None}
        if method == "UNSUBSCRIBE":
            for name in names:
                self._names.pop(name, None)
                self._hub.unsubscribe(name, self)
            return {"result": None}
        if method == "LIST_SUBSCRIPTIONS":
            return {"result": list(self._names)}
        if method == "SET_PROPERTY" and params[:1] == ["combined"] and isinstance(params[-1], bool):
            self._combined = params[-1]
            return {"result": None}
        if method == "GET_PROPERTY" and params[:1] == ["combined"]:
            return {"result": self._combined}
        return {"code": 2, "msg": f"Invalid request: unknown method or property {method}"}

    def _subscribe(self, names: Iterable[str]) -> None:
        """On the private route names are listen keys; a market stream elsewhere than on its route stays silent."""
        for name in names:
            self._names[name] = None
            is_key = self._opening.route == PRIVATE and "@" not in name
            if is_key or is_delivered(name, self._opening.route):
                self._hub.subscribe(name, self)
