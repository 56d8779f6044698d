"""Keeps orders that open from leaving at a leverage that a second factor does not permit, whoever set it.

at the start, when a leverage changes, and each second (an approval runs out)
    the highest leverage of the traded symbols that is barred ──▶ holds the gate of openings shut, by its words
"""

from collections.abc import Callable, Iterable

from connector.core.event_tags import MarketEvent
from connector.core.events import Event
from connector.exchange.account.factor_permit import Permit
from connector.exchange.beat import beat
from connector.exchange.bus import Bus
from connector.exchange.orders.openings import Openings

_EVERY_S = 1.0


class FactorWatch:
    """`in_force` gives the leverages of what is traded. `run` runs until cancelled."""

    def __init__(self, permit: Permit, openings: Openings, in_force: Callable[[], Iterable[int]], bus: Bus) -> None:
        self.permit = permit
        self._openings = openings
        self._in_force = in_force
        self._shut = ""
        for tag in (MarketEvent.LeverageChanged, MarketEvent.LeverageConfirmed):
            bus.add_listener(tag, self._hear)

    async def run(self) -> None:
        while self.permit.leverage_above is not None:
            await beat(_EVERY_S)
            self.look()

    def look(self) -> None:
        """Shuts the gate by what is barred now, or opens it where nothing is any more."""
        barred = self.permit.bars_leverage(max(self._in_force(), default=0))
        if barred != self._shut:
            before, self._shut = self._shut, barred
            if barred:
                self._openings.shut(barred)
            self._openings.release(before)

    def _hear(self, event: Event) -> None:
        self.look()
