"""Funding payments, read from the venue's account book into the dispatcher, beside all trading.

A payment is told with its number and with what was settled. It is told late rather than wrong: a push, which has
neither, only makes the book be asked sooner. Nothing waits for it, and what fails here is tried again.

    mark     every payment before it is told; it stands in the journal, and a later life reads on from there
    overlap  a line may be shown late: what is known by its number is passed over
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import Final

from connector.account.ledger import Ledger
from connector.core.clock import Clock
from connector.core.faults import ConnectorFault, failure_text
from connector.core.journal import FundingRead
from connector.core.reports import FundingReport, IncomeReport, ReportSource
from connector.exchange.account.pair_rules import PairRules
from connector.exchange.account.settled_rates import Key, SettledRates, Terms
from connector.exchange.account.venue_side import VenueSide
from connector.exchange.beat import beat
from connector.exchange.order_journaling import OrderJournaling
from connector.market.feed import MarketFeed
from connector.venue.income_kinds import FUNDING_FEE, FUNDING_KINDS, SPECIAL_FUNDING_FEE

_LOG = logging.getLogger(__name__)
_STEP_S: Final = 0.5
_OVERLAP_MS: Final = 300_000
#: The venue keeps three months.
_KEPT_MS: Final = 89 * 86_400_000
#: What a payment was settled by is asked for so often; then it is told without.
_MOST_RATE_TRIES, _RATE_AGAIN_MS = 4, 5_000
_CATCH_UP_WITHIN_S: Final = 5.0


@dataclass(slots=True)
class _Waiting:
    """A payment whose rate is not listed yet."""

    line: IncomeReport
    tries: int
    again_ms: int


@dataclass(frozen=True, slots=True)
class Paid:
    """What is traded and held, and which payments are told."""

    pair_rules: PairRules
    feed: MarketFeed
    ledger: Ledger


class FundingHistory:
    """Tells payments of the traded pairs. `run` runs until cancelled."""

    def __init__(
        self, venue: VenueSide, rates: SettledRates, journaling: OrderJournaling, paid: Paid, clock: Clock
    ) -> None:
        self._gateway, self._api, self._dispatcher = venue.gateway, venue.api, venue.dispatcher
        self.asks = venue.payment_asks
        self._rates = rates
        self._journaling = journaling
        self._paid = paid
        self._clock = clock
        self._since_ms = 0
        self._waiting: dict[Key, _Waiting] = {}
        self._reading = asyncio.Lock()

    def begin(self, since_ms: int) -> None:
        """Payments before that time are not ours to tell; a later start goes on from where the last reading ended."""
        since_ms = self._since_ms or since_ms
        oldest_ms = self._gateway.venue_ms() - _KEPT_MS
        if since_ms < oldest_ms:
            _LOG.warning("funding payments of before three months ago can't be read: the exchange does not keep them")
        self._since_ms = max(since_ms, oldest_ms)

    def forget(self, symbol: str) -> None:
        """The symbol is followed no more."""
        self.asks.forget(symbol)

    async def run(self) -> None:
        while True:
            await beat(_STEP_S)
            now_ms = self._clock.monotonic_ms()
            schedule = [(row.symbol, row.funding.next_funding_ms) for row in self._paid.feed.symbols.values()]
            held = {row.symbol for row in self._paid.ledger.positions}
            self.asks.look(schedule, held, self._gateway.venue_ms(), now_ms)
            try:
                if self.asks.is_due(now_ms):
                    await self.read()
                elif any(row.again_ms <= now_ms for row in self._waiting.values()):
                    async with self._reading:
                        await self._tell({})
            except ConnectorFault as fault:
                _LOG.info("reading funding payments: %s", fault)

    async def catch_up(self, within_s: float = _CATCH_UP_WITHIN_S) -> None:
        """Reads now, unless that takes too long or fails: then it is read beside what follows."""
        try:
            async with asyncio.timeout(within_s):
                await self.read()
        except (ConnectorFault, TimeoutError) as fault:
            _LOG.info("funding payments are read later: %s", failure_text(fault))
            self.asks.hurry(self._clock.monotonic_ms())

    async def close_up(self, within_s: float) -> None:
        """Reads now, and tells what waits for its rate without it: books are about to be closed on what was paid."""
        await self.catch_up(within_s)
        for row in tuple(self._waiting.values()):
            self._tell_one(row, None)

    async def read(self) -> None:
        """Takes in every payment since the mark, all pages. Raises `ConnectorFault`."""
        async with self._reading:
            asked_ms, now_ms = self._gateway.venue_ms(), self._clock.monotonic_ms()
            self.asks.asked(now_ms)
            try:
                lines = await self._read_lines()
            except ConnectorFault:
                self.asks.failed(self._clock.monotonic_ms())
                raise
            for line in lines.values():
                self.asks.found(line.symbol, line.time_ms)
            await self._tell(lines)
            self._reach(asked_ms - _OVERLAP_MS)
            for symbol in self.asks.answered(self._clock.monotonic_ms()):
                _LOG.info("no funding payment of %s stands in the account book", symbol)

    async def _read_lines(self) -> dict[Key, IncomeReport]:
        """By kind and number, the oldest first."""
        kinds = (FUNDING_FEE, SPECIAL_FUNDING_FEE) if self._paid.pair_rules.trades_traditional else (FUNDING_FEE,)
        lines = [line for kind in kinds async for line in self._api.funding_since(self._since_ms, kind)]
        lines.sort(key=lambda line: line.time_ms)
        return {(line.kind, line.income_id): line for line in lines if line.kind in FUNDING_KINDS}

    async def _tell(self, lines: dict[Key, IncomeReport]) -> None:
        """Tells what is new, with what was settled; what is not listed yet waits a little for that."""
        now_ms = self._clock.monotonic_ms()
        for key, line in lines.items():
            if key not in self._waiting and self._is_new(line):
                self._waiting[key] = _Waiting(line, 0, now_ms)
        due = [row for row in self._waiting.values() if row.again_ms <= now_ms]
        if not due:
            return
        terms: dict[Key, Terms] = {}
        try:
            terms = dict(await self._rates.of(row.line for row in due))
        except ConnectorFault as fault:
            _LOG.info("reading settled rates: %s", fault)
        for row in due:
            row.tries, row.again_ms = row.tries + 1, self._clock.monotonic_ms() + _RATE_AGAIN_MS
            found = terms.get((row.line.kind, row.line.income_id))
            if found is not None or row.tries >= _MOST_RATE_TRIES:
                self._tell_one(row, found)

    def _tell_one(self, row: _Waiting, terms: Terms | None) -> None:
        """Unless it was told while its rate was asked for."""
        if self._waiting.pop((row.line.kind, row.line.income_id), None) is not None:
            self._dispatcher.dispatch(_report(row.line, terms))

    def _is_new(self, line: IncomeReport) -> bool:
        if self._paid.pair_rules.pair_of(line.symbol) is None:
            return False
        return not self._paid.ledger.payments.is_known(line.income_id, is_special=line.kind == SPECIAL_FUNDING_FEE)

    def _reach(self, until_ms: int) -> None:
        """Moves the mark on, never beyond what waits to be told."""
        waiting_ms = min((row.line.time_ms for row in self._waiting.values()), default=until_ms)
        self._since_ms = max(self._since_ms, min(until_ms, waiting_ms))
        self._journaling.reached("funding", FundingRead(self._since_ms))


def _report(line: IncomeReport, terms: Terms | None) -> FundingReport:
    return FundingReport(
        source=ReportSource.QUERY,
        symbol=line.symbol,
        asset=line.asset,
        amount=line.amount,
        time_ms=line.time_ms,
        income_id=line.income_id,
        is_special=line.kind == SPECIAL_FUNDING_FEE,
        rate=None if terms is None else terms.rate_of.rate,
        interval_ms=0 if terms is None else terms.interval_ms,
    )
