"""What we want: the way from a strategy to the venue begins here."""

from dataclasses import dataclass
from decimal import Decimal

from connector.core.enums import OrderType, PositionAction, TradeType
from connector.core.order_options import PLAIN, OrderOptions


@dataclass(frozen=True, slots=True)
class OrderIntent:
    """An order that is wanted."""

    trading_pair: str
    trade_type: TradeType
    order_type: OrderType
    #: In base units or contracts; 0 where the whole position is to be closed.
    amount: Decimal
    #: None for a market order, and where the venue finds the price.
    price: Decimal | None
    #: CLOSE asks that the order may only reduce the position; the venue's field table has how.
    position_action: PositionAction = PositionAction.OPEN
    options: OrderOptions = PLAIN

    @property
    def reduces_only(self) -> bool:
        return self.position_action is PositionAction.CLOSE


@dataclass(frozen=True, slots=True)
class CancelIntent:
    """An order of ours that is wanted gone."""

    trading_pair: str
    client_order_id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ModifyIntent:
    """An open order of ours that is wanted at another price, or with another amount. What is None stays as it is."""

    trading_pair: str
    client_order_id: str
    price: Decimal | None = None
    #: The total, what is filled included.
    amount: Decimal | None = None


Intent = OrderIntent | CancelIntent | ModifyIntent
