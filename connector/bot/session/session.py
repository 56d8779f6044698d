"""One epoch of an exchange, from the bot's side: start, quote, stop, and set the books beside each other."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Iterable
from decimal import Decimal
from enum import Enum, auto

from connector.bot.report.accounting import Accounting, Figures
from connector.bot.report.exchange_accounting import ExchangeAccounting, Holdings
from connector.bot.report.restart import restart_table
from connector.bot.report.screen import Screen
from connector.bot.report.status import Status
from connector.bot.report.summary import EpochSection
from connector.bot.session.announcer import Announcer
from connector.bot.session.instance_journal import Keeping, kept_instance
from connector.bot.session.local_exchange import ExchangeEpoch, LocalVenue
from connector.bot.session.quoter import Quoter
from connector.bot.session.shared_limits import SharedLimits
from connector.bot.session.stopping import Stopping, counted, named
from connector.config.connector_settings import ConnectorSettings
from connector.core.amounts import plain
from connector.core.clock import Clock
from connector.core.faults import ConfigFault, ConnectorFault, StopFault, UnavailableFault
from connector.core.trading_rule import TradingRule
from connector.exchange import gates
from connector.exchange.assemble import assemble
from connector.exchange.network.entry_report import entry_report
from connector.exchange.orders.openings import Openings
from connector.strategies.ladder import Quote, planned
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.start_check import largest_side, start_refusals

_LOG = logging.getLogger(__name__)
_TICK_S = 0.25
_READY_WITHIN_S = 30.0
_SETTLE_WITHIN_MS = 5_000
_READ_EVERY_S = 60.0
_EPOCH_EVERY_S = 0.25
_STEP_S = 0.2
#: Books that differ to the end must not use up the limit that a reading needs.
_LONGEST_STEP_S = 1.0
#: A stop does not wait longer than this for one answer: an exchange may ask for silence for days.
_ANSWER_WITHIN_S = 10.0
#: Nor longer than this for what the books can do without, or read in another way.
_BESIDE_WITHIN_S = 1.0
#: With a stop that a defect ended before, within the time that a stop may take.
_LAST_ACT_WITHIN_S = 7.0


class Ending(Enum):
    """Why a epoch is over for the bot."""

    STOPPED = auto()
    RESET = auto()


class Session:
    """Runs one strategy on one exchange epoch. `accounting` is handed in so that it can be watched.

    With `keeping` its orders outlive it. Raises `InstanceFault` where another instance has its tag, `ConfigFault`
    for a journal that can't be used.
    """

    def __init__(
        self,
        venue: LocalVenue,
        epoch: ExchangeEpoch,
        settings: PerpetualMarketMakingSettings,
        accounting: Accounting,
        screen: Screen,
        clock: Clock,
        keeping: Keeping | None = None,
    ) -> None:
        self._venue = venue
        self._epoch = epoch
        self._settings = settings
        self._accounting = accounting
        self._screen = screen
        self._clock = clock
        domain = venue.domain.carried_by(2 if settings.redundant_streams else 1)
        self._kept = kept_instance(keeping, domain, epoch.signer) if keeping else None
        instance = self._kept.instance if self._kept else f"b{secrets.token_hex(3)}"
        self._limits: SharedLimits | None = None
        try:
            own = keeping.settings_in_place if keeping else ConnectorSettings()
            self._limits = _limits(keeping, venue, epoch, own)
            throttle = self._limits.throttle if self._limits else None
            self._connector = assemble(domain, epoch.signer, (settings.market,), instance, clock, throttle, own)
        except ConnectorFault:
            self._give_back()
            raise
        if self._kept:
            self._kept.begin(clock.now_ms())
        self._announcer = Announcer(self._connector, venue, screen.print_line)
        self._exchange_accounting: ExchangeAccounting | None = None
        self._asset = ""
        self._abandoned = False
        self._was_stopped = False

    @property
    def openings(self) -> Openings:
        """The gate of orders that open."""
        return self._connector.openings

    @property
    def asset(self) -> str:
        """The margin asset, once the exchange has named it."""
        return self._asset

    async def start(self, stop: asyncio.Event) -> Ending | None:
        """Connects, checks everything, and only then sets leverage and mode. None when it may quote; an ending
        when told to stop, or when the exchange began another epoch meanwhile.

        Raises `ConnectorFault`.
        """
        beginning = asyncio.create_task(self._begin())
        told = asyncio.create_task(stop.wait())
        reset = asyncio.create_task(self._until_reset())
        await asyncio.wait((beginning, told, reset), return_when=asyncio.FIRST_COMPLETED)
        ended = None if beginning.done() else Ending.STOPPED if told.done() else Ending.RESET
        others = (told, reset) if ended is None else (beginning, told, reset)
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        if ended is None:
            beginning.result()
        if ended is Ending.RESET:
            _raise_defects((reset,))
        return ended

    async def _begin(self) -> None:
        connector, settings = self._connector, self._settings
        self._announcer.listen()
        await connector.start_network()
        self._show_restart()
        if broken := connector.trading_rules[settings.market].broken_status():
            raise ConfigFault("market", settings.market, f"{broken.rule}: {broken.value}", broken.remedy)
        await self._wait_until_ready()
        rule = connector.trading_rules[settings.market]
        reference = connector.get_mid_price(settings.market)
        refusals = start_refusals(settings, rule, reference)
        if refusals:
            raise refusals[0]
        quotes = tuple(planned(settings, reference))
        for line in sorted({_cut(quote, rule) for quote in quotes} - {""}):
            self._screen.print_line(line)
        notional = largest_side(quotes, connector.account_positions.values(), reference)
        await connector.check_leverage(settings.market, settings.leverage, notional)
        await connector.set_position_mode(settings.position_mode)
        await connector.set_leverage(settings.market, settings.leverage)
        self._asset = rule.margin_asset
        await self._open_accounting(rule.symbol)

    async def quote(self, stop: asyncio.Event) -> Ending:
        """Quotes until told to stop, or until the exchange turns out to have begun another epoch.

        Whatever asks the exchange runs beside the ticks: a slow answer must not hold up a pull or a stop-loss.
        """
        quoter = Quoter(self._connector, self._settings, self._clock, self._screen.print_line)
        status = Status(self._connector, self._accounting, self._settings.market)
        beside = (asyncio.create_task(self._keep_reading()), asyncio.create_task(self._until_reset()))
        try:
            while not stop.is_set() and not beside[1].done():
                self._connector.raise_if_broken()
                _raise_defects(beside)
                self._announcer.watch_openings()
                self._announcer.watch_refusals()
                quoter.tick()
                self._screen.show(status)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_TICK_S):
                        await stop.wait()
            # A task that ended by a defect has not seen another epoch.
            _raise_defects(beside)
            return Ending.STOPPED if stop.is_set() else Ending.RESET
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    async def _keep_reading(self) -> None:
        """Reads the exchange's books once a minute: what both sides have is dropped, so neither grows."""
        while True:
            await asyncio.sleep(_READ_EVERY_S)
            try:
                await self._venue_accounting.read()
                self._venue_accounting.match(self._accounting)
                await self._value_fees()
            except ConnectorFault as fault:
                _LOG.info("reading the exchange's books: %s", fault)

    async def _until_reset(self) -> None:
        """Ends when the exchange answers with another epoch; asks only while the user stream is down."""
        while True:
            await asyncio.sleep(_EPOCH_EVERY_S)
            if not self._connector.status_dict[gates.USER_STREAM]:
                with contextlib.suppress(UnavailableFault):
                    if (await self._venue.epoch()).name != self._epoch.name:
                        return

    async def stop(self, hurry: asyncio.Event | None = None) -> EpochSection:
        """Cancels, proves by the exchange's own list that nothing is left, and closes the books; within the time that
        a stop may take, and at once when told to hurry. Raises `Unverified` that names what may be open."""
        stopping = Stopping(
            self._connector, self._connector.is_own, self._clock, self._screen.print_line, hurry or asyncio.Event()
        )
        if not self._venue.has_ended:
            await stopping.cancel_everything()
        section = await stopping.unless_hopeless(self._settled(stopping.left_s), stopping.left_s + _STEP_S)
        if section is None:
            section = self._section_as_reported()
        left = stopping.open_orders()
        tracked = self._connector.in_flight_orders.items()
        unseen = tuple(name for name, order in tracked if not order.was_seen)
        # The exchange's list that was read is of the pair that was traded.
        market = self._settings.market
        elsewhere = tuple(name for name, order in tracked if order.was_seen and order.trading_pair != market)
        self._was_stopped = True
        await self._connector.stop_network()
        if not section.asked:
            raise Unverified(section, left.text())
        if section.exchange.open_at_end:
            names = f": {named(left.left)}" if left.left else ""
            raise Unverified(section, f"still open at the exchange: {_orders(section.exchange.open_at_end)}{names}")
        if unseen:
            text = (
                f"nobody knows whether the exchange has {counted(unseen)} that it did not answer for: {named(unseen)}"
            )
            raise Unverified(section, text)
        if elsewhere:
            raise Unverified(section, f"still open at the exchange: {named(elsewhere)}")
        return section

    async def abandon(self) -> EpochSection:
        """Closes the books of an exchange that is gone, by what it last told."""
        self._abandoned = True
        section = self._section_as_reported()
        await self._connector.stop_network()
        return section

    async def close(self) -> None:
        """Ends everything, whatever state it is in. Orders that a defect would leave behind are cancelled first, by the
        ids we know, and those that may live are named."""
        try:
            if self._connector.in_flight_orders and not (self._abandoned or self._was_stopped):
                left = await self._connector.cancel_whatever_broke(self._connector.is_own, _LAST_ACT_WITHIN_S)
                if left:
                    self._screen.print_line(f"may still be open at the exchange: {', '.join(left)}")
        finally:
            await self._connector.stop_network()
            self._give_back()

    def _give_back(self) -> None:
        """What other processes may take now: the part in the limits, and the tag."""
        if self._limits is not None:
            self._limits.close()
        self._end_journal()

    def _end_journal(self) -> None:
        """Writes what is left, and gives the tag free."""
        kept, self._kept = self._kept, None
        if kept is None:
            return
        left = kept.end(self._clock.now_ms())
        if left:
            self._screen.print_line(f"the journal could not be written to its end: {left}")
        if self._venue.ends_with_us:
            kept.forget()

    def _show_restart(self) -> None:
        found = self._connector.restart_table
        for line in self._kept.journal.damage if self._kept else ():
            self._screen.print_line(f"journal: {line}")
        if found is not None and found.says_something:
            _LOG.info("%s", found.headline)
            self._screen.print_line(found.headline)
            if found.rows:
                self._screen.console.print(restart_table(found))

    async def _wait_until_ready(self) -> None:
        connector, market = self._connector, self._settings.market
        deadline_ms = self._clock.monotonic_ms() + round(_READY_WITHIN_S * 1000)
        await connector.wait_until_ready(_READY_WITHIN_S)
        while connector.get_mid_price(market).is_nan():
            connector.raise_if_broken()
            if self._clock.monotonic_ms() > deadline_ms:
                raise UnavailableFault(f"not ready within {_READY_WITHIN_S:g} s: {market}: a side of its book is empty")
            await asyncio.sleep(0.02)

    async def _open_accounting(self, symbol: str) -> None:
        api = self._connector.venue_api
        self._exchange_accounting = ExchangeAccounting(api, symbol, self._asset, self._connector.is_own)
        await self._exchange_accounting.open(self._connector.venue_time_ms())
        start = self._exchange_accounting.figures
        self._accounting.open(self._asset, start.wallet_start, start.position)
        prices = self._connector.components.asset_prices
        self._accounting.price_of = lambda asset, at_ms: prices.price(asset, self._asset, at_ms)
        for tag in Accounting.TAGS:
            self._connector.add_listener(tag, self._accounting.on_event)

    @property
    def _venue_accounting(self) -> ExchangeAccounting:
        if self._exchange_accounting is None:
            raise AssertionError("the books are opened by start")
        return self._exchange_accounting

    async def _value_fees(self) -> None:
        """Looks up what fees were worth that were paid in another asset while no price of it was known."""
        unvalued, prices = self._accounting.unvalued, self._connector.components.asset_prices
        try:
            async with asyncio.timeout(_BESIDE_WITHIN_S):
                found = {
                    paid: await prices.price_then(paid.asset, self._asset, paid.time_ms) for paid in unvalued
                }
        except (ConnectorFault, TimeoutError) as fault:
            _LOG.info("what fees in other assets were worth is looked up later: %s", str(fault) or "no answer in time")
        else:
            self._accounting.value(found)

    async def _settled(self, within_s: float) -> EpochSection:
        """Asks until both sides agree or time is up: a push may be on its way while the answer is here."""
        deadline_ms = self._clock.monotonic_ms() + min(_SETTLE_WITHIN_MS, round(within_s * 1000))
        pause_s = _STEP_S
        while True:
            try:
                async with asyncio.timeout(min(_ANSWER_WITHIN_S, within_s)):
                    await self._venue_accounting.read()
            except (ConnectorFault, TimeoutError) as fault:
                _LOG.warning("reading the exchange's books: %s", str(fault) or "no answer in time")
                return self._section_as_reported()
            await self._value_fees()
            section = self._section(asked=True, exchange=self._venue_accounting.figures)
            if section.agrees or self._clock.monotonic_ms() > deadline_ms:
                return section
            if self._venue_accounting.unmatched_funding:
                await self._connector.components.funding_history.catch_up(_BESIDE_WITHIN_S)
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_STEP_S)

    def _section_as_reported(self) -> EpochSection:
        wallets = {asset: row.wallet for asset, row in self._connector.components.ledger.balances.items()}
        position = sum((row.amount for row in self._connector.account_positions.values()), Decimal(0))
        unrealized_pnl = self._connector.get_unrealized_pnl(self._settings.market)
        self._venue_accounting.tell(Holdings(wallets, position, unrealized_pnl))
        return self._section(asked=False, exchange=self._venue_accounting.figures)

    def _section(self, *, asked: bool, exchange: Figures) -> EpochSection:
        theirs, mine = self._venue_accounting, self._accounting
        differences = tuple(theirs.differences(mine)) if asked else ()
        return EpochSection(
            bot=mine.close(
                len(self._connector.in_flight_orders), self._connector.get_unrealized_pnl(self._settings.market)
            ),
            exchange=exchange,
            residuals=theirs.residuals(mine),
            foreign=theirs.foreign,
            differences=differences,
            asked=asked,
            feeds=self._connector.feed_report().to_json(),
            orders=entry_report(self._connector.components).to_json(),
            journal=self._kept.journal.report() if self._kept else {},
        )


class Unverified(StopFault):
    """A stop that could not be verified; the section of the books comes with it."""

    def __init__(self, section: EpochSection, text: str) -> None:
        super().__init__(text)
        self.section = section


def _limits(
    keeping: Keeping | None, venue: LocalVenue, epoch: ExchangeEpoch, settings: ConnectorSettings
) -> SharedLimits | None:
    """The limits that other processes count in, too; None where there are no others: at an exchange of our own."""
    if keeping is None or keeping.limits is None or venue.ends_with_us:
        return None
    return SharedLimits(keeping.limits, venue.domain, epoch.signer, settings.rate_limit_share)


def _raise_defects(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Raises what ended a task, if a defect did."""
    for task in tasks:
        if task.done() and not task.cancelled():
            task.result()


def _cut(quote: Quote, rule: TradingRule) -> str:
    """Says what becomes of an amount that is off the lot grid; empty for one that is on it."""
    traded = rule.quantize_amount(quote.amount)
    if traded == quote.amount:
        return ""
    return f"{quote.key}: {plain(quote.amount)} is traded as {plain(traded)}: the lot is {plain(rule.step_size)}"


def _orders(count: int) -> str:
    return "1 order" if count == 1 else f"{count} orders"
