"""The user stream: its listen key, its socket, and the comparison that makes it trustworthy again.

A key belongs to the account and is shared: it is extended, never deleted. Whenever it may have died (the venue says
so, an extension fails, the socket closes) there is a new key and a new socket. A fresh socket has missed what happened
before it: the gate holds only after one full comparison with the exchange. A socket that is nearly a day old is
replaced while it still speaks, and nothing is missed.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from connector.core.clock import Clock
from connector.core.faults import ConnectorFault, UnreadableFault
from connector.core.reports import AccountReport, ListenKeyExpired, OrderReport, UserReport
from connector.core.secrets import Secret
from connector.exchange import gates
from connector.exchange.account.ack_event_watch import known_by
from connector.exchange.account.venue_side import VenueSide
from connector.exchange.gates import Gates
from connector.net.stream import Stream
from connector.venue.markets import AccountRow
from connector.wire.user_events import user_reports

_LOG = logging.getLogger(__name__)
_EXTEND_EVERY_S = 25 * 60
#: Comparisons that unreadable frames ask for lie so far apart: one weighs about fifty.
_APART_MS = 5_000
_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 5.0


class UserSource:
    """Reads the user stream into the dispatcher. `compare` is the full comparison run after each connection."""

    def __init__(
        self,
        row: AccountRow,
        venue: VenueSide,
        status: Gates,
        clock: Clock,
        compare: Callable[[], Awaitable[None]],
    ) -> None:
        self._domain = venue.gateway.domain
        self._gateway = venue.gateway
        self._row = row
        self._api = venue.api
        self._dispatcher = venue.dispatcher
        self._gates = status
        self._clock = clock
        self._compare = compare
        self.ack_watch = venue.ack_watch
        self._key = Secret("")
        self._came_up = asyncio.Event()
        self._compared_ms = 0
        self._due: asyncio.TimerHandle | None = None
        self.last_frame_ms = 0
        self.stream = Stream("user", self._address, self, clock, self._domain.streams, venue.gateway.handshakes)

    async def run(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.stream.run())
                group.create_task(self._keep_compared())
                group.create_task(self._keep_key())
        finally:
            if self._due is not None:
                self._due.cancel()
                self._due = None

    def on_up(self) -> None:
        self.last_frame_ms = self._clock.monotonic_ms()
        self.ack_watch.forget()
        self._came_up.set()

    def on_down(self, reason: str) -> None:
        self._gates.fall(gates.USER_STREAM, f"user stream: {reason}")

    def on_frame(self, frame: bytes, received_ms: int) -> None:
        self.last_frame_ms = received_ms
        try:
            reports = user_reports(frame)
            for report in reports:
                self._gateway.require_not_ahead(_latest_ms(report), "user event")
        except UnreadableFault as fault:
            # What was in it is unknown, so everything is compared.
            _LOG.warning("%s", fault)
            self._compare_soon()
            return
        try:
            for report in reports:
                self._take(report)
        except Exception:
            # The socket logs the defect and goes on; what the frame told is lost until it is asked for.
            self._compare_soon()
            raise

    def _take(self, report: UserReport) -> None:
        if isinstance(report, ListenKeyExpired):
            self.stream.drop("the listen key expired")
        if isinstance(report, OrderReport):
            self.ack_watch.spoken_of(report.client_order_id, known_by(report))
        self._dispatcher.dispatch(report)

    @property
    def is_up(self) -> bool:
        return self.stream.up_since_ms > 0

    def _compare_soon(self) -> None:
        """At once where the last comparison is old, else when it is: a stream of rubbish must not use up the limits."""
        wait_ms = self._compared_ms + _APART_MS - self._clock.monotonic_ms()
        if wait_ms <= 0:
            self._came_up.set()
        elif self._due is None:
            self._due = asyncio.get_running_loop().call_later(wait_ms / 1000, self._come_due)

    def _come_due(self) -> None:
        self._due = None
        self._came_up.set()

    async def _address(self) -> str:
        self._key = await self._api.create_listen_key()
        return f"{self._domain.stream}/{self._row.user_route}/ws/{self._key.reveal()}"

    async def _keep_compared(self) -> None:
        pause_s = _FIRST_PAUSE_S
        while True:
            await self._came_up.wait()
            self._came_up.clear()
            self._compared_ms = self._clock.monotonic_ms()
            try:
                await self._compare()
            except ConnectorFault as fault:
                self._gates.note(gates.USER_STREAM, f"comparing with the exchange: {fault}")
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)
                if self.is_up:
                    self._came_up.set()
                continue
            pause_s = _FIRST_PAUSE_S
            if self.is_up and not self._came_up.is_set():
                self._gates.hold(gates.USER_STREAM)

    async def _keep_key(self) -> None:
        while True:
            await asyncio.sleep(_EXTEND_EVERY_S)
            if not self.is_up:
                continue
            try:
                extended = await self._api.extend_listen_key()
                if extended.reveal() != self._key.reveal():
                    self.stream.drop("the listen key was replaced")
            except ConnectorFault as fault:
                _LOG.warning("the listen key was not extended: %s", fault)
                self.stream.drop("the listen key could not be extended")


def _latest_ms(report: UserReport) -> int:
    """The latest time that a report states; 0 where it states none that would outlast it."""
    match report:
        case OrderReport():
            return max(report.time_ms, *(fill.time_ms for fill in report.fills), 0)
        case AccountReport():
            return report.time_ms
        case _:
            return 0
