"""One life of an exchange, from the bot's side: start, quote, stop, and set the books beside each other."""

import asyncio
import logging
import secrets
from decimal import Decimal
from enum import Enum, auto

from connector.bot.books import Books, Figures
from connector.bot.exchange_books import ExchangeBooks
from connector.bot.local_exchange import ExchangeLife, LocalVenue
from connector.bot.quoter import Quoter
from connector.bot.screen import Screen
from connector.bot.status import Status
from connector.bot.summary import LifeSection
from connector.core.clock import Clock
from connector.core.events import Event, FeedLostEvent, FeedRestoredEvent, MarketEvent
from connector.core.faults import ConnectorFault, StopFault, UnavailableFault
from connector.exchange import gates, preflight
from connector.exchange.assemble import assemble
from connector.exchange.derivative import PerpetualDerivative
from connector.orders.client_order_ids import is_ours
from connector.strategies.ladder import planned
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.start_check import start_refusals

_LOG = logging.getLogger(__name__)
_TICK_S = 0.25
_READY_WITHIN_MS = 30_000
_CANCEL_WITHIN_S = 10.0
_SETTLE_WITHIN_MS = 5_000
_READ_EVERY_MS = 60_000
_LIFE_EVERY_MS = 250


class Ending(Enum):
    """Why a life is over for the bot."""

    STOPPED = auto()
    RESET = auto()


class Life:
    """Runs one strategy on one exchange life. `books` is handed in so that it can be watched."""

    def __init__(
        self,
        venue: LocalVenue,
        life: ExchangeLife,
        settings: PerpetualMarketMakingSettings,
        books: Books,
        screen: Screen,
        clock: Clock,
    ) -> None:
        tag = f"b{secrets.token_hex(3)}"
        self._venue = venue
        self._life = life
        self._settings = settings
        self._books = books
        self._screen = screen
        self._clock = clock
        self._connector = assemble(venue.domain, life.signer, (settings.market,), tag, clock)
        self._is_ours = lambda client_order_id: is_ours(client_order_id, tag)
        self._exchange_books: ExchangeBooks | None = None
        self._asset = ""
        self._lost: set[str] = set()
        self._abandoned = False

    @property
    def asset(self) -> str:
        """The margin asset, once the exchange has named it."""
        return self._asset

    async def start(self, stop: asyncio.Event) -> bool:
        """Connects, checks everything, and only then sets leverage and mode. False when told to stop meanwhile.

        Raises `ConnectorFault`.
        """
        beginning = asyncio.create_task(self._begin())
        told = asyncio.create_task(stop.wait())
        await asyncio.wait((beginning, told), return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        if not beginning.done():
            beginning.cancel()
            await asyncio.gather(beginning, return_exceptions=True)
            return False
        beginning.result()
        return True

    async def _begin(self) -> None:
        connector, settings = self._connector, self._settings
        await connector.start_network()
        await self._wait_until_ready()
        rule = connector.trading_rules[settings.market]
        reference = connector.get_mid_price(settings.market)
        refusals = start_refusals(settings, rule, reference)
        if refusals:
            raise refusals[0]
        brackets = await connector.parts.account.brackets(rule.symbol)
        quotes = tuple(planned(settings, reference))
        notional = max(
            sum((quote.amount * quote.price for quote in quotes if quote.trade_type is side), Decimal(0))
            for side in {quote.trade_type for quote in quotes}
        )
        preflight.check_leverage(rule, settings.leverage, brackets, notional)
        await connector.set_position_mode(settings.position_mode)
        await connector.set_leverage(settings.market, settings.leverage)
        self._asset = rule.margin_asset
        await self._open_books(rule.symbol)
        for tag in (MarketEvent.FeedLost, MarketEvent.FeedRestored):
            connector.add_listener(tag, self._tell_feed)

    async def quote(self, stop: asyncio.Event) -> Ending:
        """Quotes until told to stop, or until the exchange turns out to have begun another life."""
        quoter = Quoter(self._connector, self._settings, self._clock)
        status = Status(self._connector, self._books, self._settings.market)
        read_ms, asked_ms = self._clock.monotonic_ms(), 0
        while not stop.is_set():
            self._connector.raise_if_broken()
            quoter.tick()
            self._screen.show(status)
            now_ms = self._clock.monotonic_ms()
            if not self._connector.status_dict[gates.USER_STREAM] and now_ms - asked_ms > _LIFE_EVERY_MS:
                asked_ms = now_ms
                if await self._is_reset():
                    return Ending.RESET
            elif now_ms - read_ms > _READ_EVERY_MS:
                read_ms = now_ms
                await self._read_books()
            try:
                await asyncio.wait_for(stop.wait(), _TICK_S)
            except TimeoutError:
                continue
        return Ending.STOPPED

    async def stop(self) -> LifeSection:
        """Cancels, proves by the exchange's own list that nothing is left, and closes the books."""
        results = await self._connector.cancel_all(_CANCEL_WITHIN_S)
        await self._sweep()
        section = await self._settled()
        await self._connector.stop_network()
        left = sum(not result.success for result in results)
        if not section.asked and left:
            raise Unverified(section, f"the exchange does not answer: {left} orders may still be open there")
        if section.exchange.open_at_end:
            raise Unverified(section, f"{section.exchange.open_at_end} orders are still open at the exchange")
        return section

    async def abandon(self) -> LifeSection:
        """Closes the books of an exchange that is gone, by what it last told."""
        self._abandoned = True
        section = self._section_as_told()
        await self._connector.stop_network()
        return section

    async def close(self) -> None:
        """Ends everything, whatever state it is in. Orders that a defect would leave behind are cancelled first."""
        if self._connector.in_flight_orders and not self._abandoned:
            await self._sweep()
        await self._connector.stop_network()

    async def _sweep(self) -> None:
        """Cancels what the exchange's own list still has of ours, whatever we believe."""
        try:
            await self._connector.sweep(self._is_ours)
        except ConnectorFault as fault:
            _LOG.warning("cancelling what the exchange lists: %s", fault)

    async def _wait_until_ready(self) -> None:
        deadline_ms = self._clock.monotonic_ms() + _READY_WITHIN_MS
        while not self._connector.ready:
            self._connector.raise_if_broken()
            if self._clock.monotonic_ms() > deadline_ms:
                raise UnavailableFault(f"not ready within {_READY_WITHIN_MS // 1000} s: {_shut(self._connector)}")
            await asyncio.sleep(0.02)

    async def _open_books(self, symbol: str) -> None:
        self._exchange_books = ExchangeBooks(self._connector.parts.account, symbol, self._asset, self._is_ours)
        await self._exchange_books.open(self._connector.parts.gateway.venue_ms())
        start = self._exchange_books.figures
        self._books.open(start.wallet_start, start.position)
        for tag in Books.TAGS:
            self._connector.add_listener(tag, self._books.hear)

    async def _is_reset(self) -> bool:
        try:
            return (await self._venue.life()).name != self._life.name
        except UnavailableFault:
            return False

    async def _read_books(self) -> None:
        try:
            await self._theirs.read()
            self._theirs.match(self._books)
        except ConnectorFault as fault:
            _LOG.info("reading the exchange's books: %s", fault)

    @property
    def _theirs(self) -> ExchangeBooks:
        if self._exchange_books is None:
            raise AssertionError("the books are opened by start")
        return self._exchange_books

    async def _settled(self) -> LifeSection:
        """Asks until both sides agree or time is up: a push may be on its way while the answer is here."""
        deadline_ms = self._clock.monotonic_ms() + _SETTLE_WITHIN_MS
        while True:
            try:
                await self._theirs.read()
            except ConnectorFault as fault:
                _LOG.warning("reading the exchange's books: %s", fault)
                return self._section_as_told()
            section = self._section(asked=True, exchange=self._theirs.figures)
            if section.agrees or self._clock.monotonic_ms() > deadline_ms:
                return section
            await asyncio.sleep(0.2)

    def _section_as_told(self) -> LifeSection:
        figures = self._theirs.figures
        figures.wallet_end = self._connector.get_balance(self._asset)
        rows = self._connector.account_positions.values()
        figures.position = sum((row.amount for row in rows), Decimal(0))
        return self._section(asked=False, exchange=figures)

    def _section(self, *, asked: bool, exchange: Figures) -> LifeSection:
        theirs, mine = self._theirs, self._books
        differences = tuple(theirs.differences(mine)) if asked else ()
        return LifeSection(
            bot=mine.close(len(self._connector.in_flight_orders)),
            exchange=exchange,
            residual=theirs.residual(mine),
            foreign=theirs.foreign,
            differences=differences,
            asked=asked,
        )

    def _tell_feed(self, event: Event) -> None:
        match event:
            case FeedLostEvent():
                if not self._lost:
                    self._screen.say(f"exchange lost ({event.gate}: {event.reason}); no orders until it is back")
                self._lost.add(event.gate)
            case FeedRestoredEvent():
                self._lost.discard(event.gate)
                if not self._lost:
                    self._screen.say("exchange is back; quoting goes on")


class Unverified(StopFault):
    """A stop that could not be verified; the section of the books comes with it."""

    def __init__(self, section: LifeSection, text: str) -> None:
        super().__init__(text)
        self.section = section


def _shut(connector: PerpetualDerivative) -> str:
    return "; ".join(
        f"{name} waits for {gate.waits_for}" + (f" ({gate.last_error})" if gate.last_error else "")
        for name, gate in connector.status_report.items()
        if not gate.holds
    )
