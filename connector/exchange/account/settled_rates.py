"""The rate and the interval by which funding payments were settled: of the past, never the forecast of now.

What the feed has heard of a settlement answers at once; else the funding history is asked, which has a limit of its own
and no weight. A payment is booked up to a minute after its settlement ("Funding"), and settlements of one type come an
hour apart at least, so a payment is of the last settlement before it; one that is not listed yet is no settlement
before it.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from connector.core.funding_info import SettledRate
from connector.core.reports import IncomeReport
from connector.exchange.account.venue_api import VenueApi
from connector.market.feed import MarketFeed
from connector.venue.income_kinds import SPECIAL_FUNDING_FEE
from connector.venue.limits import MAX_ROWS
from connector.wire.funding_replies import Settlement

#: A payment is booked at most so long before its settlement, and after it, whatever the interval is.
_EARLY_MS: Final = 2_000
_LATE_MS: Final = 300_000
_DAY_MS: Final = 86_400_000
#: Pages of the history of one symbol that are read at a time: three months of hourly settlements are three.
_MOST_PAGES: Final = 20

#: Kind and number of a payment.
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Terms:
    """What was settled."""

    rate_of: SettledRate
    #: 0: nobody told of the settlement before it, or it was beside the regular ones.
    interval_ms: int


class SettledRates:
    """Looks up by what payments were settled."""

    def __init__(self, api: VenueApi, feed: MarketFeed) -> None:
        self._api = api
        self._feed = feed

    async def of(self, lines: Iterable[IncomeReport]) -> Mapping[Key, Terms]:
        """The terms of payments; of those that the history does not list (yet), none. Raises `ConnectorFault`."""
        found: dict[Key, Terms] = {}
        unknown: list[IncomeReport] = []
        for line in lines:
            terms = self._heard(line)
            if terms is None:
                unknown.append(line)
            else:
                found[line.kind, line.income_id] = terms
        for symbol, of_symbol in groupby(sorted(unknown, key=lambda line: line.symbol), lambda line: line.symbol):
            found |= await self._asked(symbol, list(of_symbol))
        return found

    def _heard(self, line: IncomeReport) -> Terms | None:
        """By the feed's own history, where it certainly has the settlement: what it has may end before it."""
        symbol_feed = self._feed.symbols.get(line.symbol)
        if symbol_feed is None or line.kind == SPECIAL_FUNDING_FEE:
            return None
        return terms_at(symbol_feed.funding.settled, line.time_ms, 8)

    async def _asked(self, symbol: str, lines: Sequence[IncomeReport]) -> dict[Key, Terms]:
        rows = await self._history(symbol, min(line.time_ms for line in lines))
        histories = {
            is_special: [row.settled for row in rows if row.is_special is is_special] for is_special in (True, False)
        }
        found: dict[Key, Terms] = {}
        for line in lines:
            is_special = line.kind == SPECIAL_FUNDING_FEE
            terms = terms_at(histories[is_special], line.time_ms, 2)
            if terms is not None:
                found[line.kind, line.income_id] = Terms(terms.rate_of, 0) if is_special else terms
        return found

    async def _history(self, symbol: str, first_ms: int) -> list[Settlement]:
        """Settlements from the one before a time on: the newest, and pages of older ones where they begin later."""
        newest = list(await self._api.settlements(symbol))
        if len(newest) > 1 and newest[1].settled.time_ms <= first_ms:
            return newest
        rows: list[Settlement] = []
        start_ms = first_ms - _DAY_MS
        for _ in range(_MOST_PAGES):
            page = await self._api.settlements(symbol, start_ms)
            rows += page
            if len(page) < MAX_ROWS:
                break
            start_ms = page[-1].settled.time_ms + 1
        return rows or newest


def terms_at(rows: Sequence[SettledRate], booked_ms: int, part: int) -> Terms | None:
    """The settlement that a payment of that time is of; None where the rows, oldest first, may not have it: it would
    be further away than that part of an interval."""
    place = bisect_right(rows, booked_ms + _EARLY_MS, key=lambda row: row.time_ms) - 1
    while place >= 0:
        interval_ms = _whole_s(rows[place].time_ms - rows[place - 1].time_ms) if place else 0
        margin_ms = interval_ms // part if interval_ms else _LATE_MS
        apart_ms = booked_ms - rows[place].time_ms
        if apart_ms >= -min(_EARLY_MS, margin_ms):
            return Terms(rows[place], interval_ms) if apart_ms <= min(_LATE_MS, margin_ms) else None
        place -= 1
    return None


def _whole_s(span_ms: int) -> int:
    """Times of settlements are milliseconds off."""
    return (span_ms + 500) // 1000 * 1000
