"""Leverage and position mode: set, read back, and taken in as reports. While one is being set its gate is shut."""

from collections.abc import Awaitable, Callable
from decimal import Decimal

from connector.core.enums import PositionMode
from connector.core.faults import ArgumentFault, ConfigFault, ConnectorFault
from connector.core.reports import LeverageReport, PositionModeReport
from connector.core.trading_rule import TradingRule
from connector.exchange import gates
from connector.exchange.account import preflight
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.gates import Gates
from connector.exchange.report_dispatcher import ReportDispatcher

Setting = LeverageReport | PositionModeReport


class AccountSettings:
    """Each call raises `ArgumentFault` for what is no leverage or mode, and `ConfigFault` for what the venue refuses:
    then what was in force still is, and the gate holds again. Where nobody knows, it stays shut and tells why."""

    def __init__(self, api: VenueApi, dispatcher: ReportDispatcher, status: Gates) -> None:
        self._api = api
        self._dispatcher = dispatcher
        self._gates = status

    async def set_leverage(self, rule: TradingRule, leverage: int) -> None:
        """Sets the leverage unless it is so already, and reads it back."""
        if not isinstance(leverage, int) or isinstance(leverage, bool) or leverage < 1:
            raise ArgumentFault("leverage", leverage, "is no whole number above zero", "such as 5")
        confirmed = preflight.confirm_leverage(self._api, rule.symbol, leverage)
        await self._set(gates.LEVERAGE, confirmed, lambda: self._api.leverage(rule.symbol))

    async def set_position_mode(self, mode: PositionMode) -> None:
        """Sets the account's mode unless it is so already, and reads it back."""
        if not isinstance(mode, PositionMode):
            raise ArgumentFault("mode", mode, "is no position mode", "use PositionMode.ONEWAY or PositionMode.HEDGE")
        confirmed = preflight.confirm_position_mode(self._api, mode)
        await self._set(gates.POSITION_MODE, confirmed, lambda: preflight.read_position_mode(self._api))

    async def check_leverage(self, rule: TradingRule, leverage: int, notional: Decimal) -> None:
        """Raises `ConfigFault` when the brackets do not allow the leverage, or not for that much notional."""
        preflight.check_leverage(rule, leverage, await self._api.brackets(rule.symbol), notional)

    async def _set(self, gate: str, confirmed: Awaitable[Setting], read: Callable[[], Awaitable[Setting]]) -> None:
        self._gates.shut(gate, "being set")
        try:
            self._dispatcher.dispatch(await confirmed)
        except ConfigFault:
            await self._take_in(gate, read)
            raise
        except ConnectorFault as fault:
            self._gates.shut(gate, str(fault))
            raise
        self._gates.hold(gate)

    async def _take_in(self, gate: str, read: Callable[[], Awaitable[Setting]]) -> None:
        """After a refusal: what is in force now."""
        try:
            self._dispatcher.dispatch(await read())
        except ConnectorFault as fault:
            self._gates.shut(gate, str(fault))
        else:
            self._gates.hold(gate)
