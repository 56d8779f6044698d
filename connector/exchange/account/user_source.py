"""The user stream: its listen key, its socket, and the comparison that makes it trustworthy again.

A key belongs to the account and is shared: it is extended, never deleted. A new key, and a new socket:

    the venue ended the key, or knows it no more   the gate falls; the new socket is made before the old one is closed
    what the stream owes stays out                 the same
    two extensions in a row failed                 the gate holds: the old socket speaks until the new one does
    the socket is nearly a day old                 the same
    the socket closed                              the gate falls

A fresh socket may have missed what happened before it: each is followed by one full comparison with the exchange, and
a gate that fell holds only after it.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

from connector.core.clock import Clock
from connector.core.events import OrderFilledEvent
from connector.core.faults import ConnectorFault, Fault, UnreadableFault
from connector.core.reports import AccountReport, ListenKeyExpired, OrderReport, TradeHint, UserReport
from connector.core.secrets import Secret
from connector.exchange import gates
from connector.exchange.account.ack_event_watch import known_by_change
from connector.exchange.account.venue_side import VenueSide
from connector.exchange.fill_relay import FillRelay
from connector.exchange.gates import Gates
from connector.net.stream import Stream
from connector.venue.error_codes import NO_SUCH_LISTEN_KEY
from connector.venue.income_kinds import FUNDING_FEE
from connector.venue.markets import AccountRow
from connector.wire.user_events import UserEventReader

_LOG = logging.getLogger(__name__)
#: After an extension that failed.
_EXTEND_AGAIN_S = 60.0
_MOST_FAILED = 2
#: Extensions come up to a tenth earlier than they are due, so that a fleet does not ask at once.
_EARLY = 0.1
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
        extend_every_s: float = 1_800.0,
    ) -> None:
        self._domain = venue.gateway.domain
        self._row = row
        self._api = venue.api
        self._dispatcher = venue.dispatcher
        self._gates = status
        self._clock = clock
        self._compare = compare
        self._extend_every_s = extend_every_s
        #: The present socket is taken to be deaf, and its successor is not there yet.
        self._is_distrusted = False
        self.ack_watch, self._trade_watch = venue.ack_watch, venue.trade_watch
        self._payment_asks = venue.payment_asks
        self._key = Secret("")
        self._came_up = asyncio.Event()
        self._compared_ms = 0
        self._due: asyncio.TimerHandle | None = None
        self.last_frame_ms = 0
        self.reader = UserEventReader()
        self._relay = FillRelay(self.reader, venue.gateway.clock_meter, clock, venue.dispatcher, self._end_relayed)
        self.stream = Stream("user", self._address, self, clock, self._domain.streams, venue.gateway.handshakes)
        self.stream.on_handover = self.on_up
        venue.gateway.clock_meter.step_back_watchers.append(self._step_back)

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
        self._is_distrusted = False
        self.last_frame_ms = self._clock.monotonic_ms()
        self.ack_watch.forget()
        self._trade_watch.forget()
        self._payment_asks.hurry(self.last_frame_ms)
        self._came_up.set()

    def on_down(self, reason: str) -> None:
        self._gates.fall(gates.USER_STREAM, f"user stream: {reason}")

    def on_frame(self, frame: bytes, received_ms: int) -> None:
        self.last_frame_ms = received_ms
        try:
            for report in self._relay.take(frame):
                self._take(report)
        except UnreadableFault as fault:
            # What was in it is unknown, so everything is compared.
            _LOG.warning("%s", fault)
            self._compare_soon()
        except Exception:
            # The socket logs the defect and goes on; what the frame told is lost until it is asked for.
            self._compare_soon()
            raise
        finally:
            self.ack_watch.heard(received_ms)

    def _end_relayed(self, report: OrderReport, event: OrderFilledEvent, number: int, now_ms: int) -> None:
        self._dispatcher.end_relayed(report, event, number, now_ms)
        self._note_order(report)

    def _note_order(self, report: OrderReport) -> None:
        self.ack_watch.spoken_of(report.client_order_id, known_by_change(report))
        self._trade_watch.filled(report, self.last_frame_ms)

    def _take(self, report: UserReport) -> None:
        if isinstance(report, ListenKeyExpired):
            self.distrust("the listen key expired")
        self._dispatcher.dispatch(report)
        # What is noted here asks for what is missing later: who hears of the report does not wait for it.
        match report:
            case OrderReport():
                self._note_order(report)
            case AccountReport():
                self._trade_watch.positioned(report)
                if report.reason == FUNDING_FEE:
                    self._payment_asks.hint(report.funding_symbol, report.time_ms, self.last_frame_ms)
            case TradeHint():
                self._trade_watch.hinted(report, self.last_frame_ms)

    def _step_back(self, venue_ms: int) -> None:
        """The venue's clock did: what was pushed since and taken for old is compared."""
        _LOG.warning("the exchange's clock stepped back")
        self._compare_soon()

    def distrust(self, reason: str) -> None:
        """The stream can't be believed to tell everything: asked for is what it may not tell, until a new one does."""
        if self._is_distrusted or not self.is_up:
            return
        self._is_distrusted = True
        _LOG.warning("user stream: %s", reason)
        self._gates.fall(gates.USER_STREAM, f"user stream: {reason}")
        self.stream.distrust(reason)

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
            if self.is_up and not (self._came_up.is_set() or self._is_distrusted):
                self._gates.hold(gates.USER_STREAM)

    async def _keep_key(self) -> None:
        failed = 0
        while True:
            due_s = min(_EXTEND_AGAIN_S, self._extend_every_s) if failed else self._extend_every_s
            await asyncio.sleep(due_s * random.uniform(1 - _EARLY, 1))
            if not self.is_up:
                failed = 0  # the next socket comes with a key that is fresh
                continue
            failed = 0 if await self._extends_key() else failed + 1
            if failed == _MOST_FAILED:
                failed = 0
                self.stream.renew("the listen key could not be extended")

    async def _extends_key(self) -> bool:
        """Whether the key is extended, or a new one is on its way."""
        try:
            extended = await self._api.extend_listen_key()
        except ConnectorFault as fault:
            if isinstance(fault, Fault) and fault.code == NO_SUCH_LISTEN_KEY:
                self.distrust("the exchange does not know the listen key")
                return True
            _LOG.warning("the listen key was not extended: %s", fault)
            return False
        if extended.reveal() != self._key.reveal():
            self.distrust("the listen key was replaced")
        return True
