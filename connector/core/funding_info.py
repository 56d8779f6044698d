"""What is known of a pair's funding."""

from dataclasses import dataclass
from decimal import Decimal
from enum import IntFlag
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class FundingInfo:
    """A pair's prices of funding, and the venue's forecast for the next settlement."""

    trading_pair: str
    index_price: Decimal
    mark_price: Decimal
    #: When the next settlement is, in s since the epoch.
    next_funding_utc_timestamp: float
    #: The forecast, a fraction per interval (0.0001 is 0.01 %): positive means that longs pay shorts.
    rate: Decimal

    def seconds_to_funding(self, now_s: float) -> float:
        """Seconds until the settlement, never negative."""
        return max(0.0, self.next_funding_utc_timestamp - now_s)


class SettledRate(NamedTuple):
    """What was paid at a settlement that is over."""

    time_ms: int
    rate: Decimal


@dataclass(frozen=True, slots=True)
class FundingTerms:
    """How a pair's funding is settled, and what was."""

    trading_pair: str
    #: 0: not known yet.
    interval_s: float
    #: None: the exchange names none beside its default; likewise the floor.
    rate_cap: Decimal | None
    rate_floor: Decimal | None
    #: The newest last.
    settled: tuple[SettledRate, ...]


class FundingChange(IntFlag):
    """What is new about a pair's funding: the forecast, the time between settlements, the time of the next one."""

    NONE = 0
    RATE = 1
    INTERVAL = 2
    NEXT_TIME = 4
