"""Funding payments as Hummingbot's recorder takes them: whole milliseconds, and no two alike, for the time alone is
their key there, and payments of several pairs are booked at one time."""

from collections import deque
from typing import Final

from hummingbot.core.event.events import FundingPaymentCompletedEvent as TheirPayment

from connector.core.events import FundingPaymentCompletedEvent

_MOST_REMEMBERED: Final = 10_000


class Payments:
    """Gives each payment a time of its own: the venue's, or the next free millisecond after it."""

    def __init__(self) -> None:
        self._given: set[int] = set()
        self._in_order: deque[int] = deque()

    def told(self, event: FundingPaymentCompletedEvent, market: str) -> TheirPayment:
        """The payment in Hummingbot's words."""
        time_ms = round(event.timestamp * 1000)
        while time_ms in self._given:
            time_ms += 1
        self._given.add(time_ms)
        self._in_order.append(time_ms)
        if len(self._in_order) > _MOST_REMEMBERED:
            self._given.remove(self._in_order.popleft())
        return TheirPayment(
            timestamp=time_ms,
            market=market,
            trading_pair=event.trading_pair,
            amount=event.amount,
            funding_rate=event.funding_rate,
        )
