"""A position, as a bot sees it, and what it needs."""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from connector.core.amounts import ZERO
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
    #: What is posted for it alone, in the margin asset; 0 in cross mode.
    isolated_wallet: Decimal = ZERO
    #: Its place in the queue of auto-deleveraging, 0 (last) to 4 (first), as last read; None: not read yet.
    adl_rank: int | None = None


class PositionMargin(NamedTuple):
    """What one position of ours needs and is backed by at the mark price of now, in the margin asset; prices in the
    quote asset.

    Reckoned here, by the venue's published sums ("Leverage and margin", 360033162192; "How to calculate liquidation
    price", b3c689c1): the venue tells them only when it is asked.
    """

    trading_pair: str
    position_side: PositionSide
    margin_type: MarginType
    #: At mark, signed as the amount.
    notional: Decimal
    #: Of the position alone.
    initial_margin: Decimal
    #: Of its side's open orders beside it, what they would lose at once included.
    order_margin: Decimal
    #: NaN before the brackets were read.
    maintenance_margin: Decimal
    unrealized_pnl: Decimal
    #: What is posted for it alone; 0 in cross mode.
    isolated_wallet: Decimal
    #: Maintenance as a fraction of what backs it: of the position where it is isolated, else of all cross ones that
    #: share its backing. At 1 it is liquidated. NaN before the brackets were read.
    margin_ratio: Decimal
    #: The mark price at which it is liquidated while nothing else moves; 0: at none. NaN before the brackets were read.
    liquidation_price: Decimal
