"""The calls of the exchange interface that ask for margin: what may leave, how near liquidation is."""

from decimal import Decimal

from connector.core.amounts import NAN, from_e8
from connector.core.enums import PositionSide
from connector.core.position import PositionMargin
from connector.exchange.network.components import Components


class MarginCalls:
    """A part of the connector: everything is reckoned here, nobody is asked."""

    _components: Components

    def get_max_withdraw(self, currency: str) -> Decimal:
        """The most of an asset that may leave the futures wallet now; NaN before prices and brackets are known."""
        most_e8 = self._components.budget.figures.withdrawable_e8(currency)
        return NAN if most_e8 is None else from_e8(most_e8)

    def get_margin_ratio(self, currency: str) -> Decimal:
        """Maintenance margin of the cross positions as a fraction of what backs them; at 1 they are liquidated. NaN
        before prices and brackets are known."""
        backing = self._components.budget.figures.backing(currency)
        return NAN if backing is None else from_e8(backing.ratio_e8)

    def get_position_margin(
        self, trading_pair: str, position_side: PositionSide = PositionSide.BOTH
    ) -> PositionMargin | None:
        """What a position needs and is backed by, its liquidation price among it; None where it is flat. Raises
        `ArgumentFault` for a pair that is not traded."""
        return self._components.budget.figures.position(trading_pair, position_side)

    def get_position_margins(self) -> list[PositionMargin]:
        """The same of every position of ours, in one pass; those whose price nobody knows yet are left out."""
        return self._components.budget.figures.positions()

    def get_liquidation_price(self, trading_pair: str, position_side: PositionSide = PositionSide.BOTH) -> Decimal:
        """The mark price at which a position is liquidated while nothing else moves; 0: at none. NaN where it is flat,
        and before prices and brackets are known. Raises `ArgumentFault` for a pair that is not traded."""
        margin = self.get_position_margin(trading_pair, position_side)
        return NAN if margin is None else margin.liquidation_price
