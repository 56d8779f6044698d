"""One WebSocket: its subscriptions, its control messages, and a bounded queue towards a slow reader.

The exchange never waits for a reader: frames queue up ready for the wire, a writer task hands all that are waiting
to the transport in one piece, and who falls too far behind is cut ("WebSocket market streams": live subscribing).
"""

import asyncio
from collections import deque
from collections.abc import Iterable
from itertools import islice

from aiohttp import WSMessage, WSMsgType, web

from connector.simulator.clock import wait_ms
from connector.simulator.http_transport import abort
from connector.simulator.json_bytes import frame_of
from connector.simulator.settings import SimulatorSettings
from connector.simulator.streams.addresses import Opening
from connector.simulator.streams.control_messages import (
    GET_PROPERTY,
    ILL_REQUEST,
    LISTED,
    SET_PROPERTY,
    SUBSCRIBE,
    UNSUBSCRIBE,
    Control,
    IllControl,
    control_of,
)
from connector.simulator.streams.hub import Hub
from connector.simulator.streams.stream_names import PRIVATE, is_delivered
from connector.simulator.streams.wire_frames import StreamFrame, text_frame

MOST_STREAMS = 1024
MOST_MESSAGES_A_SECOND = 10
#: Frames in one write: enough that writing costs little, few enough that a slow reader is noticed between two.
MOST_AT_ONCE = 512
#: WebSocket close code for a client that breaks the rules.
POLICY_VIOLATION = 1008
#: A server's close frame with code 1000, the regular end (RFC 6455, 5.5.1).
REGULAR_END = b"\x88\x02\x03\xe8"


class Connection:
    """Listens at the hub for one client until either side ends it."""

    def __init__(self, opening: Opening, socket: web.WebSocketResponse, hub: Hub, settings: SimulatorSettings) -> None:
        self._opening, self._socket, self._hub, self._settings = opening, socket, hub, settings
        self._combined = opening.combined
        self._names: dict[str, None] = {}
        self._waiting: deque[bytes] = deque()
        self._wake = asyncio.Event()
        self._travelling: deque[tuple[float, bytes]] = deque()
        self._departed = asyncio.Event()
        self._arrives_ms = 0.0
        self._clock = settings.clock
        self._ponged_ms = self._clock.monotonic_ms()
        self._second, self._messages = 0, 0
        self._ended = False

    async def run(self, request: web.BaseRequest) -> None:
        """Serves until the socket that `request` opened ends."""
        self._request = request
        self._hub.join(self)
        self._subscribe(self._opening.names)
        try:
            async with asyncio.TaskGroup() as group:
                works = (self._write(), self._travel(), self._ping(), self._grow_old())
                tasks = [group.create_task(work) for work in works]
                await self._read()
                for task in tasks:
                    task.cancel()
        finally:
            self._ended = True
            self._hub.leave(self)

    def deliver(self, frame: StreamFrame) -> None:
        wanted = self._opening.events.get(frame.name)
        if wanted is None or frame.event in wanted:
            self._push(frame.sent(combined=self._combined))

    def cut(self) -> None:
        self._ended = True
        self._hub.leave(self)
        abort(self._request)

    def close(self) -> None:
        """Says goodbye after what waits; the client's goodbye ends the socket, or its silence does."""
        self._push(REGULAR_END)
        self._hub.leave(self)
        self._ended = True
        asyncio.get_running_loop().call_later(self._settings.pong_within_s, abort, self._request)

    def _push(self, sent: bytes) -> None:
        if self._ended:
            return
        if len(self._waiting) + len(self._travelling) >= self._settings.most_waiting_frames:
            self._waiting.clear()
            self.cut()
            return
        arrives_ms = self._hub.arrival_ms()
        if arrives_ms:
            self._arrives_ms = max(self._arrives_ms, arrives_ms)
            self._travelling.append((self._arrives_ms, sent))
            self._departed.set()
        else:
            self._waiting.append(sent)
            self._wake.set()

    async def _travel(self) -> None:
        """Lets frames arrive when their latency is over, in the order in which they were sent."""
        while not self._ended:
            await self._departed.wait()
            self._departed.clear()
            while self._travelling:
                arrives_ms, sent = self._travelling.popleft()
                await wait_ms(self._clock, arrives_ms - self._clock.monotonic_ms())
                self._waiting.append(sent)
                self._wake.set()

    async def _write(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                await self._send_waiting()

    async def _send_waiting(self) -> None:
        """One write for many frames, then as long a pause as the reader needs. A reader that is gone is no error."""
        transport = self._request.transport
        if transport is None or transport.is_closing() or self._socket.closed:
            self._waiting.clear()
            return
        sent = list(islice(self._waiting, MOST_AT_ONCE))
        for _ in sent:
            self._waiting.popleft()
        transport.write(b"".join(sent))
        try:
            await self._request.writer.drain()
        except ConnectionError:
            self._ended = True

    async def _send_control(self, payload: bytes, kind: WSMsgType) -> None:
        """A ping or a pong, ahead of what waits."""
        try:
            await self._socket.send_frame(payload, kind)
        except ConnectionError:
            self._ended = True

    async def _ping(self) -> None:
        """A ping every few minutes; who doesn't answer within ten is cut ("Liveness")."""
        while not self._ended:
            await wait_ms(self._clock, self._settings.ping_interval_s * 1000)
            if self._clock.monotonic_ms() - self._ponged_ms > self._settings.pong_within_s * 1000:
                self.cut()
            elif not self._hub.frozen and not self._socket.closed:
                await self._send_control(str(self._clock.now_ms()).encode(), WSMsgType.PING)

    async def _grow_old(self) -> None:
        """A connection lives for a day, whatever it carries."""
        await wait_ms(self._clock, self._settings.socket_life_s * 1000)
        self.cut()

    async def _read(self) -> None:
        async for message in self._socket:
            if self._hub.frozen:
                continue
            if message.type is WSMsgType.PONG:
                self._ponged_ms = self._clock.monotonic_ms()
            elif self._is_too_fast():
                await self._send_waiting()
                await self._socket.close(code=POLICY_VIOLATION, message=b"Too many requests")
            elif message.type is WSMsgType.PING:
                await self._send_control(message.data, WSMsgType.PONG)
            elif message.type is WSMsgType.TEXT:
                self._answer(message)

    def _is_too_fast(self) -> bool:
        """Pings and messages count, pongs do not: they may be unsolicited ("Liveness")."""
        second = self._clock.monotonic_ms() // 1000
        if second != self._second:
            self._second, self._messages = second, 0
        self._messages += 1
        return self._messages > MOST_MESSAGES_A_SECOND

    def _answer(self, message: WSMessage) -> None:
        try:
            control = control_of(message.data)
            reply = {"result": self._done(control), "id": control.id}
        except IllControl as ill:
            reply = ill.reply()
        self._push(text_frame(frame_of(reply)))

    def _done(self, asked: Control) -> object:
        """Does what a control message asks for. Streams that never deliver are acknowledged like others."""
        if asked.method == SUBSCRIBE:
            if len(self._names.keys() | set(asked.names)) > MOST_STREAMS:
                raise IllControl(ILL_REQUEST, f"Invalid request: more than {MOST_STREAMS} streams", asked.id)
            self._subscribe(asked.names)
        elif asked.method == UNSUBSCRIBE:
            for name in asked.names:
                self._names.pop(name, None)
                self._hub.unsubscribe(name, self)
        elif asked.method == SET_PROPERTY:
            self._combined = asked.value
        return {LISTED: list(self._names), GET_PROPERTY: self._combined}.get(asked.method)

    def _subscribe(self, names: Iterable[str]) -> None:
        """On the private route names are listen keys; a market stream elsewhere than on its route stays silent."""
        for name in names:
            self._names[name] = None
            is_key = self._opening.route == PRIVATE and "@" not in name
            if is_key or is_delivered(name, self._opening.route):
                self._hub.subscribe(name, self)
