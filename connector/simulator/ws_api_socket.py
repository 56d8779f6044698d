"""The socket of the WS-API: frames in and out, pings, and the end of a connection's life."""

import asyncio
import contextlib

from aiohttp import WSMessage, WSMsgType, web

from connector.simulator.answers import Answer
from connector.simulator.depth_feed import frame_of
from connector.simulator.faults import Armed, Moment
from connector.simulator.floor import TradingFloor
from connector.simulator.spoiled import DELAYS, RESETS, SPOILED, spoiled_answer
from connector.simulator.ws_api import Conversation, Request
from connector.simulator.ws_api_replies import Replies

#: Ping and pong frames that a client may send in a second ("Limits").
MOST_CONTROL_FRAMES_A_SECOND = 5
#: Requests of one client that are served before others get their turn.
REQUESTS_A_TURN = 8
#: WebSocket close codes: a client that breaks the rules, and one that has to come again.
POLICY_VIOLATION, GOING_AWAY = 1008, 1001


class WsApiSocket:
    """Serves one client until either side ends it."""

    def __init__(
        self,
        floor: TradingFloor,
        socket: web.WebSocketResponse,
        conversation: Conversation,
        transport: asyncio.WriteTransport,
    ) -> None:
        self._floor, self._socket, self._conversation, self._transport = floor, socket, conversation, transport
        self._replies = Replies(transport, self.cut)
        self._settings = floor.settings
        self._clock = floor.settings.clock
        self._ponged_ms = self._clock.monotonic_ms()
        self._second, self._control_frames = 0, 0
        self._served = 0

    async def run(self) -> None:
        """Answers requests in the order in which they come."""
        self._floor.hub.join(self)
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(work) for work in (self._ping(), self._end_of_life())]
                await self._read()
                for task in tasks:
                    task.cancel()
        finally:
            self._floor.hub.leave(self)

    def deliver(self, *told: object, **terms: object) -> None:
        """No stream is heard here: user events come over listen keys alone."""

    def cut(self) -> None:
        """Drops the connection without a word."""
        self._floor.hub.leave(self)
        self._transport.abort()

    def close(self) -> None:
        """It listens to no stream, so none ends it."""

    async def _read(self) -> None:
        async for message in self._socket:
            if self._floor.hub.frozen:
                continue
            if message.type is WSMsgType.TEXT:
                await self._serve(self._conversation.read(message.data))
                await self._give_way()
            elif message.type is WSMsgType.BINARY:
                self._replies.send(self._conversation.answer(self._conversation.read("")))
            elif self._is_too_fast():
                await self._socket.close(code=POLICY_VIOLATION, message=b"Too many ping or pong frames")
            else:
                await self._control(message)

    async def _serve(self, request: Request) -> None:
        """Answers a request, in the weather that faults make."""
        before = self._fault(Moment.BEFORE, request)
        if before is not None:
            self._spoil(request, before)
            return
        reply = self._conversation.answer(request)
        after = self._fault(Moment.AFTER, request)
        if after is not None and after.name in DELAYS:
            await asyncio.sleep(after.ms / 1000)
        elif after is not None and (after.name in RESETS or after.name in SPOILED):
            self._spoil(request, after)
            return
        self._replies.send(reply)

    async def _give_way(self) -> None:
        """A client that sends without pause holds up nobody."""
        self._served += 1
        if self._served % REQUESTS_A_TURN == 0:
            await asyncio.sleep(0)

    def _fault(self, moment: Moment, request: Request) -> Armed | None:
        method = request.method
        return None if method is None else self._floor.faults.take_request(moment, method.verb, method.path)

    def _spoil(self, request: Request, fault: Armed) -> None:
        if fault.name in RESETS:
            self.cut()
        else:
            self._replies.send(_enveloped(request, spoiled_answer(fault, self._floor.now_ms())))

    async def _control(self, message: WSMessage) -> None:
        if message.type is WSMsgType.PING:
            await self._say(message.data, WSMsgType.PONG)
        else:
            self._ponged_ms = self._clock.monotonic_ms()

    async def _say(self, frame: bytes, kind: WSMsgType) -> None:
        """A ping or pong, after the answers before it; a client that is gone ends the read loop and is no error."""
        self._replies.flush()
        with contextlib.suppress(ConnectionError):
            await self._socket.send_frame(frame, kind)

    async def _ping(self) -> None:
        """A ping every few minutes; who doesn't answer within ten is cut ("Liveness")."""
        while True:
            await asyncio.sleep(self._settings.ping_interval_s)
            if self._clock.monotonic_ms() - self._ponged_ms > self._settings.pong_within_s * 1000:
                self.cut()
            elif not self._floor.hub.frozen and not self._socket.closed:
                await self._say(str(self._clock.now_ms()).encode(), WSMsgType.PING)

    async def _end_of_life(self) -> None:
        """A connection lives for a day."""
        await asyncio.sleep(self._settings.socket_life_s)
        await self._socket.close(code=GOING_AWAY, message=b"24 hours are over")

    def _is_too_fast(self) -> bool:
        second = self._clock.monotonic_ms() // 1000
        if second != self._second:
            self._second, self._control_frames = second, 0
        self._control_frames += 1
        return self._control_frames > MOST_CONTROL_FRAMES_A_SECOND


def _enveloped(request: Request, reply: Answer) -> bytes:
    return b'{"id":%b,"status":%d,"error":%b}' % (frame_of(request.id), reply.status, reply.body)
