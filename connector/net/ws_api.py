"""The WS-API: one warm connection after another, over which requests leave as they come and answers come in any order.

    connecting ──▶ logging on ──▶ up ──┬── end, by either side, or an answer that stays out ──▶ connecting
         ▲          (keys that can)    └── age ──▶ a successor is up first, then the old one ends
         └── a pause that grows while connections end early

A request that finds no connection "was not sent". One whose answer stays out, or whose connection ends before, may have
been carried out: that is "no answer", and nothing is sent twice here. Answers look like REST's, so that whoever
classifies them needs no second rule.
Source: "WebSocket API general info", as of 2026-11.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Mapping
from typing import Any

import ujson
from picows import WSError, WSMsgType, WSTransport

from connector.core.clock import Clock
from connector.core.secrets import redact
from connector.net.handshakes import opened
from connector.net.http import HttpAnswer, NoAnswer
from connector.net.listener import FrameListener
from connector.venue.limits import INTERVALS_MS, StreamTerms, counter_header

_LOG = logging.getLogger(__name__)
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 30.0
#: A connection that ended sooner makes the next pause longer.
_EARLY_S = 60.0

Params = Mapping[str, object]


class WsApi:
    """Keeps one connection open while it is `run`. `send` may be called at any time, by as many as like to.

    `log_on` gives the method and parameters of a logon, signed anew for each connection; None where requests are
    signed one by one.
    """

    def __init__(
        self,
        name: str,
        address: str,
        clock: Clock,
        log_on: Callable[[], tuple[str, Params] | None] = lambda: None,
        terms: StreamTerms | None = None,
        answer_within_s: float = 10.0,
    ) -> None:
        self.name = name
        self.last_error = ""
        self.connections = 0
        self._address, self._clock, self._log_on = address, clock, log_on
        self._life_s = (terms or StreamTerms()).life_s
        self._answer_within_s = answer_within_s
        self._connection: _Connection | None = None

    @property
    def is_up(self) -> bool:
        """Whether a request would leave now."""
        return self._connection is not None and self._connection.is_open

    @property
    def is_logged_on(self) -> bool:
        """Whether requests need neither key nor signature at the moment."""
        return self.is_up and self._connection is not None and self._connection.is_logged_on

    async def send(self, method: str, params: Params) -> HttpAnswer:
        """The answer to one request: its `result`, or its `error`, as a body. Raises `NoAnswer`."""
        if self._connection is None or not self._connection.is_open:
            raise NoAnswer(self.last_error or "the WS-API is not connected", sent=False)
        return await self._connection.ask(method, params, self._answer_within_s)

    async def run(self) -> None:
        """Opens one connection after another until it is cancelled; then the last one ends."""
        pause_s = _FIRST_PAUSE_S
        try:
            async with asyncio.TaskGroup() as group:
                while True:
                    began_ms = self._clock.monotonic_ms()
                    connection = await self._opened(group)
                    if connection is not None:
                        await connection.ended_within(self._life_s)
                        if connection.is_open:
                            # Its age is all that is wrong with it: it serves until the next one does.
                            pause_s = _FIRST_PAUSE_S
                            continue
                        self._tell(connection.reason)
                    is_early = self._clock.monotonic_ms() - began_ms < _EARLY_S * 1000
                    pause_s = min(pause_s * 2, _LONGEST_PAUSE_S) if is_early else _FIRST_PAUSE_S
                    await asyncio.sleep(pause_s * random.uniform(0.8, 1.2))
        finally:
            self._connection = None

    async def _opened(self, group: asyncio.TaskGroup) -> "_Connection | None":
        """A connection that has taken the place of the one before, which ends when its answers are there."""
        connection = _Connection(self.name, self._clock)
        try:
            transport = await connection.open(self._address)
            group.create_task(connection.watch(transport))
            await self._log_on_to(connection)
        except (OSError, WSError, TimeoutError, NoAnswer, _NoLogon) as error:
            connection.drop("it is of no use")
            self._tell(redact(str(error) or type(error).__name__))
            return None
        self.connections += 1
        self.last_error = ""
        before, self._connection = self._connection, connection
        if before is not None and before.is_open:
            group.create_task(before.retire(self._answer_within_s))
        return connection

    async def _log_on_to(self, connection: "_Connection") -> None:
        logon = self._log_on()
        if logon is None:
            return
        answer = await connection.ask(*logon, self._answer_within_s)
        if answer.status != 200:
            raise _NoLogon(f"the logon was refused: {answer.body[:200].decode('utf-8', 'replace')}")
        connection.is_logged_on = True

    def _tell(self, reason: str) -> None:
        if reason != self.last_error:
            _LOG.warning("%s: %s", self.name, reason)
        self.last_error = reason


class _NoLogon(Exception):
    """The venue did not take the key."""


class _Connection:
    """One socket, and who waits for answers over it."""

    def __init__(self, name: str, clock: Clock) -> None:
        self.is_open = self.is_logged_on = False
        self.reason = ""
        self._name = name
        self._listener = FrameListener(name, self._take, clock)
        self._transport: WSTransport | None = None
        self._asked = 0
        self._waiting: dict[int, asyncio.Future[HttpAnswer]] = {}
        self._ended = asyncio.Event()

    async def open(self, address: str) -> WSTransport:
        self._transport = await opened(self._listener, address)
        self.is_open = True
        return self._transport

    async def watch(self, transport: WSTransport) -> None:
        """Owns the socket until it is gone: whoever still waits gets no answer."""
        try:
            await transport.wait_disconnected()
        finally:
            self.is_open = False
            transport.disconnect(graceful=False)
            self.reason = self.reason or "the connection ended"
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(NoAnswer(self.reason, sent=True))
            self._ended.set()

    async def ask(self, method: str, params: Params, within_s: float) -> HttpAnswer:
        """Sends one request and waits for its answer. One that stays out ends the connection: it may be dead."""
        if self._transport is None or not self.is_open:
            raise NoAnswer(self.reason, sent=False)
        self._asked += 1
        number = self._asked
        answer: asyncio.Future[HttpAnswer] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        message = ujson.dumps({"id": number, "method": method, "params": params}, escape_forward_slashes=False)
        self._transport.send(WSMsgType.TEXT, message.encode())
        try:
            async with asyncio.timeout(within_s):
                return await answer
        except TimeoutError:
            self.drop(f"no answer within {within_s:g} s")
            raise NoAnswer(f"no answer within {within_s:g} s", sent=True) from None
        finally:
            del self._waiting[number]

    async def ended_within(self, seconds: float) -> None:
        """Waits for its end, at most so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ended.wait()

    async def retire(self, within_s: float) -> None:
        """Ends when the answers that are waited for have come, at the latest after that time."""
        if self._waiting:
            await asyncio.wait(tuple(self._waiting.values()), timeout=within_s)
        self.drop("another one has taken its place")

    def drop(self, reason: str) -> None:
        """Ends the socket without waiting for the other side."""
        if self._transport is not None and self.is_open:
            self.is_open = False
            self.reason = self.reason or reason
            self._transport.disconnect(graceful=False)

    def _take(self, frame: bytes) -> None:
        number, answer = _read(frame)
        waiting = self._waiting.get(number) if number is not None else None
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)
        elif number is None:
            # It answers one of those that wait, and nobody knows which: a key that is revoked ends like this.
            _LOG.warning(
                "%s: an answer to nobody: %s", self._name, redact(answer.body[:200].decode("utf-8", "replace"))
            )
            self.drop(f"an answer to nobody, status {answer.status}")


def _read(frame: bytes) -> tuple[int | None, HttpAnswer]:
    """Whose answer a frame is, and the answer in the form of REST's. What can't be read is nobody's."""
    try:
        row = ujson.loads(frame)
        number, status = row["id"], int(row["status"])
        body = ujson.dumps(row["result"] if status == 200 else row["error"], escape_forward_slashes=False)
        return (number if type(number) is int else None), HttpAnswer(status, _counters(row), body.encode())
    except (ValueError, LookupError, TypeError, OverflowError):
        return None, HttpAnswer(0, {}, frame)


def _counters(row: Mapping[str, Any]) -> dict[str, str]:
    """The venue's counts, under the names that REST has for them."""
    headers = {}
    for limit in row.get("rateLimits") or ():
        window_ms = INTERVALS_MS.get(limit["interval"], 0) * int(limit["intervalNum"])
        header = counter_header(limit["rateLimitType"], window_ms)
        if header:
            headers[header] = str(limit["count"])
    return headers
