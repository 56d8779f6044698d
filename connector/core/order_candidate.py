"""An order that is being considered: what the budget checker is asked about."""

from dataclasses import dataclass
from decimal import Decimal

from connector.core.enums import OrderType, TradeType


@dataclass(frozen=True, slots=True)
class TokenAmount:
    """So much of an asset."""

    token: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PerpetualOrderCandidate:
    """An order that is not placed yet: the budget checker adjusts its amount."""

    trading_pair: str
    is_maker: bool
    order_type: OrderType
    order_side: TradeType
    #: In base units or contracts.
    amount: Decimal
    #: Of a market order it says nothing: the exchange assumes one by the touch.
    price: Decimal
    leverage: int = 1
    #: It can only reduce the position: it needs no collateral.
    position_close: bool = False
    #: What it would take as margin, and of fees that are reserved; set by `populate_collateral_entries`.
    order_collateral: TokenAmount | None = None
    percent_fee_collateral: TokenAmount | None = None
