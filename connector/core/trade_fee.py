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


@dataclass(frozen=True, slots=True)
class CommissionRate:
    """What fills of a pair cost the account, as fractions of the notional, before a discount for paying in BNB."""

    #: Below 0 it is a rebate.
    maker: Decimal
    taker: Decimal
    #: Of a maker whose order is for retail alone (RPI); the maker's where the venue tells none.
    rpi: Decimal
