"""A contract's funding as the mark price stream tells it."""

from decimal import Decimal

from connector.core.funding_info import FundingInfo
from connector.market.facts import MarkPrice


class FundingRate:
    """Mark and index price, and the rate forecast for `next_funding_ms`. None until the first frame came."""

    __slots__ = ("index_price", "mark_price", "next_funding_ms", "rate", "time_ms")

    def __init__(self) -> None:
        self.mark_price: Decimal | None = None
        self.index_price: Decimal | None = None
        self.rate: Decimal | None = None
        self.next_funding_ms = 0
        self.time_ms = 0

    def apply(self, row: MarkPrice) -> None:
        """Takes what the venue says now; `time_ms` is its clock."""
        self.mark_price, self.index_price, self.rate = row.mark_price, row.index_price, row.rate
        self.next_funding_ms, self.time_ms = row.next_funding_ms, row.time_ms

    def info(self, trading_pair: str) -> FundingInfo | None:
        """What is known, or None while nothing is and for contracts without funding."""
        if self.mark_price is None or self.index_price is None or self.rate is None:
            return None
        return FundingInfo(
            trading_pair=trading_pair,
            index_price=self.index_price,
            mark_price=self.mark_price,
            next_funding_utc_timestamp=self.next_funding_ms / 1000,
            rate=self.rate,
        )
