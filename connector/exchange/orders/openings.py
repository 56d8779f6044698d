"""The gate `openings`: while somebody holds it shut, no order leaves that opens; closing orders and cancels always go.

Whoever shuts it has a name (a file, a signal, a program) and opens it by that name. It is open while nobody holds it.
"""

import logging
from collections import Counter

from connector.core.clock import Clock
from connector.core.connection_events import OpeningsPausedEvent, OpeningsResumedEvent
from connector.core.enums import PositionAction
from connector.exchange.bus import Bus
from connector.orders.in_flight_order import InFlightOrder

_LOG = logging.getLogger(__name__)
_ALL = "all pairs"


class Openings:
    """Who holds the gate shut. Shutting twice by one name is shutting once."""

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock
        self._holders: dict[str, None] = {}
        #: How often each has shut it.
        self.times: Counter[str] = Counter()
        #: Orders that were kept back.
        self.kept = 0

    @property
    def is_open(self) -> bool:
        return not self._holders

    @property
    def shut_by(self) -> tuple[str, ...]:
        """Who holds it shut, in the order in which they came."""
        return tuple(self._holders)

    @property
    def reason(self) -> str:
        """Why nothing opens, in words; empty while it is open."""
        return f"the gate openings is shut by {' and by '.join(self._holders)}" if self._holders else ""

    def shut(self, by: str) -> None:
        """No order leaves that opens, until whoever shut it opens it again."""
        if by in self._holders:
            return
        self._holders[by] = None
        self.times[by] += 1
        _LOG.warning("the gate openings is shut by %s: closing orders and cancels go on", by)
        self._bus.publish((OpeningsPausedEvent(self._clock.now_ms() / 1000, _ALL, 0, f"shut by {by}"),))

    def release(self, by: str) -> None:
        """Ends what was shut by that name; who never shut it changes nothing."""
        if by not in self._holders:
            return
        del self._holders[by]
        _LOG.warning("the gate openings is opened by %s%s", by, f"; {self.reason}" if self._holders else "")
        if not self._holders:
            self._bus.publish((OpeningsResumedEvent(self._clock.now_ms() / 1000, _ALL, 0, self.kept),))

    def keeps_back(self, order: InFlightOrder) -> str:
        """Why an order does not go now; empty where it does."""
        if not self._holders or order.position_action is PositionAction.CLOSE:
            return ""
        self.kept += 1
        return self.reason
