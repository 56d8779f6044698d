"""One epoch of an exchange, from the bot's side: start, quote, stop, and set the books beside each other."""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from enum import Enum, auto

from connector.bot.quoting.run_plan import RunPlan
from connector.bot.report.accounting import Accounting
from connector.bot.report.limit_statuses import limit_statuses
from connector.bot.report.restart import restart_table
from connector.bot.report.run_lines import RunLines
from connector.bot.report.screen import Screen
from connector.bot.report.states import Phase
from connector.bot.report.status import Status
from connector.bot.report.status_source import StatusSource
from connector.bot.report.summary import EpochSection
from connector.bot.session.announcer import Announcer
from connector.bot.session.both_books import STEP_S, BooksOfRun
from connector.bot.session.instance_journal import Keeping, kept_instance
from connector.bot.session.local_exchange import ExchangeEpoch
from connector.bot.session.position_end import CLOSE_WITHIN_S, PositionEnd
from connector.bot.session.quoters import Quoters
from connector.bot.session.shared_limits import SharedLimits, shared_limits
from connector.bot.session.stopping import KEPT_TO_READ_S, Stopping, counted, named
from connector.bot.session.undisturbed import undisturbed
from connector.bot.session.venues import TradingVenue
from connector.bot.session.wanted_settings import WantedSettings
from connector.config.connector_settings import ConnectorSettings
from connector.core.clock import Clock
from connector.core.faults import ConfigFault, ConnectorFault, StopFault, StrategyFault, UnavailableFault
from connector.exchange import gates
from connector.exchange.account.order_limits import risk_bounds
from connector.exchange.assemble import assemble
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.orders.openings import Openings

_LOG = logging.getLogger(__name__)
_TICK_S = 0.25
_READY_WITHIN_S = 30.0
_EPOCH_EVERY_S = 0.25
#: Of money that is not played.
_UNBOUNDED = (
    "no limit on losses is on: all there is may be lost; max_loss_of_day, max_loss_of_run and max_drawdown in "
    "connector.yml are such limits"
)
#: With a stop that a defect ended before, within the time that a stop may take.
_LAST_ACT_WITHIN_S = 7.0


class Ending(Enum):
    """Why a epoch is over for the bot."""

    STOPPED = auto()
    RESET = auto()
    #: The exchange takes the key no more.
    KEY_LOST = auto()


class Session:
    """Runs a plan on one exchange epoch. `new_accounting` makes the bot's books of a pair, so that they can be watched.

    With `keeping` its orders outlive it. Raises `InstanceFault` where another instance has its tag, `ConfigFault`
    for a journal that can't be used.
    """

    def __init__(
        self,
        venue: TradingVenue,
        epoch: ExchangeEpoch,
        plan: RunPlan,
        new_accounting: Callable[[str], Accounting],
        screen: Screen,
        clock: Clock,
        keeping: Keeping | None = None,
    ) -> None:
        self._venue = venue
        self._epoch = epoch
        self._plan = plan
        accountings = {pair: new_accounting(pair) for pair in plan.pairs}
        self._screen = screen
        self._clock = clock
        domain = venue.domain.carried_by(2 if plan.redundant_streams else 1)
        self._kept = kept_instance(keeping, domain, epoch.signer) if keeping else None
        instance = self._kept.instance if self._kept else f"b{secrets.token_hex(3)}"
        self._limits: SharedLimits | None = None
        try:
            own = keeping.settings_in_place if keeping else ConnectorSettings()
            self._limits = shared_limits(keeping, venue, epoch, own)
            throttle = self._limits.throttle if self._limits else None
            self._connector = assemble(domain, epoch.signer, plan.pairs, instance, clock, throttle, own, venue.permit)
        except ConnectorFault:
            self._give_back()
            raise
        if self._kept:
            self._kept.begin(clock.now_ms())
        #: How the bot stands, whatever it is about; to be asked at any time.
        books = accountings[plan.market]
        self.status = StatusSource(self._connector, books, plan.market, venue.data_of, accountings)
        self.status.phase, self.status.is_rehearsal = Phase.STARTING, venue.is_rehearsal
        self.status.limits = lambda: limit_statuses(self._connector)
        closes, self._bounds = own.on_stop == "close", risk_bounds(own)
        self._lines = RunLines(self.status, screen.print_line, clock)
        self.position_end = PositionEnd(self._connector, plan.pairs, self._lines.say, closes=closes)
        self._wanted = WantedSettings(self._connector, plan)
        self._announcer = Announcer(self._connector, venue, self._lines.say)
        self._books = BooksOfRun(self._connector, tuple(accountings.values()), clock, self._journal_report)
        self.quoters = Quoters(self._connector, plan, domain, clock, self._lines.say)
        self.status.strategies = self.quoters.facts
        self.status.paused = lambda: self.quoters.all_paused
        self._ends_with_us = contextlib.ExitStack()
        #: What was not there yet when a start was told to end; empty where it was not.
        self.missing = ""
        self._is_connected = False
        self._abandoned = False
        self._was_stopped = False

    @property
    def connector(self) -> PerpetualDerivative:
        """What it trades by, for whoever looks on."""
        return self._connector

    @property
    def openings(self) -> Openings:
        """The gate of orders that open."""
        return self._connector.openings

    @property
    def key_lost(self) -> str:
        """Why nothing more can be done with the key; empty while it can."""
        return self._connector.components.key_watch.lost

    @property
    def strategy_fault(self) -> StrategyFault | None:
        """What a strategy of somebody's own raised; None while all work."""
        return self.quoters.fault

    @property
    def strikes(self) -> tuple[str, ...]:
        """Limits on losses that struck, each with its figures."""
        return tuple(self._connector.components.risk.strikes)

    @property
    def _is_struck(self) -> bool:
        """Whether a limit on losses ends the run, and closes what is held."""
        return self._connector.components.risk.wants_end

    @property
    def asset(self) -> str:
        """The margin asset, once the exchange has named it."""
        return self._books.asset

    async def start(self, stop: asyncio.Event, hurry: asyncio.Event | None = None) -> Ending | None:
        """Connects, checks everything, and only then sets leverage and mode. None when it may quote; an ending
        when told to stop, or when the exchange began another epoch meanwhile. What is held at a stop is told, or
        closed, as at the end of a run, where it is known by then; so it is where a limit struck and the start fails.

        Raises `ConnectorFault`.
        """
        beginning = asyncio.create_task(self._begin())
        told = asyncio.create_task(stop.wait())
        reset = asyncio.create_task(self._until_reset())
        await asyncio.wait((beginning, told, reset), return_when=asyncio.FIRST_COMPLETED)
        ended = None if beginning.done() else Ending.STOPPED if told.done() else Ending.RESET
        if ended is not None:
            self.missing = str(self.status.state())
            _LOG.warning("told to stop, or reset, while it was %s", self.missing)
        others = (told, reset) if ended is None else (beginning, told, reset)
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        if ended is None and beginning.exception() is not None and self.position_end.is_struck:
            await self._end_position(self._stopping(hurry))
        if ended is None:
            beginning.result()
        if ended is Ending.RESET:
            _raise_defects((reset,))
        if ended is Ending.STOPPED:
            await self._end_position(self._stopping(hurry))
        return ended

    async def _end_position(self, stopping: Stopping) -> None:
        if not self._connector.status_dict[gates.ACCOUNT_BALANCE]:
            return
        if self.position_end.closes and self._is_connected:
            await stopping.unless_hopeless(self.position_end.close(), CLOSE_WITHIN_S)
        self.position_end.tell()

    async def _begin(self) -> None:
        connector, quoters = self._connector, self.quoters
        self._announcer.listen()
        self._lines.listen()
        await connector.start_network()
        self._is_connected = True
        self.position_end.begin()
        self._show_restart()
        for market in self._markets:
            if broken := connector.trading_rules[market].broken_status():
                raise ConfigFault("market", market, f"{broken.rule}: {broken.value}", broken.remedy)
        await quoters.begin_sources()
        await self._wait_until_ready()
        await quoters.check(self._bounds)
        if not (self._bounds.bounds_losses or self._venue.domain.is_local):
            self._lines.say(_UNBOUNDED)
        await self._wanted.set_up()
        quoters.tell_unpaid()
        await self._books.open()
        self.status.begin()
        self.status.phase = Phase.RUNNING

    async def quote(self, stop: asyncio.Event) -> Ending:
        """Quotes until told to stop, or until the exchange turns out to have begun another epoch.

        Whatever asks the exchange runs beside the looks: a slow answer must not hold up a pull or a stop-loss.
        """
        self._ends_with_us.enter_context(undisturbed())
        quoters = self.quoters
        self.status.holds = lambda: quoters.holds
        status = Status(self.status)
        beside = (asyncio.create_task(self._books.keep_read()), asyncio.create_task(self._until_reset()))
        quoters.begin(self._lines.decided)
        try:
            while not stop.is_set() and not beside[1].done() and not self.key_lost and not self._is_struck:
                self._connector.raise_if_broken()
                _raise_defects(beside)
                self._announcer.watch_openings()
                await self._wanted.watch()
                self._announcer.watch_refusals()
                if not quoters.heed_the_slow():
                    return Ending.STOPPED
                self._lines.write()
                self._screen.show(status)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_TICK_S):
                        await stop.wait()
            # A task that ended by a defect has not seen another epoch.
            _raise_defects(beside)
            if self.key_lost and not stop.is_set():
                return Ending.KEY_LOST
            return Ending.STOPPED if stop.is_set() or self._is_struck else Ending.RESET
        finally:
            quoters.end()
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

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
        self.status.phase = Phase.STOPPING
        stopping = self._stopping(hurry)
        if not self._venue.has_ended:
            await stopping.cancel_everything(KEPT_TO_READ_S + CLOSE_WITHIN_S * self.position_end.closes)
            if self.position_end.closes:
                within_s = min(CLOSE_WITHIN_S, stopping.left_s - KEPT_TO_READ_S)
                await stopping.unless_hopeless(self.position_end.close(), within_s)
        section = await stopping.unless_hopeless(self._books.settled(stopping.left_s), stopping.left_s + STEP_S)
        section = self._with_result(section or self._books.as_reported())
        left = stopping.open_orders()
        tracked = self._connector.in_flight_orders.items()
        unseen = tuple(name for name, order in tracked if not order.was_seen)
        self.position_end.tell(section.exchange.position)
        self._was_stopped = True
        await self._connector.stop_network()
        if not section.was_asked and (left.left or not self.key_lost):
            raise Unverified(section, left.text(self.key_lost))
        why = f"{self.key_lost}: " if self.key_lost else ""
        if section.open_at_end:
            names = f": {named(left.left)}" if left.left else ""
            raise Unverified(section, f"{why}still open at the exchange: {_orders(section.open_at_end)}{names}")
        if unseen:
            lost = f"{counted(unseen)} that it did not answer for: {named(unseen)}"
            raise Unverified(section, f"nobody knows whether the exchange has {lost}")
        return section

    def _stopping(self, hurry: asyncio.Event | None) -> Stopping:
        never = asyncio.Event()
        return Stopping(self._connector, self._connector.is_own, self._clock, self._lines.say, hurry or never)

    async def abandon(self) -> EpochSection:
        """Closes the books of an exchange that is gone, by what it last told."""
        self._abandoned = True
        section = self._with_result(self._books.as_reported())
        await self._connector.stop_network()
        return section

    def _with_result(self, section: EpochSection) -> EpochSection:
        """The same with what is held at the end, and the result by where it came from."""
        wallets = {row.asset: row.exchange.wallet_end for row in section.pairs}
        insurance = {row.trading_pair: row.foreign.insurance for row in section.pairs if row.asked}
        return replace(section, results=self.status.splits(wallets, insurance), positions=self.status.positions())

    async def close(self) -> None:
        """Ends everything, whatever state it is in. Orders that a defect would leave behind are cancelled first, by the
        ids we know, and those that may live are named."""
        try:
            if self._connector.in_flight_orders and not (self._abandoned or self._was_stopped):
                left = await self._connector.cancel_whatever_broke(self._connector.is_own, _LAST_ACT_WITHIN_S)
                if left:
                    self._lines.say(f"may still be open at the exchange: {', '.join(left)}")
        finally:
            await self.quoters.close()
            await self._connector.stop_network()
            self._lines.close()
            self._give_back()
            self._ends_with_us.close()

    def _give_back(self) -> None:
        """What other processes may take now: the part in the limits, and the tag."""
        if self._limits is not None:
            self._limits.close()
        self._end_journal()

    def _journal_report(self) -> dict[str, object]:
        return self._kept.journal.report() if self._kept else {}

    def _end_journal(self) -> None:
        """Writes what is left, and gives the tag free."""
        kept, self._kept = self._kept, None
        if kept is None:
            return
        left = kept.end(self._clock.now_ms())
        if left:
            self._lines.say(f"the journal could not be written to its end: {left}")
        if self._venue.ends_with_us:
            kept.forget()

    def _show_restart(self) -> None:
        found = self._connector.restart_table
        for line in self._kept.journal.damage if self._kept else ():
            self._lines.say(f"journal: {line}")
        if found is not None and found.says_something:
            _LOG.info("%s", found.headline)
            self._lines.say(found.headline)
            if found.rows:
                self._screen.print(restart_table(found))

    async def _wait_until_ready(self) -> None:
        connector = self._connector
        deadline_ms = self._clock.monotonic_ms() + round(_READY_WITHIN_S * 1000)
        await connector.wait_until_ready(_READY_WITHIN_S)
        for market in self._markets:
            while connector.get_mid_price(market).is_nan():
                connector.raise_if_broken()
                if self._clock.monotonic_ms() > deadline_ms:
                    empty = f"{market}: a side of its book is empty"
                    raise UnavailableFault(f"not ready within {_READY_WITHIN_S:g} s: {empty}")
                await asyncio.sleep(0.02)

    @property
    def _markets(self) -> tuple[str, ...]:
        """Those of the settings."""
        return tuple(dict.fromkeys(one.settings.market for one in self._plan.strategies))


class Unverified(StopFault):
    """A stop that could not be verified; the section of the books comes with it."""

    def __init__(self, section: EpochSection, text: str) -> None:
        super().__init__(text)
        self.section = section


def _raise_defects(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Raises what ended a task, if a defect did."""
    for task in tasks:
        if task.done() and not task.cancelled():
            task.result()


def _orders(count: int) -> str:
    return "1 order" if count == 1 else f"{count} orders"
