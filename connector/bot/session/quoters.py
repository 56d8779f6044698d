"""The strategies of one session, each with its quoter: checked, begun and ended together, and each with a fate of its
own. One of somebody's own that raises something is ended and its quotes are pulled; the others go on."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from connector.bot.quoting.chosen_source import chosen_source
from connector.bot.quoting.own_part import Everything, OfPairs, OwnPart
from connector.bot.quoting.run_plan import NamedSettings, RunPlan
from connector.bot.quoting.source_price import SourcePrice
from connector.bot.quoting.strategy_modules import made
from connector.bot.quoting.unpaid_quotes import unpaid_quotes
from connector.bot.report.order_log import Decision
from connector.bot.report.states import StrategyFacts
from connector.bot.session.ladder_check import LadderCheck
from connector.bot.session.quoter import Quoter
from connector.core.amounts import plain
from connector.core.clock import Clock
from connector.core.enums import PositionAction
from connector.core.faults import StrategyFault
from connector.exchange.derivative import PerpetualDerivative
from connector.risk.bounds import RiskBounds
from connector.strategies.strategy import Strategy
from connector.venue.domains import Domain


@dataclass(slots=True)
class _Seat:
    """One strategy."""

    named: NamedSettings
    strategy: Strategy
    part: OwnPart
    source: SourcePrice | None
    #: Says what is said of it.
    say: Callable[[str], None]
    #: None before it quotes.
    quoter: Quoter | None = None
    fault: StrategyFault | None = None
    is_paused: bool = False
    checked: LadderCheck | None = None

    @property
    def opening(self) -> int:
        return sum(order.position_action is not PositionAction.CLOSE for order in self.part.orders())

    @property
    def facts(self) -> StrategyFacts:
        return StrategyFacts(
            name=self.named.name,
            strategy=self.named.settings.strategy,
            pairs=self.named.pairs,
            orders=len(self.part.orders()),
            opening=self.opening,
            fault="" if self.fault is None else str(self.fault),
            is_paused=self.is_paused,
            holds="" if self.quoter is None else self.quoter.holds,
        )


class Quoters:
    """Of one connector. `begin` and `end` stand around the time in which they look by themselves."""

    def __init__(
        self,
        connector: PerpetualDerivative,
        plan: RunPlan,
        domain: Domain,
        clock: Clock,
        say: Callable[[str], None],
    ) -> None:
        self._connector, self._clock, self._say = connector, clock, say
        self._is_several = plan.is_several
        #: The names of those that are to open nothing; whoever pauses them changes it.
        self.paused: Collection[str] = ()
        self._seats = [self._seat(named, domain) for named in plan.strategies]

    def _seat(self, named: NamedSettings, domain: Domain) -> _Seat:
        say = self._said_of(named.name) if self._is_several else self._say
        part = OfPairs(self._connector, named.pairs) if self._is_several else Everything(self._connector)
        source = chosen_source(named.settings, domain, self._clock, say)
        return _Seat(named, made(named.settings), part, source, say)

    def _said_of(self, name: str) -> Callable[[str], None]:
        return lambda line: self._say(f"{name}: {line}")

    @property
    def fault(self) -> StrategyFault | None:
        """What the first strategy that broke raised; None while all work."""
        return next((seat.fault for seat in self._seats if seat.fault is not None), None)

    @property
    def holds(self) -> str:
        """Why nothing that opens is asked for, in words, by the first of them that says so."""
        return next((seat.quoter.holds for seat in self._seats if seat.quoter and seat.quoter.holds), "")

    @property
    def all_paused(self) -> str:
        """Why none of them opens anything, in words; empty while one may."""
        return "each strategy is paused" if all(seat.is_paused for seat in self._seats) else ""

    def facts(self) -> tuple[StrategyFacts, ...]:
        """How each stands, where there are several."""
        return tuple(seat.facts for seat in self._seats) if self._is_several else ()

    async def begin_sources(self) -> None:
        """Prices of other markets and addresses are read from now on. Raises `ConnectorFault`."""
        for seat in self._seats:
            if seat.source is not None:
                await seat.source.begin()

    async def check(self, bounds: RiskBounds) -> None:
        """Looks at the quotes that the settings describe at the price of now. Raises `SettingsFault`."""
        for seat in self._seats:
            seat.checked = LadderCheck(self._connector, seat.named.settings, seat.strategy)
            await seat.checked.refuse()
            for line in (*seat.checked.off_grid(), *seat.checked.kept_back(bounds)):
                seat.say(line)

    def tell_unpaid(self) -> None:
        """Says which of those the account can't pay for, once leverage and mode are set."""
        for seat in self._seats:
            quotes = () if seat.checked is None else seat.checked.quotes
            for line in unpaid_quotes(self._connector, seat.named.settings.market, quotes):
                seat.say(line)

    def begin(self, decided: Callable[[Decision], None]) -> None:
        """Each looks whenever something changed that it goes by; `decided` is told what was decided."""
        for seat in self._seats:
            seat.quoter = Quoter(
                self._connector, seat.strategy, self._clock, seat.say, seat.source, seat.part
            )  # fmt: skip
            seat.quoter.decided = decided
            seat.quoter.begin()

    def end(self) -> None:
        """None looks any more, and nothing is handed on."""
        for seat in self._seats:
            if seat.quoter is not None:
                seat.quoter.end()

    def heed_the_slow(self) -> bool:
        """Looks where something changed that nobody tells at once; whether one strategy at least is left. Raises the
        defect of a look."""
        for seat, quoter in self._working():
            self._heed_pause(seat, quoter)
            try:
                quoter.heed_the_slow()
            except StrategyFault as fault:
                seat.fault = fault
                quoter.end()
                quoter.pull("its strategy broke")
                self._tell(seat, fault)
        return any(True for _ in self._working())

    def _heed_pause(self, seat: _Seat, quoter: Quoter) -> None:
        """A pause, or its end, is taken up within a turn of whoever runs this."""
        is_paused = seat.named.name in self.paused
        if is_paused != seat.is_paused:
            seat.is_paused = is_paused
            seat.say("paused: its quotes are pulled, exits go on" if is_paused else "resumed: it quotes again")
            quoter.pause("its strategy is paused" if is_paused else "")

    def _working(self) -> Iterator[tuple[_Seat, Quoter]]:
        for seat in self._seats:
            if seat.quoter is not None and seat.fault is None:
                yield seat, seat.quoter

    def _tell(self, seat: _Seat, fault: StrategyFault) -> None:
        if not any(True for _ in self._working()):
            seat.say(f"{fault}: its quotes are pulled, and the run ends")
            return
        rows = [(pair, row.amount) for pair in seat.named.pairs for row in seat.part.held(pair)]
        held = [f"{plain(amount)} {pair}" for pair, amount in rows if amount]
        keeps = f"; {' and '.join(held)} stay as they are" if held else ""
        seat.say(f"{fault}: its quotes are pulled, and the others go on{keeps}")

    async def close(self) -> None:
        """Reads no more prices."""
        for seat in self._seats:
            if seat.source is not None:
                await seat.source.close()
