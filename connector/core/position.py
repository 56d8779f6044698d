"""A position, as a bot sees it."""

from dataclasses import dataclass
from decimal import Decimal

from connector.core.enums import MarginType, PositionSide


@dataclass(frozen=True, slots=True)
class Position:
    """One position of ours as the venue has it. Prices in the quote asset."""

    trading_pair: str
    position_side: PositionSide
    unrealized_pnl: Decimal
    entry_price: Decimal
    #: In base units or contracts, signed: negative is short.
    amount: Decimal
    leverage: int
    margin_type: MarginType = MarginType.CROSSED
