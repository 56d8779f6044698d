"""A rehearsal: settings tried on a recording, by the whole bot, in virtual time.

    recording ── its book and trades ──▶ the local exchange ◀── loopback sockets ──▶ the bot as it runs anywhere

Both are in this process, on one loop whose time jumps: minutes of a recording take seconds, nothing is late because a
machine is busy, and the same settings come to the same figures each time. The clock is that of the recording.

An order of ours waits in the queue that it met, behind what stood at its price then. What others would have done about
it is not played: it moves no price, and nobody answers it.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

from connector.bot.quoting.run_plan import RunPlan
from connector.bot.records.marks import MarkKeeper
from connector.bot.rehearsal.virtual_time import JumpingLoop, LoopClock
from connector.bot.report.screen import Screen
from connector.bot.report.summary import Summary
from connector.bot.session import local_exchange
from connector.bot.session.instance_journal import Keeping
from connector.bot.session.local_exchange import ExchangeEpoch, LocalVenue
from connector.bot.session.runner import Runner, RunOptions
from connector.bot.watched_run import WatchedRun
from connector.core.clock import Clock
from connector.core.faults import ConfigFault
from connector.exchange.account.factor_permit import EVERYTHING
from connector.simulator.background.recorded_traffic import first_snapshots
from connector.simulator.background.replayed_market import instruments_of
from connector.simulator.errors import BadInput
from connector.simulator.fault_injection.latency import LatencyModel
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.setting_kinds import PriceSource

_EIGHT_HOURS_S: Final = 28_800.0


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a recording the bot trades, and how far away from it."""

    recording: Path
    #: When the bot begins, in seconds after the recording did, and for how long; None: until that is over.
    begins_s: float = 0.0
    lasts_s: float | None = None
    #: Of a request and its answer, together; what streams tell comes half as late.
    round_trip_ms: float = 10.0

    @property
    def text(self) -> str:
        """In words."""
        until = "its end" if self.lasts_s is None else f"{self.begins_s + self.lasts_s:g} s"
        return f"{self.recording.name}, from {self.begins_s:g} s to {until}, a round trip of {self.round_trip_ms:g} ms"


class RecordedVenue:
    """The local exchange that plays a recording, as a run sees it."""

    permit = EVERYTHING
    ends_with_us = True
    is_rehearsal = True
    has_ended = False
    how_to_restart = "run it again"

    def __init__(self, near: LocalVenue, part: Part) -> None:
        self.domain = near.domain
        self.data_of = part.recording.name
        self._near, self._part = near, part

    async def epoch(self) -> ExchangeEpoch:
        return await self._near.epoch()

    async def background(self) -> str:
        """What was played."""
        return f"{self._part.text}; no order of ours moved it"

    async def stop(self) -> None:
        """It ends with its block."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What is traded, the part of a recording that it is tried on, and where it is shown and kept."""

    plan: RunPlan
    part: Part
    keeping: Keeping
    console: Console
    #: Where the summary is written as JSON, too.
    json_path: Path | None = None

    def run(self) -> Summary | None:
        """Runs to the part's end. Raises `ConfigFault` for a recording that can't be played, and what a run raises."""
        self._check_source()
        try:
            starts_ms = min(snapshot.at_ms for snapshot in first_snapshots(self.part.recording).values())
            loop = JumpingLoop()
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                return runner.run(self._run(LoopClock(loop, starts_ms)))
        except BadInput as flaw:
            why = str(flaw).removeprefix(f"{self.part.recording}").lstrip(",: ").removeprefix("is no recording: ")
            raise ConfigFault("RECORDING", self.part.recording, why) from flaw

    def _check_source(self) -> None:
        """Other markets and addresses go by their own time. Raises `ConfigFault`."""
        for one in self.plan.strategies:
            settings = one.settings
            if isinstance(settings, PerpetualMarketMakingSettings):
                source = settings.price_source
                if source is not PriceSource.CURRENT_MARKET:
                    rule = "is not of the recording: a rehearsal has its market alone"
                    raise ConfigFault("price_source", source.value, rule, "use current_market", one.file)

    async def _run(self, clock: Clock) -> Summary | None:
        screen, part, watched = Screen(self.console, clock), self.part, WatchedRun()
        async with _played(part, clock) as venue:
            near = RecordedVenue(local_exchange.attached(venue.rest), part)
            await _until_it_begins(venue, part)
            options = RunOptions(None, part.lasts_s, self.json_path, keeping=self.keeping, venue=near, watched=watched)
            runner = Runner(self.plan, options, screen, clock)
            ending = asyncio.create_task(_stop_at_the_end(venue, runner))
            try:
                async with MarkKeeper(watched, self.plan.marks).keeping():
                    return await runner.run()
            finally:
                ending.cancel()
                await asyncio.gather(ending, return_exceptions=True)


def _played(part: Part, clock: Clock) -> LocalExchange:
    """An exchange whose market is the recording. Raises `BadInput`."""
    latency = part.round_trip_ms
    return LocalExchange(
        SimulatorSettings(
            clock=clock,
            replay=part.recording,
            instruments=instruments_of(part.recording),
            ack_latency=LatencyModel(latency),
            event_latency=LatencyModel(latency / 2),
            funding_first_s=_EIGHT_HOURS_S,
            funding_interval_s=_EIGHT_HOURS_S,
        )
    )


async def _until_it_begins(venue: LocalExchange, part: Part) -> None:
    """The market goes on without the bot. Raises `ConfigFault` where it is over by then."""
    await asyncio.sleep(part.begins_s)
    if venue.runtime.notice:
        raise ConfigFault("--from", f"{part.begins_s:g}", "the recording is over by then", "begin earlier")


async def _stop_at_the_end(venue: LocalExchange, runner: Runner) -> None:
    """Stops the run in order when nobody trades any more, or nothing more can be read."""
    ends = [asyncio.create_task(venue.market_over()), asyncio.create_task(venue.broken())]
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        runner.stop.set()
    finally:
        for end in ends:
            end.cancel()
        await asyncio.gather(*ends, return_exceptions=True)
