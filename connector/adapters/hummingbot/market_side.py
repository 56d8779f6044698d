"""The market without an account: for objects that are never started, for paper trading, and for data alone."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Final

from connector.config.connector_settings import ConnectorSettings
from connector.core.faults import ConnectorFault
from connector.core.funding_info import FundingInfo
from connector.core.interface import MarketDataView
from connector.core.reports import AccountReport
from connector.core.trading_rule import TradingRule
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.assemble import assemble_market
from connector.exchange.gates import FUNDING_INFO, ORDER_BOOKS
from connector.exchange.network.components import MarketComponents
from connector.exchange.network.tasks import Tasks
from connector.net.gateway import Gateway
from connector.net.http import Http
from connector.net.limits.throttle import Throttle
from connector.net.sign import Signer
from connector.net.system_clock import SystemClock
from connector.venue.domains import Domain

_LOG = logging.getLogger(__name__)
_PAUSES_S: Final = (1.0, 2.0, 5.0, 10.0)


class Questions:
    """What the venue answers to an object that is not started: each call opens what it needs, and closes it."""

    def __init__(self, domain: Domain) -> None:
        self._domain = domain

    async def rules(self) -> Mapping[str, TradingRule]:
        """Of every pair that is listed. Raises `ConnectorFault`."""
        async with self._asked(None) as api:
            return (await api.instruments()).rules

    async def last_prices(self) -> dict[str, Decimal]:
        """By symbol. Raises `ConnectorFault`."""
        async with self._asked(None) as api:
            return await api.last_prices()

    async def account(self, signer: Signer) -> AccountReport:
        """Balances and positions. Raises `ConnectorFault`."""
        async with self._asked(signer) as api:
            return await api.snapshot()

    async def answers(self) -> bool:
        """Whether it is there."""
        try:
            async with self._asked(None):
                return True
        except ConnectorFault:
            return False

    @asynccontextmanager
    async def _asked(self, signer: Signer | None) -> AsyncIterator[VenueApi]:
        http = Http(through_proxy=not self._domain.is_local)
        try:
            gateway = Gateway(self._domain, http, Throttle(), SystemClock())
            if signer is not None:
                gateway.sign_with(signer)
            await gateway.measure_clock(samples=1)
            yield VenueApi(gateway)
        finally:
            await http.close()


async def until_started(name: str, start: Callable[[], Awaitable[None]]) -> None:
    """Starts, again and again while the exchange lets it not; each new reason is told once."""
    told, tries = "", 0
    while True:
        try:
            await start()
        except ConnectorFault as fault:
            if str(fault) != told:
                told = str(fault)
                _LOG.warning("%s: the start waits: %s", name, told)
            await asyncio.sleep(_PAUSES_S[min(tries, len(_PAUSES_S) - 1)])
            tries += 1
        else:
            return


class KeylessMarket:
    """Books, trades and funding of some pairs, asked for without a key."""

    def __init__(self, domain: Domain, trading_pairs: list[str], settings: ConnectorSettings) -> None:
        """`trading_pairs` may grow until the start."""
        self._domain = domain
        self._pairs = trading_pairs
        self._settings = settings
        self._parts: MarketComponents | None = None
        self._tasks = Tasks()

    @property
    def status(self) -> dict[str, bool]:
        """The gates of the market; those of an account are nobody's."""
        held = {} if self._parts is None else self._parts.gates.status
        return {name: held.get(name, False) for name in (ORDER_BOOKS, FUNDING_INFO)}

    async def start(self) -> None:
        """Follows the pairs; tries until the exchange answers."""
        await until_started(self._domain.name, self._start)

    async def stop(self) -> None:
        """Follows nothing more."""
        parts, self._parts = self._parts, None
        await self._tasks.stop()
        if parts is not None:
            await parts.http.close()

    def market_data(self, trading_pair: str) -> MarketDataView | None:
        """None while the pair is not followed."""
        rule = None if self._parts is None else self._parts.pair_rules.rules.get(trading_pair)
        return None if rule is None or self._parts is None else self._parts.feed.symbols.get(rule.symbol)

    def funding_info(self, trading_pair: str) -> FundingInfo | None:
        """None before the pair's first frame."""
        rule = None if self._parts is None else self._parts.pair_rules.rules.get(trading_pair)
        feed = None if rule is None or self._parts is None else self._parts.feed.symbols.get(rule.symbol)
        return None if feed is None else feed.funding.info(trading_pair)

    async def add(self, trading_pair: str) -> bool:
        """Follows one more; False where it is not listed, or nothing is followed yet."""
        if self._parts is None or trading_pair in self._parts.pair_rules.rules:
            return False
        try:
            self._parts.pair_rules.add(trading_pair, await self._parts.api.instruments())
        except ConnectorFault as fault:
            _LOG.warning("%s can't be followed: %s", trading_pair, fault)
            return False
        self._follow(self._parts, (trading_pair,))
        return True

    async def remove(self, trading_pair: str) -> bool:
        """Follows it no more; False where it is not followed."""
        rule = None if self._parts is None else self._parts.pair_rules.rules.get(trading_pair)
        if self._parts is None or rule is None:
            return False
        parts = self._parts
        parts.pair_rules.remove(trading_pair)
        parts.streams.books.remove(rule.symbol)
        parts.streams.mark_trades.remove(rule.symbol)
        for part in (parts.liveness, parts.streams.quiet_books, parts.streams.quiet_trades):
            part.forget(rule.symbol)
        parts.feed.remove(rule.symbol)
        return True

    async def _start(self) -> None:
        parts = assemble_market(self._domain, tuple(self._pairs), SystemClock(), self._settings)
        try:
            await parts.gateway.measure_clock()
            parts.pair_rules.take(await parts.api.instruments())
        except BaseException:
            await parts.http.close()
            raise
        streams = parts.streams
        streams.books.measures_leads = False
        self._follow(parts, tuple(self._pairs))
        followed = (streams.books, streams.mark_trades, streams.quiet_books, streams.quiet_trades, parts.liveness)
        await self._tasks.start([part.run() for part in followed])
        self._parts = parts

    def _follow(self, parts: MarketComponents, trading_pairs: tuple[str, ...]) -> None:
        symbols = [parts.pair_rules.rules[trading_pair].symbol for trading_pair in trading_pairs]
        for symbol, trading_pair in zip(symbols, trading_pairs, strict=True):
            parts.feed.add(symbol, trading_pair)
        parts.streams.books.add(symbols)
        parts.streams.mark_trades.add(symbols)
