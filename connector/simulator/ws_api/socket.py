"""The socket of the WS-API: frames in and out, pings, and the end of a connection's life."""

import asyncio
import contextlib
import json
from functools import partial

from aiohttp import WSMessage, WSMsgType, web

from connector.simulator.clock import wait_ms
from connector.simulator.fault_injection.alterations import ANSWER, HEADER, altered_answer
from connector.simulator.fault_injection.catalogue import Moment
from connector.simulator.fault_injection.faults import Armed
from connector.simulator.json_bytes import frame_of
from connector.simulator.rest.dispatch import Answer
from connector.simulator.rest.faulty_responses import DELAYS, FAULTY_ANSWERS, LATE, RESETS, faulty_answer
from connector.simulator.runtime import Runtime
from connector.simulator.ws_api.in_order import InOrder
from connector.simulator.ws_api.replies import Replies
from connector.simulator.ws_api.session import ReadRequest, Session, silence_of

#: Ping and pong frames that a client may send in a second ("Limits").
MOST_CONTROL_FRAMES_A_SECOND = 5
#: Requests of one client that are served before others get their turn.
REQUESTS_A_TURN = 8
#: Requests of one client that may be on their way; the next one is read when one of them is answered.
MOST_ON_THE_WAY = 10_000
#: WebSocket close codes: a client that breaks the rules, and one that has to come again.
POLICY_VIOLATION, GOING_AWAY = 1008, 1001


class WsApiSocket:
    """Serves one client until either side ends it."""

    def __init__(
        self,
        runtime: Runtime,
        socket: web.WebSocketResponse,
        session: Session,
        transport: asyncio.WriteTransport,
    ) -> None:
        self._runtime, self._socket, self._session, self._transport = runtime, socket, session, transport
        self._replies = Replies(transport, self.cut)
        self._settings = runtime.settings
        self._clock = runtime.settings.clock
        self._ponged_ms = self._clock.monotonic_ms()
        self._second, self._control_frames = 0, 0
        self._taken = 0
        self._room = asyncio.Semaphore(MOST_ON_THE_WAY)
        self._there, self._back = InOrder(), InOrder()
        self._late: set[asyncio.Task[None]] = set()
        self._reads = True

    async def run(self) -> None:
        """Carries requests out in the order in which they arrive; each is on its way for itself, if that takes time."""
        self._runtime.hub.join(self, takes_orders=True)
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(work) for work in (self._ping(), self._end_of_life())]
                await self._read(group)
                self._reads = False
                for task in (*tasks, *self._late):
                    task.cancel()
        finally:
            self._runtime.hub.leave(self)

    def deliver(self, *frame: object, **terms: object) -> None:
        """No stream is subscribed to here: user events come over listen keys alone."""

    def cut(self) -> None:
        """Drops the connection without a word."""
        self._runtime.hub.leave(self)
        self._transport.abort()

    def close(self) -> None:
        """It listens to no stream, so none ends it."""

    async def _read(self, group: asyncio.TaskGroup) -> None:
        async for message in self._socket:
            if self._runtime.hub.frozen:
                continue
            if message.type is WSMsgType.TEXT:
                await self._take(self._session.read(message.data), group)
            elif message.type is WSMsgType.BINARY:
                await self._take(self._session.read(""), group)
            elif self._is_too_fast():
                await self._socket.close(code=POLICY_VIOLATION, message=b"Too many ping or pong frames")
            else:
                await self._control(message)

    async def _take(self, request: ReadRequest, group: asyncio.TaskGroup) -> None:
        """Serves a request at once, or sends it on a way that the next one doesn't wait for."""
        latency = self._runtime.ack_latency
        if latency is not None:
            await self._room.acquire()
            number = self._there.draw() if latency.is_fixed else None
            group.create_task(self._travel(request, latency.next_ms() / 2, group, number))
        else:
            self._give(*self._carry_out(request), group)
        self._taken += 1
        if self._taken % REQUESTS_A_TURN == 0:
            await asyncio.sleep(0)

    async def _travel(self, request: ReadRequest, half_ms: float, group: asyncio.TaskGroup, number: int | None) -> None:
        """A request on its way, there and back: it arrives even where its sender has gone meanwhile.

        With a `number` it overtakes none of those before it.
        """
        try:
            await self._half(half_ms, self._there, number)
            done = None if self._runtime.hub.frozen else self._carry_out(request)
            await self._half(half_ms, self._back, number)
            if done is not None:
                self._give(*done, group)
        finally:
            self._room.release()

    async def _half(self, half_ms: float, way: InOrder, number: int | None) -> None:
        await wait_ms(self._clock, half_ms)
        if number is not None:
            await way.turn(number)
            way.passed()

    def _give(self, reply: bytes | None, late_ms: int, group: asyncio.TaskGroup) -> None:
        """Sends an answer, late where a fault makes it so: then only as long as somebody is there to hear it."""
        if not late_ms:
            self._send(reply)
        elif self._reads:
            task = group.create_task(self._send_late(reply, late_ms))
            self._late.add(task)
            task.add_done_callback(self._late.discard)

    async def _send_late(self, reply: bytes | None, late_ms: int) -> None:
        await asyncio.sleep(late_ms / 1000)
        self._send(reply)

    def _send(self, reply: bytes | None) -> None:
        if reply is not None and not self._runtime.hub.frozen:
            self._replies.send(reply)

    def _carry_out(self, request: ReadRequest) -> tuple[bytes | None, int]:
        """The answer to a request, None where there is none, and the milliseconds by which a fault makes it late."""
        if not self._runtime.faults.any_armed:
            return self._session.answer(request), 0
        before = self._fault(Moment.BEFORE, request)
        if before is not None:
            if before.name in LATE:
                came_ms = self._runtime.now_ms()
                self._runtime.late.add(before.ms, partial(self._session.answer, request, came_ms))
            return self._faulty(request, before), 0
        reply = self._session.answer(request)
        after = self._fault(Moment.AFTER, request)
        if after is not None and after.name in DELAYS:
            return reply, after.ms
        if after is not None and after.name == "trade_between_reads":
            self._runtime.fill_oldest(self._session.api_key_of(request), after.symbol)
        if after is not None and after.name == HEADER:
            self._runtime.faults.give_back(after)
        if after is not None and after.name == ANSWER:
            return altered_answer(self._runtime.faults, after, reply, "result."), 0
        if after is not None and (after.name in RESETS or after.name in FAULTY_ANSWERS):
            return self._faulty(request, after), 0
        return reply, 0

    def _fault(self, moment: Moment, request: ReadRequest) -> Armed | None:
        method = request.method
        if method is None:
            return None
        sent = request.asked.params if request.asked else {}
        return self._runtime.faults.take_request(moment, method.verb, method.path, lambda: sent)

    def _faulty(self, request: ReadRequest, fault: Armed) -> bytes | None:
        if fault.name in RESETS:
            self.cut()
            return None
        now_ms = self._runtime.now_ms()
        return _enveloped(request, faulty_answer(fault, now_ms), now_ms)

    async def _control(self, message: WSMessage) -> None:
        if message.type is WSMsgType.PING:
            await self._send_control(message.data, WSMsgType.PONG)
        else:
            self._ponged_ms = self._clock.monotonic_ms()

    async def _send_control(self, frame: bytes, kind: WSMsgType) -> None:
        """A ping or pong, after the answers before it; a client that is gone ends the read loop and is no error."""
        self._replies.flush()
        with contextlib.suppress(ConnectionError):
            await self._socket.send_frame(frame, kind)

    async def _ping(self) -> None:
        """A ping every few minutes; who doesn't answer within ten is cut ("Liveness")."""
        while True:
            await wait_ms(self._clock, self._settings.ping_interval_s * 1000)
            if self._clock.monotonic_ms() - self._ponged_ms > self._settings.pong_within_s * 1000:
                self.cut()
            elif not self._runtime.hub.frozen and not self._socket.closed:
                await self._send_control(str(self._clock.now_ms()).encode(), WSMsgType.PING)

    async def _end_of_life(self) -> None:
        """A connection lives for a day."""
        await wait_ms(self._clock, self._settings.socket_life_s * 1000)
        await self._socket.close(code=GOING_AWAY, message=b"24 hours are over")

    def _is_too_fast(self) -> bool:
        second = self._clock.monotonic_ms() // 1000
        if second != self._second:
            self._second, self._control_frames = second, 0
        self._control_frames += 1
        return self._control_frames > MOST_CONTROL_FRAMES_A_SECOND


def _enveloped(request: ReadRequest, reply: Answer, now_ms: int) -> bytes:
    pause = reply.headers.get("Retry-After")
    error = {**json.loads(reply.body), **silence_of(None if pause is None else int(pause), now_ms)}
    return frame_of({"id": request.id, "status": reply.status, "error": error})
