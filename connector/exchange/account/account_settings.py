"""The account's settings: set, read back, and taken in as reports. While one is being set its gate is shut.

One at a time. Where nobody knows what is in force the gate stays shut, tells why, and opens as soon as it can be read.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from decimal import Decimal
from typing import TypeVar

from connector.core.amounts import exact_number
from connector.core.clock import Clock
from connector.core.enums import MarginType, PositionMode, PositionSide
from connector.core.event_tags import MarketEvent
from connector.core.events import Event
from connector.core.faults import ArgumentFault, ConfigFault, ConnectorFault
from connector.core.reports import LeverageReport, PositionModeReport
from connector.core.trading_rule import TradingRule
from connector.exchange import gates
from connector.exchange.account import preflight
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.bus import Bus
from connector.exchange.gates import Gates
from connector.exchange.report_dispatcher import ReportDispatcher

_LOG = logging.getLogger(__name__)
#: What nobody tells, or told while nobody heard, is asked for so often.
_REREAD_EVERY_MS = 60_000
_STEP_S = 1.0
Setting = TypeVar("Setting", LeverageReport, PositionModeReport)


class AccountSettings:
    """Each call raises `ArgumentFault` for what is no such setting, and `ConfigFault` for what the venue refuses: then
    what was in force still is, and the gate holds again. `run` runs until cancelled."""

    def __init__(self, api: VenueApi, dispatcher: ReportDispatcher, status: Gates, clock: Clock, bus: Bus) -> None:
        self._api = api
        self._dispatcher = dispatcher
        self._gates = status
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()
        self._doubtful: set[str] = set()
        self._reread_ms = clock.monotonic_ms()
        #: The symbols that are traded, by which leverages are read again.
        self.symbols: Callable[[], Iterable[str]] = tuple
        bus.add_listener(MarketEvent.LeverageConfirmed, self._hear_leverage)

    async def set_leverage(self, rule: TradingRule, leverage: int) -> None:
        """Sets the leverage unless it is so already, and reads it back."""
        if not isinstance(leverage, int) or isinstance(leverage, bool) or leverage < 1:
            raise ArgumentFault("leverage", leverage, "is no whole number above zero", "such as 5")
        await self._set(
            gates.LEVERAGE,
            lambda: preflight.confirm_leverage(self._api, rule.symbol, leverage),
            lambda: self._api.leverage(rule.symbol),
        )

    async def set_position_mode(self, mode: PositionMode) -> None:
        """Sets the account's mode unless it is so already, and reads it back."""
        if not isinstance(mode, PositionMode):
            raise ArgumentFault("mode", mode, "is no position mode", "use PositionMode.ONEWAY or PositionMode.HEDGE")
        await self._set(
            gates.POSITION_MODE,
            lambda: preflight.confirm_position_mode(self._api, mode),
            lambda: preflight.read_position_mode(self._api),
        )

    async def set_margin_type(self, rule: TradingRule, margin_type: MarginType) -> None:
        """Sets what backs the pair's positions unless it is so already, and reads it back."""
        if not isinstance(margin_type, MarginType):
            remedy = "use MarginType.CROSSED or MarginType.ISOLATED"
            raise ArgumentFault("margin_type", margin_type, "is no margin type", remedy)
        await self._set(
            gates.LEVERAGE,
            lambda: preflight.confirm_margin_type(self._api, rule.symbol, margin_type),
            lambda: self._api.leverage(rule.symbol),
        )

    async def adjust_isolated_margin(
        self, rule: TradingRule, amount: Decimal, position_side: PositionSide, mode: PositionMode
    ) -> Decimal:
        """Gives an isolated position so much margin, or takes it back (below 0); returns its wallet afterwards."""
        exact = exact_number("amount", amount)
        if not exact or exact.is_nan():
            raise ArgumentFault("amount", amount, "must be above zero, or below to take it back")
        if (position_side is PositionSide.BOTH) is (mode is PositionMode.HEDGE):
            remedy = "use LONG or SHORT" if mode is PositionMode.HEDGE else "use PositionSide.BOTH"
            raise ArgumentFault("position_side", position_side, f"is none of {mode.value.lower()} mode", remedy)
        async with self._one_at_a_time:
            held = await preflight.confirm_isolated_margin(self._api, rule.symbol, position_side, exact)
            self._dispatcher.dispatch(await self._api.snapshot())
        return held.isolated_wallet

    async def set_multi_assets_mode(self, on: bool) -> None:
        """Sets whether all assets back all positions unless it is so already, and reads it back."""
        _require_flag("multi_assets_mode", on)
        async with self._one_at_a_time:
            await preflight.confirm_multi_assets(self._api, on)
            self._dispatcher.dispatch(await self._api.snapshot())

    async def set_fee_burn(self, on: bool) -> None:
        """Sets whether fees are paid in BNB unless it is so already, and reads it back."""
        _require_flag("fee_burn", on)
        async with self._one_at_a_time:
            await preflight.confirm_fee_burn(self._api, on)

    async def check_leverage(self, rule: TradingRule, leverage: int, notional: Decimal) -> None:
        """Raises `ConfigFault` when the brackets do not allow the leverage, or not for that much notional."""
        preflight.check_leverage(rule, leverage, await self._api.brackets(rule.symbol), notional)

    def reread_soon(self) -> None:
        """What is known may be old."""
        self._reread_ms = self._clock.monotonic_ms() - _REREAD_EVERY_MS

    def _hear_leverage(self, event: Event) -> None:
        """Where it was not asked for here, another hand changed it: what tells so has no most notional."""
        if self._gates.holds(gates.LEVERAGE) and not self._one_at_a_time.locked():
            self.reread_soon()

    async def run(self) -> None:
        """Reads mode and leverages once a minute, and soon while nobody knows what is in force."""
        while True:
            await asyncio.sleep(_STEP_S)
            is_due = self._clock.monotonic_ms() - self._reread_ms >= _REREAD_EVERY_MS
            if not (is_due or self._doubtful) or self._one_at_a_time.locked():
                continue
            try:
                await self.reread()
            except ConnectorFault as fault:
                _LOG.info("reading the account's settings: %s", fault)

    async def reread(self) -> None:
        """Takes in what is in force now; a gate that nobody could open holds again. Raises `ConnectorFault`."""
        async with self._one_at_a_time:
            self._reread_ms = self._clock.monotonic_ms()
            self._dispatcher.dispatch(await preflight.read_position_mode(self._api))
            self._settle(gates.POSITION_MODE)
            for report in await self._leverages():
                self._dispatcher.dispatch(report)
            self._settle(gates.LEVERAGE)

    async def _leverages(self) -> tuple[LeverageReport, ...]:
        symbols = set(self.symbols())
        if len(symbols) == 1:
            return (await self._api.leverage(*symbols),)
        return tuple(report for report in await self._api.leverages() if report.symbol in symbols)

    def _settle(self, gate: str) -> None:
        if gate in self._doubtful:
            self._doubtful.remove(gate)
            self._gates.hold(gate)

    async def _set(
        self, gate: str, confirmed: Callable[[], Awaitable[Setting]], read: Callable[[], Awaitable[Setting]]
    ) -> None:
        async with self._one_at_a_time:
            self._gates.shut(gate, "being set")
            self._doubtful.add(gate)
            try:
                self._dispatcher.dispatch(await confirmed())
            except ConfigFault:
                await self._take_in(gate, read)
                raise
            except ConnectorFault as fault:
                self._gates.shut(gate, str(fault))
                raise
            self._settle(gate)

    async def _take_in(self, gate: str, read: Callable[[], Awaitable[Setting]]) -> None:
        """After a refusal: what is in force now."""
        try:
            self._dispatcher.dispatch(await read())
        except ConnectorFault as fault:
            self._gates.shut(gate, str(fault))
        else:
            self._settle(gate)


def _require_flag(name: str, value: bool) -> None:
    if type(value) is not bool:
        raise ArgumentFault(name, value, "is neither True nor False")
