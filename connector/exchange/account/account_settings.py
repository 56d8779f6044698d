"""The account's settings: set, read back, and taken in as reports. While one is being set its gate is shut.

One at a time. Where nobody knows what is in force the gate stays shut, tells why, and opens as soon as it can be read.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import TypeVar

from connector.core.amounts import exact_number
from connector.core.enums import MarginType, PositionMode, PositionSide
from connector.core.faults import ApprovalFault, ArgumentFault, ConfigFault, ConnectorFault
from connector.core.reports import LeverageReport, MultiAssetsReport, PositionModeReport
from connector.core.trading_rule import TradingRule
from connector.exchange import gates
from connector.exchange.account import preflight
from connector.exchange.account.factor_permit import EVERYTHING, Permit
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.gates import Gates
from connector.exchange.report_dispatcher import ReportDispatcher

Setting = TypeVar("Setting", LeverageReport, PositionModeReport)


class OwnChanges:
    """What we change ourselves is no other hand's."""

    def __init__(self) -> None:
        #: How many settings we began to change.
        self.made = 0
        self._under_way = 0
        #: The gates of what we set without learning whether it was done.
        self.doubtful: set[str] = set()

    @property
    def is_under_way(self) -> bool:
        """Whether a setting is being changed by us."""
        return self._under_way > 0

    @property
    def are_ours(self) -> bool:
        """Whether a setting that reads differently now may be our own doing."""
        return self._under_way > 0 or bool(self.doubtful)

    @contextmanager
    def one(self) -> Iterator[None]:
        """One change, as long as it is under way."""
        self.made += 1
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1


class AccountSettings:
    """Each call raises `ArgumentFault` for what is no such setting, `ConfigFault` for what the venue refuses, and
    `ApprovalFault` for what a second factor bars: then what was in force still is, and the gate holds again."""

    def __init__(self, api: VenueApi, dispatcher: ReportDispatcher, status: Gates, permit: Permit = EVERYTHING) -> None:
        self._api = api
        self._dispatcher = dispatcher
        self._gates = status
        self._permit = permit
        self._one_at_a_time = asyncio.Lock()
        self.changes = OwnChanges()

    async def set_leverage(self, rule: TradingRule, leverage: int) -> None:
        """Sets the leverage unless it is so already, and reads it back."""
        if not isinstance(leverage, int) or isinstance(leverage, bool) or leverage < 1:
            raise ArgumentFault("leverage", leverage, "is no whole number above zero", "such as 5")
        await self._set(
            gates.LEVERAGE,
            lambda: preflight.confirm_leverage(self._api, rule.symbol, leverage, self._permit),
            lambda: self._api.leverage(rule.symbol),
        )

    async def set_position_mode(self, mode: PositionMode) -> None:
        """Sets the account's mode unless it is so already, and reads it back."""
        if not isinstance(mode, PositionMode):
            raise ArgumentFault("mode", mode, "is no position mode", "use PositionMode.ONEWAY or PositionMode.HEDGE")
        await self._set(
            gates.POSITION_MODE,
            lambda: preflight.confirm_position_mode(self._api, mode, self._permit),
            lambda: preflight.read_position_mode(self._api),
        )

    async def set_margin_type(self, rule: TradingRule, margin_type: MarginType) -> None:
        """Sets what backs the pair's positions unless it is so already, and reads it back."""
        if not isinstance(margin_type, MarginType):
            remedy = "use MarginType.CROSSED or MarginType.ISOLATED"
            raise ArgumentFault("margin_type", margin_type, "is no margin type", remedy)
        await self._set(
            gates.LEVERAGE,
            lambda: preflight.confirm_margin_type(self._api, rule.symbol, margin_type, self._permit),
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
            with self.changes.one():
                try:
                    await preflight.confirm_multi_assets(self._api, on, self._permit)
                except (ConfigFault, ApprovalFault):
                    raise
                except ConnectorFault as fault:
                    self.changes.doubtful.add(gates.ACCOUNT_BALANCE)
                    self._gates.shut(gates.ACCOUNT_BALANCE, f"multi-assets mode: {fault}")
                    raise
                self._dispatcher.dispatch(MultiAssetsReport(on))
            self._dispatcher.dispatch(await self._api.snapshot())

    async def set_fee_burn(self, on: bool) -> None:
        """Sets whether fees are paid in BNB unless it is so already, and reads it back."""
        _require_flag("fee_burn", on)
        async with self._one_at_a_time:
            await preflight.confirm_fee_burn(self._api, on)

    async def check_leverage(self, rule: TradingRule, leverage: int, notional: Decimal) -> None:
        """Raises `ConfigFault` when the brackets do not allow the leverage, or not for that much notional."""
        preflight.check_leverage(rule, leverage, await self._api.brackets(rule.symbol), notional)

    def settle(self, gate: str) -> None:
        """What is in force was read: a gate that nobody could open holds again."""
        if gate in self.changes.doubtful:
            self.changes.doubtful.remove(gate)
            self._gates.hold(gate)

    async def _set(
        self, gate: str, confirmed: Callable[[], Awaitable[Setting]], read: Callable[[], Awaitable[Setting]]
    ) -> None:
        async with self._one_at_a_time:
            with self.changes.one():
                self._gates.shut(gate, "being set")
                self.changes.doubtful.add(gate)
                try:
                    self._dispatcher.dispatch(await confirmed())
                except (ConfigFault, ApprovalFault):
                    await self._take_in(gate, read)
                    raise
                except ConnectorFault as fault:
                    self._gates.shut(gate, str(fault))
                    raise
                self.settle(gate)

    async def _take_in(self, gate: str, read: Callable[[], Awaitable[Setting]]) -> None:
        """After a refusal: what is in force now."""
        try:
            self._dispatcher.dispatch(await read())
        except ConnectorFault as fault:
            self._gates.shut(gate, str(fault))
        else:
            self.settle(gate)


def _require_flag(name: str, value: bool) -> None:
    if type(value) is not bool:
        raise ArgumentFault(name, value, "is neither True nor False")
