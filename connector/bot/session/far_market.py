"""The market of a domain, followed by its public data alone, and written down as a recording while it comes.

    frames, snapshots     as they come, each at its place
    fundingInfo           at the start and every five minutes
    out of sight          at once when book or mark price can't be believed any more: a socket is cut, a stream is
                          silent, a gap, a reader that does not keep up; and while the contract does not trade there
    seen again            when they can, and a snapshot of the book was written since

No key is asked for, and nothing is signed.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Final, Protocol

from connector.bot.session.recording_lines import frame_line, funding_line, outage_line, snapshot_line
from connector.core.connection_events import FeedLostEvent, TradingStatusEvent
from connector.core.event_tags import MarketEvent
from connector.core.events import Event
from connector.core.faults import ConnectorFault, UnavailableFault
from connector.core.findings import Verdict
from connector.exchange import gates
from connector.exchange.account.rule_keeper import RuleKeeper
from connector.exchange.assemble import assemble_market
from connector.exchange.market_data.contract_info_source import ContractInfoSource
from connector.exchange.network.host_checks import HOSTS_OF_THE_MARKET, host_findings
from connector.net.system_clock import SystemClock
from connector.venue import endpoints
from connector.venue.domains import Domain
from connector.venue.markets import USDM_MARKET
from connector.wire.funding_replies import funding_adjustments
from connector.wire.instruments import instruments, list_of_one

_LOG = logging.getLogger(__name__)
_STEP_S = 0.1
_MINUTE_MS = 60_000
_FUNDING_EVERY_S, _FUNDING_AGAIN_S = 300.0, 15.0
#: Bytes that wait for the reader; beyond, what comes is not written any more until it has caught up.
MOST_WAITING: Final = 8 << 20
_BEHIND: Final = "the local exchange does not keep up"
_FIRST: Final = "not seen yet"


class Recorded(Protocol):
    """Where the recording goes."""

    @property
    def waiting(self) -> int:
        """Bytes that were not read yet."""
        ...

    def write(self, line: bytes) -> None: ...


class FarMarket:
    """Follows one pair. `tell` is given a line when it goes out of sight, and when it is seen again."""

    def __init__(self, domain: Domain, trading_pair: str, clock: SystemClock, tell: Callable[[str], None]) -> None:
        self.domain = domain
        #: So many frames were written, and so often was it out of sight.
        self.frames = self.outages = 0
        self._pair, self._clock, self._tell = trading_pair, clock, tell
        self._parts = assemble_market(domain, (trading_pair,), clock)
        self._symbol = ""
        self._recorded: Recorded | None = None
        #: Why it is out of sight, since when, and whether its book was written since.
        self._lost, self._lost_ms = _FIRST, 0
        self._has_snapshot = self._is_behind = False
        self._seen = asyncio.Event()

    @property
    def margin_asset(self) -> str:
        """What the pair is paid in; `listed` comes before."""
        return self._parts.pair_rules.rules[self._pair].margin_asset

    async def listed(self) -> bytes:
        """The pair's contract as a list of exchangeInfo, with its price of now.

        Raises `UnavailableFault` that names a host which can't be reached, `ConfigFault` for a pair that is not listed.
        """
        parts = self._parts
        for found in await host_findings(parts.gateway, parts.http, self._clock, HOSTS_OF_THE_MARKET):
            if found.verdict is Verdict.REFUSAL:
                raise UnavailableFault(found.line)
        await parts.gateway.measure_clock()
        body = await parts.gateway.call(endpoints.EXCHANGE_INFO)
        parts.pair_rules.take(instruments(body))
        self._symbol = parts.pair_rules.rules[self._pair].symbol
        now = await parts.api.index_price_at(self._symbol, parts.gateway.venue_ms() - _MINUTE_MS)
        if now is None:
            raise UnavailableFault(f"{self._pair}: {self.domain.name} tells no price of it")
        return list_of_one(body, self._symbol, now.price)

    async def follow(self, recorded: Recorded) -> None:
        """Writes until cancelled; `listed` comes before."""
        parts, symbol = self._parts, self._symbol
        self._recorded = recorded
        self._write_outage(_FIRST)
        parts.feed.add(symbol, self._pair)
        for tag in (MarketEvent.FeedLost, MarketEvent.TradingStatus):
            parts.bus.add_listener(tag, self._hear_of_loss)
        streams = parts.streams
        streams.books.tap(self._take_frame)
        streams.mark_trades.tap(self._take_frame)
        streams.books.snapshots.watcher = self._take_snapshot
        streams.books.add((symbol,))
        streams.mark_trades.add((symbol,))
        news = self._contract_news()
        works = (
            streams.books, streams.mark_trades, streams.quiet_books, streams.quiet_trades, parts.liveness,
            news, news.keeper,
        )  # fmt: skip
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work.run())
            group.create_task(self._follow_funding())
            while True:
                self._look()
                await asyncio.sleep(_STEP_S)

    async def seen(self, within_s: float) -> None:
        """Returns when it is in sight for the first time. Raises `UnavailableFault` when it is not in time."""
        try:
            async with asyncio.timeout(within_s):
                await self._seen.wait()
        except TimeoutError as error:
            status = self._parts.gates.report()
            shut = [status[name] for name in (gates.ORDER_BOOKS, gates.FUNDING_INFO) if not status[name].holds]
            why = "; ".join(gate.last_error or f"waits for {gate.waits_for}" for gate in shut) or self._lost
            raise UnavailableFault(f"no market of {self.domain.name} within {within_s:g} s: {why}") from error

    async def close(self) -> None:
        await self._parts.http.close()

    def lose(self, reason: str) -> None:
        """It is out of sight from now on; told once."""
        if not self._lost:
            self._lost, self._lost_ms = reason, self._clock.monotonic_ms()
            self.outages += 1
            self._say(f"{self.domain.name} is out of sight ({reason}): the dry run's market is halted until it is back")
        self._has_snapshot = False
        self._write_outage(reason)

    def give_up(self, reason: str) -> None:
        """It is out of sight for good: told, whatever was told before."""
        self._lost = ""
        self.lose(reason)

    def _look(self) -> None:
        """Whether what is out of sight is seen again; a book that was not rebuilt since is asked for anew."""
        if self._is_behind and self._recorded is not None and not self._recorded.waiting:
            self._is_behind = False
        is_fresh = self._parts.gates.holds(gates.ORDER_BOOKS) and self._parts.gates.holds(gates.FUNDING_INFO)
        # One that does not trade from the beginning is listed so: who trades it is told.
        is_halted = self._lost != _FIRST and not self._parts.pair_rules.rules[self._pair].is_trading
        if not self._lost or self._is_behind or is_halted or not is_fresh:
            return
        if self._has_snapshot:
            self._see_again()
        else:
            self._parts.streams.books.refresh(self._symbol)

    def _see_again(self) -> None:
        self._write_outage("")
        if self._lost != _FIRST:
            lasted_s = (self._clock.monotonic_ms() - self._lost_ms) / 1000
            self._say(f"{self.domain.name} is seen again after {lasted_s:.1f} s: the dry run's market goes on")
        self._lost = ""
        self._seen.set()

    def _contract_news(self) -> ContractInfoSource:
        """Whether the contract trades, as it changes."""
        parts = self._parts
        keeper = RuleKeeper(parts.pair_rules, parts.api, parts.bus, self._clock)
        keeper.begin()
        return ContractInfoSource(parts.gateway, USDM_MARKET, keeper, lambda: None, self._clock)

    def _say(self, line: str) -> None:
        _LOG.warning("%s", line)
        self._tell(line)

    def _hear_of_loss(self, event: Event) -> None:
        if isinstance(event, FeedLostEvent):
            self.lose(event.reason)
        elif isinstance(event, TradingStatusEvent) and not event.is_trading:
            self.lose(f"{event.trading_pair} does not trade there: {event.status}")

    def _take_frame(self, frame: bytes) -> None:
        if self._write(frame_line(self._clock.now_ns(), frame)):
            self.frames += 1

    def _take_snapshot(self, symbol: str, body: bytes) -> None:
        if self._write(snapshot_line(self._clock.now_ns(), symbol, body)):
            self._has_snapshot = True

    def _write(self, line: bytes) -> bool:
        """Whether it was taken."""
        if self._recorded is None or self._is_behind:
            return False
        if self._recorded.waiting > MOST_WAITING:
            self._is_behind = True
            self.lose(_BEHIND)
            return False
        self._recorded.write(line)
        return True

    def _write_outage(self, reason: str) -> None:
        if self._recorded is not None:
            self._recorded.write(outage_line(self._clock.now_ns(), self._symbol, reason))

    async def _follow_funding(self) -> None:
        while True:
            try:
                rows = funding_adjustments(await self._parts.gateway.call(endpoints.FUNDING_INFO))
            except ConnectorFault as fault:
                _LOG.info("reading funding: %s", fault)
                await asyncio.sleep(_FUNDING_AGAIN_S)
                continue
            row = next((row for row in rows if row.symbol == self._symbol), None)
            self._write(funding_line(self._clock.now_ns(), self._symbol, row))
            await asyncio.sleep(_FUNDING_EVERY_S)
