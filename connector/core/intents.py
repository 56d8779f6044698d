"""What we want: the way from a strategy to the venue begins here."""

from dataclasses import dataclass
from decimal import Decimal

from connector.core.enums import OrderType, PositionAction, TradeType


@dataclass(frozen=True, slots=True)
class OrderIntent:
    """An order that is wanted."""

    trading_pair: str
    trade_type: TradeType
    order_type: OrderType
    #: In base units or contracts.
    amount: Decimal
    #: None for a market order.
    price: Decimal | None
    #: CLOSE asks that the order may only reduce the position; the venue's field table has how.
    position_action: PositionAction = PositionAction.OPEN

    @property
    def reduces_only(self) -> bool:
        return self.position_action is PositionAction.CLOSE


@dataclass(frozen=True, slots=True)
class CancelIntent:
    """An order of ours that is wanted gone."""

    trading_pair: str
    client_order_id: str
    reason: str = ""


Intent = OrderIntent | CancelIntent
