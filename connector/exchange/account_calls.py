"""Calls about the account's set-up: each setting is read first, changed only where it differs, and read back."""

from decimal import Decimal

from connector.core.enums import MarginType, PositionMode, PositionSide
from connector.core.trading_rule import TradingRule
from connector.exchange.network.components import Components


class AccountCalls:
    """What the connector answers by its components. What the exchange refuses raises `ConfigFault`, with what stands in
    the way: nothing is cancelled or closed for it, and what was in force still is."""

    def __init__(self, components: Components) -> None:
        self._components = components

    async def set_leverage(self, trading_pair: str, leverage: int) -> None:
        """Sets the leverage unless it is so already, and reads it back. Raises `ConfigFault`."""
        await self._components.settings.set_leverage(self._rule(trading_pair), leverage)

    def get_leverage(self, trading_pair: str) -> int:
        return self._components.ledger.assumed_leverage(self._rule(trading_pair).symbol)

    async def check_leverage(self, trading_pair: str, leverage: int, notional: Decimal) -> None:
        """Raises `ConfigFault` when the brackets do not allow the leverage, or not for that much notional."""
        await self._components.settings.check_leverage(self._rule(trading_pair), leverage, notional)

    async def set_position_mode(self, mode: PositionMode) -> None:
        """Sets the account's mode unless it is so already, and reads it back. Raises `ConfigFault`."""
        await self._components.settings.set_position_mode(mode)

    @property
    def position_mode(self) -> PositionMode:
        return self._components.ledger.assumed_mode

    async def set_margin_type(self, trading_pair: str, margin_type: MarginType) -> None:
        """Sets whether the pair's positions are backed by the whole wallet or by margin of their own. Raises
        `ConfigFault`, also while the pair has an order or a position."""
        await self._components.settings.set_margin_type(self._rule(trading_pair), margin_type)

    def get_margin_type(self, trading_pair: str) -> MarginType | None:
        """None until the exchange confirmed it."""
        return self._components.ledger.margin_type(self._rule(trading_pair).symbol)

    async def adjust_isolated_margin(
        self, trading_pair: str, amount: Decimal, position_side: PositionSide = PositionSide.BOTH
    ) -> Decimal:
        """Gives an isolated position so much of the margin asset, or takes it back (below 0); returns its isolated
        wallet afterwards. In hedge mode LONG or SHORT. Raises `ConfigFault`."""
        rule = self._rule(trading_pair)
        return await self._components.settings.adjust_isolated_margin(rule, amount, position_side, self.position_mode)

    async def set_multi_assets_mode(self, on: bool) -> None:
        """Sets whether all assets of the account back all its positions. Raises `ConfigFault`."""
        await self._components.settings.set_multi_assets_mode(on)

    async def set_fee_burn(self, on: bool) -> None:
        """Sets whether fees are paid in BNB, at a discount, while there is some. Raises `ConfigFault`."""
        await self._components.settings.set_fee_burn(on)

    def _rule(self, trading_pair: str) -> TradingRule:
        return self._components.pair_rules.rule(trading_pair)
