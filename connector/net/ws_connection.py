"""One socket of the WS-API, and who waits for answers over it.

Requests leave as they come, answers come in any order, each with its request's id. What was written and is not answered
may have been carried out; what found the socket gone was not sent.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from picows import WSError, WSHandshakeError, WSMsgType, WSTransport

from connector.core.clock import Clock
from connector.core.faults import failure_text
from connector.core.secrets import redact
from connector.net.handshakes import opened
from connector.net.http import HttpAnswer, NoAnswer
from connector.net.listener import FrameListener
from connector.net.reach import Reach
from connector.net.reconnects import DOUBTED_AFTER_MS
from connector.net.ws_replies import reply_of

_LOG = logging.getLogger(__name__)
#: A dead socket ends after these together, long before the time for an answer is up: a cancel that it swallowed has to
#: be looked up and asked for anew.
_PING_AFTER_IDLE_S, _PONG_WITHIN_S = 2.5, 2.5
#: So many answers are handed over in one turn of the loop, and the next in the turn after: a ladder's come in one
#: burst, and whoever waits for each works a while with it.
_A_TURN = 16

#: Of a request: a JSON object.
Params = bytes


def _nothing() -> None:
    """Nobody needs to know that a request has left."""


class WsConnection:
    """One socket, from its handshake to its end."""

    __slots__ = (
        "_asked", "_changed", "_clock", "_heard_ms", "_held", "_listener", "_name", "_reach", "_room", "_transport",
        "_waiting", "_watch", "is_due", "is_logged_on", "is_open", "on_left", "reason", "up_ms",
    )  # fmt: skip

    def __init__(self, name: str, clock: Clock, reach: Reach) -> None:
        self.is_open = self.is_logged_on = False
        #: A successor is wanted: it is old, or the venue ends it soon.
        self.is_due = False
        #: Why it ended; empty while it did not.
        self.reason = ""
        self.up_ms = 0
        #: Called when a request's last byte was handed to the system, whosever it was; None: nobody times that.
        self.on_left: Callable[[], None] | None = None
        self._name = name
        self._clock = clock
        self._reach = reach
        self._listener = FrameListener(name, self._take, clock)
        self._transport: WSTransport | None = None
        self._asked = 0
        #: By id, the oldest first: the answer to come, when it was asked for, and until when it may come.
        self._waiting: dict[int, tuple[asyncio.Future[HttpAnswer], int, float]] = {}
        #: Answers that have come and wait for their turn, by id; and how many more this turn may have.
        self._held: deque[tuple[int, HttpAnswer | None]] = deque()
        self._room = _A_TURN
        #: Ends what waits too long: one timer for all, since one of its own costs an order a tenth of its way.
        self._watch: asyncio.TimerHandle | None = None
        self._heard_ms = 0
        self._changed = asyncio.Event()

    @property
    def is_doubted(self) -> bool:
        """Whether something is asked and nothing was heard for too long."""
        if not self._waiting:
            return False
        since_ms = max(self._heard_ms, next(iter(self._waiting.values()))[1])
        return self._clock.monotonic_ms() - since_ms > DOUBTED_AFTER_MS

    async def open(self, address: str) -> HttpAnswer:
        """Makes the handshake; a refusal is an answer as over REST. Raises `NoAnswer`."""
        try:
            self._transport = await opened(self._listener, address, self._reach, _PING_AFTER_IDLE_S, _PONG_WITHIN_S)
        except WSHandshakeError as refusal:
            told = refusal.response
            if told is None:
                raise NoAnswer(redact(str(refusal)), sent=False) from refusal
            return HttpAnswer(int(told.status), told.headers, refusal.raw_body or b"")
        except (OSError, WSError, TimeoutError) as error:
            raise NoAnswer(redact(failure_text(error)), sent=False) from error
        self.is_open = True
        self.up_ms = self._heard_ms = self._clock.monotonic_ms()
        return HttpAnswer(200, {}, b"")

    async def watch(self) -> None:
        """Owns the socket until it is gone: whoever still waits gets no answer."""
        transport = self._transport
        if transport is None:
            return
        try:
            await transport.wait_disconnected()
        except (OSError, WSError) as error:
            self.reason = self.reason or failure_text(error)
        finally:
            # Also when cancelled: nobody else would end it.
            transport.disconnect(graceful=False)
            self._end()

    async def ask(
        self, method: str, params: Params, within_s: float, left: Callable[[], None] = _nothing
    ) -> HttpAnswer:
        """Sends one request and waits for its answer; `left` is called when its last byte was handed to the system, and
        not at all where some of it still waits here for room.

        An answer that stays out ends the connection, unless others came meanwhile. Raises `NoAnswer`.
        """
        return await self.asked(method, params, within_s, left)

    def asked(
        self, method: str, params: Params, within_s: float, left: Callable[[], None] = _nothing
    ) -> Coroutine[Any, Any, HttpAnswer]:
        """Sends one request here and now, as `ask` does, and returns what waits for its answer. Raises `NoAnswer` where
        nothing has left."""
        transport = self._transport
        if transport is None or not self.is_open or transport.is_disconnected or transport.is_close_frame_sent:
            raise NoAnswer(self.reason or "the connection ended", sent=False)
        self._asked += 1
        number, asked_ms = self._asked, self._clock.monotonic_ms()
        message = b'{"id":%d,"method":"%s","params":%s}' % (number, method.encode(), params)
        transport.send(WSMsgType.TEXT, message)
        return self.has_left(message, number, asked_ms, within_s, left)

    def has_left(
        self, message: bytes, number: int, asked_ms: int, within_s: float, left: Callable[[], None]
    ) -> Coroutine[Any, Any, HttpAnswer]:
        """Takes note of a request that was just handed to the socket, and returns what waits for its answer."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[HttpAnswer] = loop.create_future()
        self._waiting[number] = answer, asked_ms, loop.time() + within_s
        if self._watch is None:
            self._watch = loop.call_later(within_s, self._give_up)
        transport = self._transport
        if transport is not None and not transport.underlying_transport.get_write_buffer_size():
            if self.on_left is not None:
                self.on_left()
            left()
        return self._answered(number, answer, asked_ms, within_s)

    async def _answered(
        self, number: int, answer: asyncio.Future[HttpAnswer], asked_ms: int, within_s: float
    ) -> HttpAnswer:
        try:
            return await answer
        except TimeoutError:
            if self._heard_ms <= asked_ms:
                self.drop(f"no answer within {within_s:g} s")
            raise NoAnswer(f"no answer within {within_s:g} s", sent=True) from None
        finally:
            del self._waiting[number]

    def _give_up(self) -> None:
        """Ends the waits whose time is up; the oldest comes first."""
        loop = asyncio.get_running_loop()
        self._watch, now_s = None, loop.time()
        for answer, _, until_s in self._waiting.values():
            if until_s > now_s:
                self._watch = loop.call_at(until_s, self._give_up)
                return
            if not answer.done():
                answer.set_exception(TimeoutError())

    async def next_change(self, within_s: float) -> None:
        """Waits until it ended or is due, at most so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._changed.wait()
        self._changed.clear()

    async def retire(self, within_s: float) -> None:
        """Ends when the answers that are waited for have come, at the latest after that time."""
        waiting = [answer for answer, *_ in self._waiting.values()]
        if waiting:
            await asyncio.wait(waiting, timeout=within_s)
        self.drop("another one has taken its place")

    def drop(self, reason: str) -> None:
        """Ends the socket without waiting for the other side."""
        if self._transport is not None and self.is_open:
            self.reason = self.reason or reason
            self._transport.disconnect(graceful=False)
            self._end()

    def _end(self) -> None:
        self.is_open = False
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        self.reason = self.reason or self._listener.flaw or "the connection ended"
        while self._held:
            self._answer(*self._held.popleft())
        for answer, *_ in self._waiting.values():
            if not answer.done():
                answer.set_exception(NoAnswer(self.reason, sent=True))
        self._changed.set()

    def _take(self, frame: bytes) -> None:
        self._heard_ms = self._clock.monotonic_ms()
        reply = reply_of(frame)
        if reply.id is not None:
            self._held.append((reply.id, reply.answer))
            if self._room == _A_TURN:
                asyncio.get_running_loop().call_soon(self._begin_turn)
            self._hand_over()
        elif reply.is_event:
            _LOG.info("%s: %s", self._name, _shown(frame))
            self.is_due = True
            self._changed.set()
        else:
            # It answers one of those that wait, and nobody knows which: a key that is revoked ends like this.
            _LOG.warning("%s: an answer to nobody: %s", self._name, _shown(frame))
            status = reply.answer.status if reply.answer else 0
            self.drop(f"an answer to nobody, status {status}")

    def _begin_turn(self) -> None:
        self._room = _A_TURN
        if self._held:
            asyncio.get_running_loop().call_soon(self._begin_turn)
            self._hand_over()

    def _hand_over(self) -> None:
        """What has come, as far as this turn has room."""
        while self._held and self._room:
            self._room -= 1
            self._answer(*self._held.popleft())

    def _answer(self, number: int, answer: HttpAnswer | None) -> None:
        waiting = self._waiting.get(number)
        if waiting is None or waiting[0].done():
            # Nobody waits any more: its order is looked up by now. One that was never asked is a venue's mistake.
            words = "comes late, or again" if 0 < number <= self._asked else "was never asked for"
            _LOG.warning("%s: an answer %s: number %d", self._name, words, number)
        elif answer is None:
            waiting[0].set_exception(NoAnswer("an answer that can't be read", sent=True))
        else:
            waiting[0].set_result(answer)
            if answer.status == 401 and self.is_logged_on:
                self.is_due = True
                self._changed.set()


def _shown(frame: bytes) -> str:
    return redact(frame[:200].decode("utf-8", "replace"))
