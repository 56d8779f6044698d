"""A whole run: the exchange, one epoch after another, until the time is up or someone says stop."""

import asyncio
import contextlib
import json
import logging
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from connector.bot.exit_codes import gravest
from connector.bot.quoting.run_plan import RunPlan
from connector.bot.report.accounting import Accounting
from connector.bot.report.screen import Screen
from connector.bot.report.snapshot import StatusSnapshot
from connector.bot.report.summary import EpochSection, Summary
from connector.bot.session import dry_run, local_exchange
from connector.bot.session.instance_journal import Keeping
from connector.bot.session.local_exchange import ExchangeEpoch, OwnMarket
from connector.bot.session.openings_signals import OpeningsHolders
from connector.bot.session.position_end import liquidated
from connector.bot.session.session import Ending, Session, Unverified
from connector.bot.session.venues import TradingVenue
from connector.bot.watched_run import Steering, WatchedRun
from connector.core.clock import Clock
from connector.core.events import LiquidationEvent
from connector.core.faults import (
    AccountingFault,
    ConfigFault,
    ConnectorFault,
    Fault,
    LiquidatedFault,
    PositionLeftFault,
    RiskLimitFault,
    UnavailableFault,
)
from connector.simulator.stop_signals import stopped_by_signals
from connector.venue.domains import Domain

_LOG = logging.getLogger(__name__)
_EPOCH_EVERY_S = 0.25
_SAME_SIGNAL_MS = 1_000
#: As a file of the summary: standard output.
ON_OUTPUT: Final = Path("-")


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What the command line says beside the settings."""

    #: A running local exchange; None starts one.
    exchange_url: str | None = None
    #: None: until stopped.
    duration_s: float | None = None
    json_path: Path | None = None
    #: Of an exchange of our own.
    market: OwnMarket = field(default_factory=OwnMarket)
    #: None: nothing outlives the run.
    keeping: Keeping | None = None
    #: A domain that is not local, with its key; None: a local exchange.
    venue: TradingVenue | None = None
    #: A domain whose market a local exchange of our own plays: nothing is sent there.
    dry_run: Domain | None = None
    #: Where others look at what runs; None: nobody does.
    watched: WatchedRun | None = None


class Runner:
    """One run. `new_accounting` makes the bot's books of each pair in each exchange epoch."""

    def __init__(
        self,
        plan: RunPlan,
        options: RunOptions,
        screen: Screen,
        clock: Clock,
        new_accounting: Callable[[str], Accounting] = Accounting,
    ) -> None:
        self.plan = plan
        self._options = options
        self._screen = screen
        self._clock = clock
        self._new_accounting = new_accounting
        self._sections: list[EpochSection] = []
        self._asset = ""
        self._session: Session | None = None
        self._is_time_up = False
        self._liquidations: list[LiquidationEvent] = []
        self._strikes: list[str] = []
        self._position_left = ""
        self._key_lost = ""
        self.stop = asyncio.Event()
        #: Told to stop a second time: nothing is waited for any more.
        self.hurry = asyncio.Event()
        self._told_ms = 0
        #: Who keeps openings back in every epoch, by a signal or by hand.
        self.openings = OpeningsHolders()
        #: Those of several strategies that are paused, by name, in every epoch.
        self.paused_strategies: set[str] = set()
        #: The epoch that runs; None before the first, and between two.
        self.session: Session | None = None
        self._watched = options.watched or WatchedRun()
        self._watched.steering = Steering(
            stop=self.on_signal, shut=self.openings.shut, release=self.openings.release,
            pause=self.paused_strategies.add, resume=self.paused_strategies.discard,
        )  # fmt: skip

    def status(self) -> StatusSnapshot | None:
        """How the bot stands now; None before it knows of an exchange."""
        return None if self._session is None else self._session.status.snapshot()

    async def run(self) -> Summary | None:
        """Runs to the end; None when it was stopped before the first order.

        Raises `ConnectorFault`; what there is to sum up is shown and written before that.
        """
        started_ms = self._clock.monotonic_ms()
        troubles: list[ConnectorFault] = []
        summary: Summary | None = None
        async with self._stopping(), self._exchange() as venue:
            if venue is not None:
                with self._screen:
                    troubles += await self._troubles(venue)
                summary = await self._summary(venue, started_ms)
        if self._screen.picture_trouble is not None:
            troubles.append(self._screen.picture_trouble)
        if summary is not None:
            troubles += self._present(summary)
            if not summary.agrees and (not troubles or all(epoch.asked for epoch in summary.lives)):
                troubles.append(AccountingFault("the books differ: " + "; ".join(summary.differences)))
        troubles += self._of_positions()
        if summary is None and self._is_time_up and not troubles:
            missing = "" if self._session is None else f" ({self._session.missing})"
            raise UnavailableFault(f"the time was up before the exchange was ready{missing}")
        self._raise_gravest(troubles)
        if summary is None:
            self._screen.print_line("stopped before the first order")
        return summary

    async def _troubles(self, venue: TradingVenue) -> list[ConnectorFault]:
        """Runs its epochs; what went wrong."""
        try:
            await self._run_epochs(venue)
        except Unverified as fault:
            self._sections.append(fault.section)
            return [fault]
        except ConnectorFault as fault:
            return [fault]
        return [UnavailableFault(self._key_lost)] if self._key_lost else []

    def _of_positions(self) -> list[ConnectorFault]:
        """What became of positions that a run must not end with 0 for."""
        found: list[ConnectorFault] = []
        if self._liquidations:
            found.append(LiquidatedFault(liquidated(self._liquidations, self._asset)))
        if self._strikes:
            found.append(RiskLimitFault("; ".join(self._strikes)))
        if self._position_left:
            found.append(PositionLeftFault(self._position_left))
        return found

    def _raise_gravest(self, troubles: list[ConnectorFault]) -> None:
        """Raises the one whose exit code counts; the others are told."""
        if not troubles:
            return
        first = gravest(troubles)
        for fault in troubles:
            if fault is not first:
                self._screen.print_line(str(fault))
        raise first

    async def _run_epochs(self, venue: TradingVenue) -> None:
        """One epoch after another. The first has to start; a later one is waited for until someone says stop."""
        row = await self._first_epoch(venue)
        while row is not None:
            try:
                ending = await self._run_epoch(venue, row)
            except (UnavailableFault, Fault) as fault:
                if not self._sections:
                    raise
                _LOG.warning("the next life does not start: %s", fault)
                ending = Ending.RESET
            if ending in (Ending.STOPPED, Ending.KEY_LOST):
                return
            row = await self._next_epoch(venue)

    async def _run_epoch(self, venue: TradingVenue, row: ExchangeEpoch) -> Ending:
        keeping = self._options.keeping
        session = Session(venue, row, self.plan, self._new_accounting, self._screen, self._clock, keeping)
        self._session = session
        self.openings.steer(session.openings)
        session.quoters.paused = self.paused_strategies
        self.session = session
        watched = self._watched
        watched.begin(session.status)
        try:
            ending = await session.start(self.stop, self.hurry)
            if ending is not None:
                return ending
            self._asset = session.asset
            ending = await session.quote(self.stop)
            self._key_lost = session.key_lost
            self._sections.append(await (session.abandon() if ending is Ending.RESET else session.stop(self.hurry)))
            if session.strategy_fault is not None:
                raise session.strategy_fault
        finally:
            watched.end()
            self.session = None
            await session.close()
            self._liquidations += session.position_end.liquidations
            self._strikes += session.strikes
            self._position_left = session.position_end.left
        if ending is Ending.RESET:
            self._screen.print_line("the exchange was reset: it has a new life; the books of the old one are closed")
        return ending

    async def _first_epoch(self, venue: TradingVenue) -> ExchangeEpoch | None:
        """None when told to stop before it answered. Raises `UnavailableFault`."""
        asking, told = asyncio.create_task(venue.epoch()), asyncio.create_task(self.stop.wait())
        try:
            await asyncio.wait((asking, told), return_when=asyncio.FIRST_COMPLETED)
            return asking.result() if asking.done() else None
        finally:
            for task in (asking, told):
                task.cancel()
            await asyncio.gather(asking, told, return_exceptions=True)

    async def _next_epoch(self, venue: TradingVenue) -> ExchangeEpoch | None:
        """Waits for an exchange that answers; None when someone says stop first."""
        while not self.stop.is_set():
            await asyncio.sleep(_EPOCH_EVERY_S)
            with contextlib.suppress(UnavailableFault):
                return await venue.epoch()
        return None

    async def _summary(self, venue: TradingVenue, started_ms: int) -> Summary | None:
        if not self._sections:
            return None
        return Summary(
            domain=venue.domain.name,
            trading_pair=self.plan.market,
            asset=self._asset,
            duration_s=(self._clock.monotonic_ms() - started_ms) / 1000,
            lives=tuple(self._sections),
            background=await venue.background(),
            data_of=venue.data_of,
            is_rehearsal=venue.is_rehearsal,
        )

    @contextlib.asynccontextmanager
    async def _exchange(self) -> AsyncIterator[TradingVenue | None]:
        """None when told to stop before there was one."""
        options = self._options
        venue: TradingVenue | None
        if options.dry_run is not None:
            venue = await dry_run.started(options.dry_run, self.plan.market, self._screen.print_line, self.stop)
        elif options.venue is not None:
            venue = options.venue
        elif options.exchange_url:
            venue = local_exchange.attached(options.exchange_url, self._screen.print_line)
        else:
            venue = await local_exchange.started(*options.market.started_with)
        try:
            yield venue
        finally:
            if venue is not None:
                await venue.stop()

    @contextlib.asynccontextmanager
    async def _stopping(self) -> AsyncIterator[None]:
        """Ctrl-C, SIGTERM, a terminal that is closed and the end of the time all mean one thing: stop gracefully."""
        loop = asyncio.get_running_loop()
        timer = loop.call_later(self._options.duration_s, self._end_time) if self._options.duration_s else None
        try:
            with stopped_by_signals(loop, self.on_signal), self.openings.listening(loop):
                yield
        finally:
            if timer is not None:
                timer.cancel()

    def on_signal(self) -> None:
        """The first one stops in order; a later one ends the waiting. Who passes signals on to a whole group of
        processes sends the first one twice."""
        now_ms = self._clock.monotonic_ms()
        if not self.stop.is_set():
            self._told_ms = now_ms
            self.stop.set()
        elif now_ms - self._told_ms >= _SAME_SIGNAL_MS and not self.hurry.is_set():
            self._screen.print_line("told to stop again: nothing is waited for any more")
            self.hurry.set()

    def _end_time(self) -> None:
        self._is_time_up = True
        self.stop.set()

    def _present(self, summary: Summary) -> tuple[ConfigFault, ...]:
        """Shows and writes the summary; returns what kept it from being written."""
        for table in summary.tables():
            self._screen.console.print(table)
        if summary.background:
            self._screen.print_line(f"{'market' if summary.data_of else 'background market'}: {summary.background}")
        for line in (*summary.mark_lines, *summary.order_lines):
            self._screen.print_line(line)
        if summary.journal_line:
            self._screen.print_line(summary.journal_line)
        for line in summary.differences:
            self._screen.print_line(f"differs: {line}")
        path = self._options.json_path
        if path is None:
            return ()
        text = json.dumps(summary.to_json(), indent=2) + "\n"
        try:
            if path == ON_OUTPUT:
                sys.stdout.write(text)
                sys.stdout.flush()
            else:
                path.write_text(text, encoding="utf-8")
        except OSError as error:
            return (ConfigFault("--json", path, f"cannot be written: {error.strerror}"),)
        return ()
