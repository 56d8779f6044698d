"""What a user allows: bounds on positions, orders and losses, one set for all strategies of a process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from connector.core.amounts import HUNDRED, ZERO, plain

MAX_POSITION: Final = "max_position"
MAX_POSITION_NOTIONAL: Final = "max_position_notional"
MAX_OPEN_ORDERS_NOTIONAL: Final = "max_open_orders_notional"
MAX_ORDER_RATE: Final = "max_order_rate"
MAX_LOSS_OF_DAY: Final = "max_loss_of_day"
MAX_LOSS_OF_RUN: Final = "max_loss_of_run"
MAX_DRAWDOWN: Final = "max_drawdown"
MIN_LIQUIDATION_DISTANCE: Final = "min_liquidation_distance"
#: Stands for every base asset.
ANY_BASE: Final = ""


class OnRiskLimit(StrEnum):
    """What follows when a loss limit strikes."""

    #: No order leaves any more that opens.
    STOP = "stop"
    #: The same, the position is closed, and the run stops.
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class LossBound:
    """How much may be lost: an amount of the margin asset, or a part of the equity that there was at first."""

    figure: Decimal
    #: The figure is a percentage.
    is_share: bool = False

    def of(self, equity: Decimal) -> Decimal:
        """The same as an amount."""
        return max(ZERO, equity) * self.figure / HUNDRED if self.is_share else self.figure

    def __str__(self) -> str:
        """As it would stand in a file."""
        return f"{plain(self.figure)} %" if self.is_share else plain(self.figure)


@dataclass(frozen=True, slots=True)
class RiskBounds:
    """Each is None, or empty, where it is off."""

    #: By base asset, in it; ANY_BASE: of every other.
    max_position: Mapping[str, Decimal] = field(default_factory=dict)
    #: Of each position, at the mark price, in the quote asset.
    max_position_notional: Decimal | None = None
    #: Of all open orders that open, at their own prices, in the quote asset.
    max_open_orders_notional: Decimal | None = None
    #: New orders and changes, in any 60 s.
    max_order_rate: int | None = None
    max_loss_of_day: LossBound | None = None
    max_loss_of_run: LossBound | None = None
    #: Percent of the highest equity of the run.
    max_drawdown: Decimal | None = None
    #: Between mark and liquidation price, percent of mark.
    min_liquidation_distance: Decimal | None = None
    on_risk_limit: OnRiskLimit = OnRiskLimit.STOP

    @property
    def bounds_orders(self) -> bool:
        """Whether an order is looked at before it leaves."""
        of_sums = self.max_position_notional, self.max_open_orders_notional, self.min_liquidation_distance
        return bool(self.max_position) or self.max_order_rate is not None or any(one is not None for one in of_sums)

    @property
    def bounds_losses(self) -> bool:
        """Whether the equity is looked at."""
        return any(one is not None for one in (self.max_loss_of_day, self.max_loss_of_run, self.max_drawdown))

    def most_of(self, base_asset: str) -> Decimal | None:
        """The largest position in a base asset; None: any."""
        return self.max_position.get(base_asset, self.max_position.get(ANY_BASE))
