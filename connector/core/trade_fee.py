"""What a trade cost. Names and fields follow Hummingbot's."""

from dataclasses import dataclass
from decimal import Decimal

from connector.core.amounts import ZERO


@dataclass(frozen=True, slots=True)
class TokenAmount:
    """An amount of one asset."""

    token: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class TradeFee:
    """What a trade cost, as the venue booked it."""

    #: Negative amounts are rebates.
    flat_fees: tuple[TokenAmount, ...] = ()
    percent: Decimal = ZERO
