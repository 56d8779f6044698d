"""Orders that are over here and open there: a false word ended them.

The list of open orders may come from a replica that lags. One that has an order longer after its end than any replica
lags tells the truth: the order is a ghost, and is cancelled.
"""

import logging
from collections import OrderedDict
from typing import Final

from connector.core.clock import Clock
from connector.core.event_tags import MarketEvent
from connector.core.events import Event
from connector.exchange.bus import Bus
from connector.orders.tracker import Tracker

_LOG = logging.getLogger(__name__)
#: No replica lags longer.
_REPLICA_LAG_MS: Final = 5_000
_REMEMBERED: Final = 1_000
_ENDS = (
    MarketEvent.OrderCancelled, MarketEvent.OrderExpired, MarketEvent.OrderFailure,
    MarketEvent.BuyOrderCompleted, MarketEvent.SellOrderCompleted,
)  # fmt: skip


class GhostWatch:
    """Keeps when orders ended, by the steady clock."""

    def __init__(self, bus: Bus, tracker: Tracker, clock: Clock) -> None:
        self._tracker = tracker
        self._clock = clock
        self._ended_ms: OrderedDict[str, int] = OrderedDict()
        #: Those that were listed after their end, and not for long enough.
        self.suspects: set[str] = set()
        for tag in _ENDS:
            bus.add_listener(tag, self._hear)

    def look(self) -> None:
        """Takes up those that are over and not told so: filled by a word, with fills still missing."""
        for order in self._tracker.orders_missing_fills():
            if order.is_done:
                self._note(order.client_order_id)

    def is_ghost(self, client_order_id: str) -> bool:
        """Whether an order that is listed as open now is over here, and no replica can lag so far."""
        order = self._tracker.order(client_order_id)
        self.suspects.discard(client_order_id)
        if order is None or order.is_open or order.ghost:
            return False
        if self._clock.monotonic_ms() - self._note(client_order_id) < _REPLICA_LAG_MS:
            self.suspects.add(client_order_id)
            return False
        _LOG.warning(
            "%s is over here (%s) and open at the exchange: it is cancelled", client_order_id, order.state.name
        )
        return True

    def listed(self, symbol: str | None, names: set[str]) -> None:
        """A list was read, of one symbol or of all: who is not on it is over there, too."""
        for name in self.suspects - names:
            order = self._tracker.order(name)
            if order is None or symbol in (None, order.symbol):
                self.suspects.discard(name)

    def _hear(self, event: Event) -> None:
        self._note(getattr(event, "order_id", ""))

    def _note(self, client_order_id: str) -> int:
        ended_ms = self._ended_ms.setdefault(client_order_id, self._clock.monotonic_ms())
        while len(self._ended_ms) > _REMEMBERED:
            self._ended_ms.popitem(last=False)
        return ended_ms
