"""An order that is being considered: what the budget checker is asked about."""

from dataclasses import dataclass
from decimal import Decimal

from connector.core.enums import OrderType, TradeType


@dataclass(frozen=True, slots=True)
class PerpetualOrderCandidate:
    """`amount` in base units or contracts; `price` is the assumed price of a market order.

    `position_close` marks an order that can only reduce the position: it needs no collateral.
    """

    trading_pair: str
    is_maker: bool
    order_type: OrderType
    order_side: TradeType
    amount: Decimal
    price: Decimal
    leverage: int = 1
    position_close: bool = False
