"""What others do to the account: noticed, read, told and followed.

    a sign (a push, a refusal, a row that can't be ours)  read at once; until it is, the gate of what is doubted is shut
    no sign                                               read once a minute

A reading that fails is tried again a second later, and the gate stays shut: nothing is sent by what may be wrong.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass

from connector.account.setting_readings import OLDEST_MS, SettingReadings
from connector.account.setting_watch import SettingWatch
from connector.core.clock import Clock
from connector.core.enums import MarginType, PositionMode
from connector.core.event_tags import MarketEvent
from connector.core.events import Event, MarketOrderFailureEvent, OrderModifyFailedEvent
from connector.core.faults import ConnectorFault
from connector.core.reports import (
    AccountReport,
    LeverageReport,
    MultiAssetsReport,
    OrderReport,
    PositionModeReport,
    UserReport,
)
from connector.exchange import gates
from connector.exchange.account.account_settings import AccountSettings
from connector.exchange.account.insurance_watch import InsuranceWatch
from connector.exchange.account.venue_side import VenueSide
from connector.exchange.beat import LOOK_EVERY_S, beat
from connector.exchange.gates import Gates
from connector.exchange.orders.openings import Openings
from connector.venue.error_codes import OTHER_POSITION_MODE
from connector.venue.income_kinds import MARGIN_TYPE_CHANGE

_LOG = logging.getLogger(__name__)
READ_EVERY_MS = 60_000
#: After a reading of all that failed.
_SOON_MS = 5_000
#: After a reading that failed, or that was not believed yet.
_AGAIN_S, _AGAIN_MS = 1.0, 1_000
#: Names of what holds the gate of openings shut.
BY_MODE = "the position mode that another hand set (on_foreign_mode_change: stop)"
BY_VENUE = "the exchange: the account may not trade"
#: A list of all symbols is shorter than so many questions.
_MOST_SINGLE = 3
#: The brackets of more symbols are read where what they allow changed.
_MOST_BRACKETS = 20
_MODE, _ASSETS = "position mode", "multi-assets mode"


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
        self._readings = SettingReadings(clock.monotonic_ms)
        self._read_ms = clock.monotonic_ms()
        #: Nothing is asked for before.
        self._again_ms = 0
        self._doubtful_ms: int | None = None
        self._wants_modes = False
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
        if not isinstance(report, OrderReport):
            self._note_standing(report)
        if isinstance(report, OrderReport) and not self._watch.is_mode_doubtful:
            return events
        if isinstance(report, PositionModeReport):
            self._heed_mode(report.mode, is_foreign=bool(events))
        if isinstance(report, MultiAssetsReport) and events:
            self._is_mode_of_assets_new = True
            self._then.gates.shut(gates.ACCOUNT_BALANCE, "multi-assets mode was changed, the account is read anew")
        if self._watch.is_mode_doubtful and not self._doubts_mode:
            self._doubt_mode("a position of another mode was told")
        for event in events:
            _LOG.warning("%s", event)
        return events

    def _note_standing(self, report: UserReport) -> None:
        match report:
            case LeverageReport():
                self._readings.take(report.symbol, report.leverage)
                if report.margin_type is not None:
                    self._readings.take((report.symbol, MarginType), report.margin_type)
            case PositionModeReport():
                self._readings.take(_MODE, report.mode)
            case MultiAssetsReport():
                self._readings.take(_ASSETS, report.is_on)
            case AccountReport() if report.reason == MARGIN_TYPE_CHANGE:
                for row in report.positions:
                    self._readings.take((row.symbol, MarginType), row.margin_type)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_read())
            group.create_task(self.insurance.run())

    async def _keep_read(self) -> None:
        while True:
            await beat(LOOK_EVERY_S)
            try:
                await self._look()
            except ConnectorFault as fault:
                _LOG.warning("reading the account's settings: %s", fault)
                await asyncio.sleep(_AGAIN_S)

    async def _look(self) -> None:
        now_ms = self._clock.monotonic_ms()
        if now_ms < self._again_ms or self._own.is_under_way:
            return
        if now_ms - self._read_ms >= READ_EVERY_MS:
            self._read_ms = now_ms - READ_EVERY_MS + _SOON_MS  # where it fails
            await self.read()
        doubtful = self._note_doubtful()
        if self._wants_modes or self._doubts_mode or doubtful - {gates.LEVERAGE}:
            await self._read_modes()
        if gates.LEVERAGE in doubtful:
            await self._read_leverages(self._then.symbols())
        elif self._watch.doubted_symbols:
            await self._read_leverages(self._watch.doubted_symbols & self._then.symbols())
        if self._is_mode_of_assets_new:
            await self._then.compare()
            self._is_mode_of_assets_new = False
            self._then.gates.hold(gates.ACCOUNT_BALANCE)

    def _note_doubtful(self) -> set[str]:
        """The gates of what we set without learning whether it was done."""
        doubtful = set(self._own.doubtful)
        if not doubtful:
            self._doubtful_ms = None
        elif self._doubtful_ms is None:
            self._doubtful_ms = self._clock.monotonic_ms()
        return doubtful

    def read_soon(self) -> None:
        """What is known may be old."""
        self._read_ms = self._clock.monotonic_ms() - READ_EVERY_MS

    def read_modes_soon(self) -> None:
        """A refusal speaks of the modes."""
        self._wants_modes = True

    def read_leverage_soon(self, symbol: str) -> None:
        """A refusal speaks of a symbol's leverage, or of what it allows."""
        self._watch.doubted_symbols.add(symbol)

    async def read(self) -> None:
        """Takes in every setting that is in force. Raises `ConnectorFault`."""
        asked_ms = self._clock.monotonic_ms()
        await self._read_modes()
        symbols = self._then.symbols()
        await self._read_leverages(symbols)
        if len(symbols) <= _MOST_BRACKETS:
            await self._read_brackets(symbols)
        self._read_ms = asked_ms

    async def _read_modes(self) -> None:
        asked_ms, self._wants_modes = self._clock.monotonic_ms(), False
        config = await self._api.config()
        if self._believes(_MODE, config.position_mode, asked_ms):
            self._dispatcher.dispatch(PositionModeReport(config.position_mode))
            self._end_doubt()
            if self._is_settled(gates.POSITION_MODE, asked_ms):
                self.settings.settle(gates.POSITION_MODE)
        else:
            self._wants_modes = True
        if self._believes(_ASSETS, config.is_multi_assets, asked_ms):
            self._dispatcher.dispatch(MultiAssetsReport(config.is_multi_assets))
            if self._is_settled(gates.ACCOUNT_BALANCE, asked_ms):
                self._own.doubtful.remove(gates.ACCOUNT_BALANCE)
                self._is_mode_of_assets_new = True
        else:
            self._wants_modes = True
        if config.can_trade:
            self._then.openings.release(BY_VENUE)
        else:
            self._then.openings.shut(BY_VENUE)

    async def _read_leverages(self, symbols: set[str]) -> None:
        asked_ms, asked = self._clock.monotonic_ms(), frozenset(symbols)
        doubted = asked & self._watch.doubted_symbols
        self._watch.doubted_symbols -= doubted
        try:
            reports = await self._api.leverages_of(asked, _MOST_SINGLE)
        except ConnectorFault:
            self._watch.doubted_symbols |= doubted
            raise
        for report in reports:
            is_typed = self._believes((report.symbol, MarginType), report.margin_type, asked_ms)
            if is_typed and self._believes(report.symbol, report.leverage, asked_ms):
                self._dispatcher.dispatch(report)
            else:
                self._watch.doubted_symbols.add(report.symbol)
        is_whole = asked == self._then.symbols() and not self._watch.doubted_symbols & asked
        if is_whole and self._is_settled(gates.LEVERAGE, asked_ms):
            self.settings.settle(gates.LEVERAGE)
        await self._read_brackets(self._watch.changed_brackets & asked)

    def _believes(self, setting: Hashable, value: object, asked_ms: int) -> bool:
        """What is not believed yet is asked for again."""
        believes = self._readings.believes(setting, value, asked_ms)
        if not believes:
            self._again_ms = self._clock.monotonic_ms() + _AGAIN_MS
        return believes

    def _is_settled(self, gate: str, asked_ms: int) -> bool:
        """Whether a reading ends the doubt about a change of ours: it may be carried out late, but not that late."""
        if gate not in self._own.doubtful or self._own.is_under_way:
            return False
        is_old = self._doubtful_ms is not None and asked_ms - self._doubtful_ms >= OLDEST_MS
        if not is_old:
            self._again_ms = self._clock.monotonic_ms() + _AGAIN_MS
        return is_old

    async def _read_brackets(self, symbols: set[str]) -> None:
        for symbol in sorted(symbols):
            self._dispatcher.dispatch(await self._api.brackets_report(symbol))
            self._watch.changed_brackets.discard(symbol)

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
        self._readings.doubt(_MODE)
        self._then.gates.shut(gates.POSITION_MODE, f"it is read again: {why}")
