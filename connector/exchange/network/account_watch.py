"""What others do to the account: noticed, read, told and followed.

    a sign (a push, a refusal, a row that can't be ours)  read at once; until it is, the gate of what is doubted is shut
    no sign                                               read once a minute

A reading that fails is tried again a second later, and the gate stays shut: nothing is sent by what may be wrong.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from connector.account.setting_watch import SettingWatch
from connector.core.clock import Clock
from connector.core.enums import PositionMode
from connector.core.event_tags import MarketEvent
from connector.core.events import Event, MarketOrderFailureEvent, OrderModifyFailedEvent
from connector.core.faults import ConnectorFault
from connector.core.reports import LeverageReport, MultiAssetsReport, OrderReport, PositionModeReport, UserReport
from connector.exchange import gates
from connector.exchange.account.account_settings import AccountSettings
from connector.exchange.account.insurance_watch import InsuranceWatch
from connector.exchange.account.venue_side import VenueSide
from connector.exchange.gates import Gates
from connector.exchange.orders.openings import Openings
from connector.venue.error_codes import OTHER_POSITION_MODE

_LOG = logging.getLogger(__name__)
READ_EVERY_MS = 60_000
#: After a reading of all that failed.
_SOON_MS = 5_000
_STEP_S = 0.1
_AGAIN_S = 1.0
#: Names of what holds the gate of openings shut.
BY_MODE = "the position mode that another hand set (on_foreign_mode_change: stop)"
BY_VENUE = "the exchange: the account may not trade"
#: A list of all symbols is shorter than so many questions.
_MOST_SINGLE = 3


@dataclass(frozen=True, slots=True)
class Consequences:
    """What is shut, and read, when something changed."""

    gates: Gates
    openings: Openings
    #: Whether a mode that another hand set keeps orders that open from leaving.
    stops_at_foreign_mode: bool
    #: The account's balances and positions are read anew.
    compare: Callable[[], Awaitable[None]]
    #: The symbols that are traded now.
    symbols: Callable[[], set[str]]


class AccountWatch:
    """`heed` takes each report of the venue; `run` runs until cancelled."""

    def __init__(
        self,
        venue: VenueSide,
        watch: SettingWatch,
        settings: AccountSettings,
        then: Consequences,
        insurance: InsuranceWatch,
        clock: Clock,
    ) -> None:
        self._api, self._dispatcher = venue.api, venue.dispatcher
        #: How they are changed here; what is so changed is no other hand's.
        self.settings = settings
        self._watch, self._own, self._then, self._clock = watch, settings.changes, then, clock
        self.insurance = insurance
        self._read_ms = clock.monotonic_ms()
        self._wanted_mode: PositionMode | None = None
        #: The account is not compared yet under the assets mode in force.
        self._is_mode_of_assets_new = False
        self._doubts_mode = False
        venue.dispatcher.watch(self.heed)
        for tag in (MarketEvent.OrderFailure, MarketEvent.OrderModifyFailed):
            venue.bus.add_listener(tag, self._hear_refusal)

    def heed(self, report: UserReport, now_ms: int) -> tuple[Event, ...]:
        """What another hand changed, by this report."""
        events = self._watch.heed(report, now_ms)
        if isinstance(report, OrderReport) and not self._watch.is_mode_doubtful:
            return events
        if isinstance(report, PositionModeReport):
            self._heed_mode(report.mode, is_foreign=bool(events))
            self._end_doubt()
        if isinstance(report, MultiAssetsReport) and events:
            self._is_mode_of_assets_new = True
            self._then.gates.shut(gates.ACCOUNT_BALANCE, "multi-assets mode was changed, the account is read anew")
        if self._watch.is_mode_doubtful and not self._doubts_mode:
            self._doubt_mode("a position of another mode was told")
        for event in events:
            _LOG.warning("%s", event)
        return events

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_read())
            group.create_task(self.insurance.run())

    async def _keep_read(self) -> None:
        while True:
            await asyncio.sleep(_STEP_S)
            try:
                await self._look()
            except ConnectorFault as fault:
                _LOG.warning("reading the account's settings: %s", fault)
                await asyncio.sleep(_AGAIN_S)

    async def _look(self) -> None:
        now_ms = self._clock.monotonic_ms()
        if now_ms - self._read_ms >= READ_EVERY_MS:
            self._read_ms = now_ms - READ_EVERY_MS + _SOON_MS  # where it fails
            await self.read()
        doubtful = frozenset() if self._own.is_under_way else frozenset(self._own.doubtful)
        if gates.POSITION_MODE in doubtful or (self._doubts_mode and not self._own.is_under_way):
            await self._read_modes()
        if gates.LEVERAGE in doubtful:
            await self._read_leverages(self._then.symbols())
        if self._watch.doubted_symbols:
            await self._read_leverages(self._watch.doubted_symbols)
        if self._is_mode_of_assets_new:
            await self._then.compare()
            self._is_mode_of_assets_new = False
            self._then.gates.hold(gates.ACCOUNT_BALANCE)

    def read_soon(self) -> None:
        """What is known may be old."""
        self._read_ms = self._clock.monotonic_ms() - READ_EVERY_MS

    async def read(self) -> None:
        """Takes in every setting that is in force. Raises `ConnectorFault`."""
        asked_ms = self._clock.monotonic_ms()
        await self._read_modes()
        symbols = self._then.symbols()
        await self._read_leverages(symbols)
        if len(symbols) <= _MOST_SINGLE:
            await self._read_brackets(symbols)
        self._read_ms = asked_ms

    async def _read_modes(self) -> None:
        made = self._own.made
        config = await self._api.config()
        if self._own.made != made:
            return  # it may be of before what we set, which is read back
        self._dispatcher.dispatch(PositionModeReport(config.position_mode))
        self._dispatcher.dispatch(MultiAssetsReport(config.is_multi_assets))
        self.settings.settle(gates.POSITION_MODE)
        if config.can_trade:
            self._then.openings.release(BY_VENUE)
        else:
            self._then.openings.shut(BY_VENUE)

    async def _read_leverages(self, symbols: set[str]) -> None:
        made, asked = self._own.made, symbols & self._then.symbols()
        reports = await self._leverages(asked)
        if self._own.made != made:
            return
        for report in reports:
            self._dispatcher.dispatch(report)
        if asked == self._then.symbols():
            self.settings.settle(gates.LEVERAGE)
        self._watch.doubted_symbols.clear()
        await self._read_brackets(self._watch.changed_brackets & asked)

    async def _read_brackets(self, symbols: set[str]) -> None:
        for symbol in sorted(symbols):
            self._dispatcher.dispatch(await self._api.brackets_report(symbol))
            self._watch.changed_brackets.discard(symbol)

    async def _leverages(self, symbols: set[str]) -> tuple[LeverageReport, ...]:
        if len(symbols) <= _MOST_SINGLE:
            return tuple([await self._api.leverage(symbol) for symbol in sorted(symbols)])
        return tuple(report for report in await self._api.leverages() if report.symbol in symbols)

    def _heed_mode(self, mode: PositionMode, *, is_foreign: bool) -> None:
        """The mode that was in force at the start, or that we set, is the wanted one."""
        if not is_foreign and (self._wanted_mode is None or self._own.is_under_way):
            self._wanted_mode = mode
        if mode is self._wanted_mode:
            self._then.openings.release(BY_MODE)
        elif is_foreign and self._then.stops_at_foreign_mode:
            self._then.openings.shut(BY_MODE)

    def _hear_refusal(self, event: Event) -> None:
        """The first order that is refused for the mode that it is spelled by."""
        if isinstance(event, MarketOrderFailureEvent | OrderModifyFailedEvent):
            fault = event.fault
            if fault is not None and fault.code == OTHER_POSITION_MODE and not self._doubts_mode:
                self._doubt_mode(str(fault))

    def _end_doubt(self) -> None:
        """The mode was read; while we set one ourselves, whoever sets it opens the gate."""
        if self._doubts_mode and not self._own.is_under_way:
            self._doubts_mode = False
            self._then.gates.hold(gates.POSITION_MODE)

    def _doubt_mode(self, why: str) -> None:
        self._doubts_mode = True
        self._then.gates.shut(gates.POSITION_MODE, f"it is read again: {why}")
