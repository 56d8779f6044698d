"""How far each symbol's own trades were read: what came later is read from there on, every page of it.

Ids rise until the venue sets an engine up anew; then they begin below all before. A newest trade below the mark says
that they fell: what came since is then read by its time, and the mark goes down with them.
"""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass

from connector.core.clock import Clock
from connector.core.journal import TradesRead
from connector.core.reports import OrderReport
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.order_journaling import OrderJournaling

_LOG = logging.getLogger(__name__)
#: How often a symbol without later trades is asked for its newest one.
_DOUBT_EVERY_MS = 60_000


@dataclass(slots=True)
class _Mark:
    """The newest trade that is known: its id, 0 without any, and when it was."""

    trade_id: int
    time_ms: int
    #: When it was last compared with the newest one, by the steady clock.
    doubted_ms: int
    #: Where ids fell from: those from here on are of before. None where they never fell.
    fell_from: int | None = None


class TradeMarks:
    """Marks by symbol, kept in the journal."""

    def __init__(self, api: VenueApi, journaling: OrderJournaling, clock: Clock) -> None:
        self._api, self._journaling, self._clock = api, journaling, clock
        self._marks: dict[str, _Mark] = {}

    async def set(self, symbol: str) -> None:
        """Marks the newest trade. What was not read yet, here or by an earlier life, counts as later, unless ids have
        fallen since: then it is another exchange."""
        newest = await self._api.newest_trade(symbol)
        trade_id, time_ms = (_id_of(newest), newest.time_ms) if newest else (0, 0)
        known = self._marks.get(symbol)
        read = known.trade_id if known else self._journaling.earlier.trades_read.get(symbol, trade_id)
        trade_id = min(trade_id, read)
        self._marks[symbol] = _Mark(trade_id, time_ms, self._clock.monotonic_ms())
        self._keep(symbol)

    async def later(self, symbol: str, *, doubts: bool) -> AsyncIterator[OrderReport]:
        """Every trade after the mark, which moves with them; none of a symbol without one.

        Where there is none, fallen ids may be why: that is looked at once a minute, and at once where somebody `doubts`
        that there is none.
        """
        mark = self._marks.get(symbol)
        if mark is None:
            return
        is_still = True
        async for report in self._after(symbol, mark):
            is_still = False
            yield report
        now_ms = self._clock.monotonic_ms()
        if is_still and (doubts or now_ms - mark.doubted_ms >= _DOUBT_EVERY_MS):
            mark.doubted_ms = now_ms
            if await self._fell(symbol, mark):
                async for report in self._after(symbol, mark):
                    yield report
        self._keep(symbol)

    async def _after(self, symbol: str, mark: _Mark) -> AsyncIterator[OrderReport]:
        """By id; by time where ids fell, since those of before are the greater ones."""
        if mark.fell_from is None:
            found = self._api.trades_from(symbol, mark.trade_id + 1)
        else:
            found = self._api.trades_since(symbol, mark.time_ms)
        known_id = mark.trade_id
        async for report in found:
            trade_id = _id_of(report)
            if trade_id > known_id and (mark.fell_from is None or trade_id < mark.fell_from):
                yield report
                mark.trade_id = max(mark.trade_id, trade_id)
                mark.time_ms = max(mark.time_ms, report.time_ms)

    async def _fell(self, symbol: str, mark: _Mark) -> bool:
        newest = await self._api.newest_trade(symbol)
        if newest is None or _id_of(newest) >= mark.trade_id:
            return False
        _LOG.warning("%s: trade ids fell from %d to %d: read by time", symbol, mark.trade_id, _id_of(newest))
        mark.fell_from, mark.trade_id = mark.trade_id, 0
        return True

    def _keep(self, symbol: str) -> None:
        self._journaling.reached(symbol, TradesRead(symbol, self._marks[symbol].trade_id))


def _id_of(trade: OrderReport) -> int:
    return int(trade.fills[0].trade_id)
