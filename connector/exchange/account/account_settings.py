"""Leverage and position mode: set, read back, and taken in as reports. While one is being set its gate is shut."""

from collections.abc import Awaitable
from decimal import Decimal

from connector.core.enums import PositionMode
from connector.core.faults import ConnectorFault
from connector.core.reports import LeverageReport, PositionModeReport
from connector.core.trading_rule import TradingRule
from connector.exchange import gates
from connector.exchange.account import preflight
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.gates import Gates
from connector.exchange.report_dispatcher import ReportDispatcher


class AccountSettings:
    """Each call raises `ConfigFault` for what the venue refuses; the gate then stays shut and tells why."""

    def __init__(self, api: VenueApi, dispatcher: ReportDispatcher, status: Gates) -> None:
        self._api = api
        self._dispatcher = dispatcher
        self._gates = status

    async def set_leverage(self, rule: TradingRule, leverage: int) -> None:
        """Sets the leverage unless it is so already, and reads it back."""
        await self._set(gates.LEVERAGE, preflight.confirm_leverage(self._api, rule.symbol, leverage))

    async def set_position_mode(self, mode: PositionMode) -> None:
        """Sets the account's mode unless it is so already, and reads it back."""
        await self._set(gates.POSITION_MODE, preflight.confirm_position_mode(self._api, mode))

    async def check_leverage(self, rule: TradingRule, leverage: int, notional: Decimal) -> None:
        """Raises `ConfigFault` when the brackets do not allow the leverage, or not for that much notional."""
        preflight.check_leverage(rule, leverage, await self._api.brackets(rule.symbol), notional)

    async def _set(self, gate: str, confirmed: Awaitable[LeverageReport | PositionModeReport]) -> None:
        self._gates.shut(gate, "being set")
        try:
            self._dispatcher.dispatch(await confirmed)
        except ConnectorFault as fault:
            self._gates.shut(gate, str(fault))
            raise
        self._gates.hold(gate)
