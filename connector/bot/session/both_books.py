"""The bot's books and the exchange's own, opened together and set beside each other at the end."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from connector.bot.report.accounting import Accounting, Figures, PaidElsewhere
from connector.bot.report.exchange_accounting import ExchangeAccounting, Holdings
from connector.bot.report.summary import EpochSection
from connector.core.amounts import ZERO
from connector.core.clock import Clock
from connector.core.faults import ConnectorFault, failure_text
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.network.entry_report import entry_report

_LOG = logging.getLogger(__name__)
_SETTLE_WITHIN_MS = 5_000
_READ_EVERY_S = 60.0
STEP_S = 0.2
#: Books that differ to the end must not use up the limit that a reading needs.
_LONGEST_STEP_S = 1.0
#: A stop does not wait longer than this for one answer: an exchange may ask for silence for days.
_ANSWER_WITHIN_S = 10.0
#: Nor longer than this for what the books can do without, or read in another way.
_BESIDE_WITHIN_S = 1.0


class BothBooks:
    """Of one pair on one exchange epoch. `journal_report` tells what is said of the journal, {} without one; `beside`
    are the books of the other pairs that are traded."""

    def __init__(
        self,
        connector: PerpetualDerivative,
        accounting: Accounting,
        clock: Clock,
        journal_report: Callable[[], dict[str, object]],
        beside: Sequence[Accounting] = (),
    ) -> None:
        self._connector = connector
        self._market = accounting.trading_pair
        self._beside = beside
        self._accounting = accounting
        self._clock = clock
        self._journal_report = journal_report
        self._opened: ExchangeAccounting | None = None
        #: The margin asset, once the books are open.
        self.asset = ""

    async def open(self) -> None:
        """Counts from here on, on both sides. Raises `ConnectorFault`."""
        connector = self._connector
        rule = connector.trading_rules[self._market]
        asset = self.asset = rule.margin_asset
        symbols = [connector.trading_rules[books.trading_pair].symbol for books in self._beside]
        self._opened = ExchangeAccounting(connector.venue_api, rule.symbol, asset, connector.is_own, symbols)
        await self._opened.open(self._connector.venue_time_ms())
        start = self._opened.figures
        self._accounting.open(asset, start.wallet_start, start.position)
        self._accounting.paid_before = self._opened.paid_before
        prices = self._connector.components.asset_prices
        self._accounting.price_of = lambda of, at_ms: prices.price(of, asset, at_ms)
        if self._beside:
            self._accounting.is_here = self._is_here
        for tag in Accounting.TAGS:
            self._connector.add_listener(tag, self._accounting.on_event)

    async def read(self) -> None:
        """Reads the exchange's books once: what both sides have is dropped, so neither grows."""
        try:
            await self._theirs.read()
            self._theirs.match(self._accounting)
            await self._value_fees(_ANSWER_WITHIN_S)
        except ConnectorFault as fault:
            _LOG.info("reading the exchange's books: %s", fault)

    async def settled(self, within_s: float) -> EpochSection:
        """Asks until both sides agree or time is up: a push may be on its way while the answer is here."""
        deadline_ms = self._clock.monotonic_ms() + min(_SETTLE_WITHIN_MS, round(within_s * 1000))
        pause_s = STEP_S
        while True:
            try:
                async with asyncio.timeout(min(_ANSWER_WITHIN_S, within_s)):
                    await self._theirs.read()
            except (ConnectorFault, TimeoutError) as fault:
                _LOG.warning("reading the exchange's books: %s", failure_text(fault))
                return self.as_reported()
            await self._value_fees()
            section = self._section(asked=True, exchange=self._theirs.figures)
            if section.agrees or self._clock.monotonic_ms() > deadline_ms:
                return section
            if self._theirs.unmatched_funding:
                left_s = (deadline_ms - self._clock.monotonic_ms()) / 1000
                await self._connector.components.funding_history.close_up(max(left_s, _BESIDE_WITHIN_S))
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_STEP_S)

    def as_reported(self) -> EpochSection:
        """By what the exchange last told, without asking it."""
        wallets = {asset: row.wallet for asset, row in self._connector.components.ledger.balances.items()}
        rows = (row for row in self._connector.account_positions.values() if row.trading_pair == self._market)
        position = sum((row.amount for row in rows), ZERO)
        unrealized_pnl = self._connector.get_unrealized_pnl(self._market)
        self._theirs.tell(Holdings(wallets, position, unrealized_pnl))
        self._theirs.beside = {
            asset: sum((books.figures.own_change(asset, books.asset) for books in self._beside), ZERO)
            for asset in {self.asset, *wallets}
        }
        return self._section(asked=False, exchange=self._theirs.figures)

    @property
    def _theirs(self) -> ExchangeAccounting:
        if self._opened is None:
            raise AssertionError("the books are opened by the start")
        return self._opened

    def _is_here(self, order_id: str) -> bool:
        order = self._connector.components.tracker.order(order_id)
        return order is not None and order.trading_pair == self._market

    async def _value_fees(self, within_s: float = _BESIDE_WITHIN_S) -> None:
        """Looks up what fees were worth that were paid in another asset while no price of it was known, one by one:
        what is found is valued, whatever becomes of the rest."""
        prices, found = self._connector.components.asset_prices, dict[PaidElsewhere, Decimal]()
        try:
            async with asyncio.timeout(within_s):
                for paid in tuple(self._accounting.unvalued):
                    found[paid] = await prices.price_then(paid.asset, self.asset, paid.time_ms)
        except (ConnectorFault, TimeoutError) as fault:
            _LOG.info("what fees in other assets were worth is looked up later: %s", failure_text(fault))
        self._accounting.value(found)

    def _section(self, *, asked: bool, exchange: Figures) -> EpochSection:
        theirs, mine, connector = self._theirs, self._accounting, self._connector
        left = sum(order.trading_pair == self._market for order in connector.in_flight_orders.values())
        bot = mine.close(left, connector.get_unrealized_pnl(self._market))
        bot.wallet_end += theirs.beside.get(self.asset, ZERO)
        return EpochSection(
            trading_pair=self._market,
            asset=self.asset,
            bot=bot,
            exchange=exchange,
            residuals=theirs.residuals(mine),
            foreign=theirs.foreign,
            differences=tuple(theirs.differences(mine)) if asked else (),
            asked=asked,
            feeds=connector.feed_report().to_json(),
            orders=entry_report(connector.components).to_json(),
            journal=self._journal_report(),
        )


class BooksOfRun:
    """Those of every pair that a run trades: opened, read and closed together."""

    def __init__(
        self,
        connector: PerpetualDerivative,
        accountings: Sequence[Accounting],
        clock: Clock,
        journal_report: Callable[[], dict[str, object]],
    ) -> None:
        self._books = tuple(
            BothBooks(connector, one, clock, journal_report, [other for other in accountings if other is not one])
            for one in accountings
        )

    @property
    def asset(self) -> str:
        """The margin asset of the first pair, once the books are open."""
        return self._books[0].asset

    async def open(self) -> None:
        """Counts from here on, on both sides. Raises `ConnectorFault`."""
        for books in self._books:
            await books.open()

    async def keep_read(self) -> None:
        """Reads the exchange's books once a minute."""
        while True:
            await asyncio.sleep(_READ_EVERY_S)
            for books in self._books:
                await books.read()

    async def settled(self, within_s: float) -> EpochSection:
        """Asks until both sides agree or time is up; those of the first pair, with the others beside them."""
        first, *others = await asyncio.gather(*(books.settled(within_s) for books in self._books))
        return replace(first, beside=tuple(others))

    def as_reported(self) -> EpochSection:
        """By what the exchange last told, without asking it."""
        first, *others = (books.as_reported() for books in self._books)
        return replace(first, beside=tuple(others))
