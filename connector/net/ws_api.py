"""The WS-API: one warm connection after another.

    opening ──▶ logging on, or one question ──▶ up ──┬── end, by either side, or an answer that stays out ──▶ opening
       ▲                                             └── age ──▶ a successor is up first, then the old one ends
       └── a pause that grows while connections end early

A key that the venue refuses is tried again ever more seldom: nothing but a person mends it. A request that finds no
connection "was not sent". One whose answer stays out, or whose connection ends before, may have been carried out:
that is "no answer", and nothing is sent twice here. A connection counts as up when it has answered once: one that only
stands open would take orders and never speak of them.
Source: "WebSocket API general info", as of 2026-11.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from connector.core.clock import Clock
from connector.core.faults import ConnectorFault, Fault
from connector.core.figures import cut
from connector.core.secrets import redact
from connector.net.http import HttpAnswer, NoAnswer
from connector.net.reach import Reach
from connector.net.reconnects import TRY_SUCCESSOR_AGAIN_MS, ReconnectPause, end_of_life_ms, is_refused
from connector.net.ws_connection import Params, WsConnection
from connector.venue.limits import StreamTerms

_LOG = logging.getLogger(__name__)
_ANSWER_WITHIN_S = 10.0
_NOT_CONNECTED = "not connected yet"

Ask = Callable[[str, Params], Awaitable[HttpAnswer]]


class Door(Protocol):
    """Who keeps limits and keys. Both raise `ConnectorFault`."""

    async def open_socket(self, handshake: Callable[[], Awaitable[HttpAnswer]]) -> None:
        """Makes the handshake when it may be made."""
        ...

    async def greet(self, ask: Ask) -> bool:
        """The first question over a new connection; whether it is logged on by it."""
        ...


class WsApi:
    """Keeps one connection open while it is `run`. `send` may be called at any time, by as many as like to."""

    __slots__ = (
        "_address", "_answer_within_s", "_clock", "_connection", "_door", "_is_refused", "_last_error", "_reach",
        "_terms", "connections", "name", "on_left", "on_logon",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        address: str,
        clock: Clock,
        door: Door,
        reach: Reach,
        terms: StreamTerms | None = None,
        answer_within_s: float = _ANSWER_WITHIN_S,
    ) -> None:
        self.name = name
        self.connections = 0
        #: Called when the key was refused, with the venue's words, and when a connection was logged on with it.
        self.on_logon: Callable[[Fault | None], None] = lambda refusal: None
        #: Of connections that are opened from now on.
        self.on_left: Callable[[], None] | None = None
        self._address, self._clock, self._door = address, clock, door
        self._reach = reach
        self._terms = terms or StreamTerms()
        self._answer_within_s = answer_within_s
        self._last_error = _NOT_CONNECTED
        self._connection: WsConnection | None = None
        self._is_refused = False

    @property
    def is_up(self) -> bool:
        """Whether a request would leave now, and an answer can be hoped for."""
        connection = self._connection
        return connection is not None and connection.is_open and not connection.is_doubted

    @property
    def is_logged_on(self) -> bool:
        """Whether requests need neither key nor signature at the moment."""
        return self._connection is not None and self._connection.is_logged_on

    @property
    def trouble(self) -> str:
        """Why it is not up; empty while it is."""
        if self.is_up:
            return ""
        if self._connection is not None and self._connection.is_open:
            return "what was asked is not answered"
        return self._last_error or (self._connection.reason if self._connection else _NOT_CONNECTED)

    def send(self, method: str, params: Params, left: Callable[[], None]) -> Awaitable[HttpAnswer]:
        """Sends one request here and now; awaited it is the answer: its `result`, or its `error`, as a body. `left` is
        called when it has left. Both raise `NoAnswer`."""
        if self._connection is None:
            raise NoAnswer(self._last_error, sent=False)
        return self._connection.asked(method, params, self._answer_within_s, left)

    async def run(self) -> None:
        """Opens one connection after another until it is cancelled; then the last one ends."""
        pause = ReconnectPause()
        try:
            async with asyncio.TaskGroup() as group:
                while True:
                    lasted_ms = await self._succession(group)
                    await pause.wait(lasted_ms, after_refusal=self._is_refused)
        finally:
            self._connection, self._last_error = None, "stopped"

    async def _succession(self, group: asyncio.TaskGroup) -> int:
        """Connections that follow each other without a break. Returns how long the last one was up, in ms; 0 for
        never."""
        connection = await self._admitted(group)
        last = connection
        while connection is not None:
            last, connection = connection, await self._successor_of(connection, group)
        return 0 if last is None else self._clock.monotonic_ms() - last.up_ms

    async def _successor_of(self, connection: WsConnection, group: asyncio.TaskGroup) -> WsConnection | None:
        """Waits until the connection is over. Returns its successor, or None when it ended by itself."""
        due_ms = end_of_life_ms(self._terms, connection.up_ms)
        while connection.is_open:
            await connection.next_change(max(0, due_ms - self._clock.monotonic_ms()) / 1000)
            if not connection.is_open or not (connection.is_due or self._clock.monotonic_ms() >= due_ms):
                continue
            connection.is_due = False
            successor = await self._admitted(group)
            if successor is not None:
                group.create_task(connection.retire(self._answer_within_s))
                return successor
            due_ms = self._clock.monotonic_ms() + TRY_SUCCESSOR_AGAIN_MS
        self._tell(connection.reason)
        return None

    async def _admitted(self, group: asyncio.TaskGroup) -> WsConnection | None:
        """A connection that answers, and from now on takes the requests; None when it could not be had."""
        connection = WsConnection(self.name, self._clock, self._reach)
        connection.on_left = self.on_left

        async def handshake() -> HttpAnswer:
            answer = await connection.open(self._address)
            if connection.is_open:
                group.create_task(connection.watch())
            return answer

        async def ask(method: str, params: Params) -> HttpAnswer:
            return await connection.ask(method, params, self._answer_within_s)

        try:
            await self._door.open_socket(handshake)
            connection.is_logged_on = await self._door.greet(ask)
        except ConnectorFault as fault:
            connection.drop("it is of no use")
            self._tell(cut(redact(str(fault))))
            self._is_refused = is_refused(fault)
            if self._is_refused and isinstance(fault, Fault):
                self.on_logon(fault)
            return None
        self._is_refused = False
        if connection.is_logged_on:
            self.on_logon(None)
        self.connections += 1
        self._last_error = ""
        self._connection = connection
        return connection

    def _tell(self, reason: str) -> None:
        if reason != self._last_error:
            _LOG.warning("%s: %s", self.name, reason)
        self._last_error = reason
