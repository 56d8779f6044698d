"""Orders in bad weather: an exchange that can be told to fail, another trader, and a connector that is watched."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from decimal import Decimal

from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.errors import VenueError
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from tests.companions.flows.order_referee import Referee
from tests.companions.flows.truth_watch import TruthWatch
from tests.companions.local_trading import SYMBOL, EventLog, Trader, connect, ready
from tests.companions.virtual_time import JumpingLoop, loop_clock

_STEP_S = 0.25
#: However bad the weather was, the truth is known so long after it.
QUIET_WITHIN_S = 60.0
#: It is quiet when it stays so over the next comparison, which comes every ten seconds.
STAYS_QUIET_S = 11.0


@dataclass
class Weather:
    """An exchange, another trader there, and a connector that is ready."""

    venue: LocalExchange
    trader: Trader
    connector: PerpetualDerivative
    log: EventLog
    chance: random.Random
    #: Client ids of all orders that were asked for, and of those whose cancel was.
    asked: list[str] = field(default_factory=list)
    cancelled: set[str] = field(default_factory=set)
    #: How often a change of each order was asked for.
    changed: Counter[str] = field(default_factory=Counter)
    referee: Referee = field(init=False)
    truth: TruthWatch = field(init=False)

    def __post_init__(self) -> None:
        self.referee = Referee(self.venue, self.connector, self.log, self.asked, self.cancelled, self.changed)
        self.truth = TruthWatch(asyncio.get_running_loop().time, self.referee.differs_now)

    def trades(self, side: int, amount: str) -> None:
        """The other trader takes, unless the contract or the book is in no state to."""
        with contextlib.suppress(VenueError):
            self.trader.take(side, amount)

    def told(self, name: str) -> str:
        return self.referee.told(name)

    @property
    def position(self) -> Decimal:
        """What the connector takes to be held, signed."""
        rows = self.connector.components.ledger.positions_of(SYMBOL)
        return sum((row.amount for row in rows), Decimal(0))

    async def clears(self) -> None:
        """Ends every fault, and waits until exchange and connector agree, and go on to; fails with what differs."""
        for armed in self.venue.faults.armed():
            self.venue.faults.arm(armed.name, times=0)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + QUIET_WITHIN_S
        while differences := [*self.referee.differences(), *self.referee.unready()]:
            if loop.time() > deadline:
                raise AssertionError(f"{'; '.join(differences)}; heard {self.log.tags()}")
            self.connector.raise_if_broken()
            await asyncio.sleep(_STEP_S)
        told = len(self.log.events)
        await asyncio.sleep(STAYS_QUIET_S)
        self.connector.raise_if_broken()
        later = [*self.referee.differences(), *self.referee.of_the_trade(told)]
        assert not later, f"it was quiet, and then came: {later}; heard {self.log.tags()}"


@contextlib.asynccontextmanager
async def weather(
    way: Callable[[LocalExchange], PerpetualDerivative] = connect, seed: str = "", **settings: object
) -> AsyncIterator[Weather]:
    """A calm day, without background market, and with time that jumps."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, JumpingLoop)
    terms = {"background": False, "funding_first_s": 3600.0, "funding_interval_s": 3600.0, **settings}
    async with LocalExchange(SimulatorSettings(clock=loop_clock(), **terms)) as venue:  # type: ignore[arg-type]
        trader = Trader(venue)
        trader.make_market()
        connector = way(venue)
        await ready(connector)
        day = Weather(venue, trader, connector, EventLog(connector), random.Random(seed))
        loop.jumping.before_jump = day.truth.look
        try:
            yield day
        finally:
            loop.jumping.before_jump = None
            await connector.stop_network()
