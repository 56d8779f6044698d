"""The user's limits on losses, watched at each mark price, each word on the account and each transfer.

    mark price, account ──▶ equity ──▶ a limit struck ──▶ the gate `openings` is shut by it, what rests and opens is
                    │                                     cancelled, told in one line, kept for the next run
                    └─────▶ distance to liquidation ──▶ too near: nothing leaves that would enlarge the position

All of it in the turn that brought the fact. What follows for the run (`on_risk_limit: close`) is its owner's to do.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from connector.account.budget_checker import BudgetChecker
from connector.account.ledger import Ledger
from connector.account.pair_budget import SIDES
from connector.core.account_events import TransferEvent
from connector.core.amounts import HUNDRED, ZERO, from_e8
from connector.core.connection_events import RiskLimitEvent
from connector.core.enums import PositionAction
from connector.core.event_tags import MarketEvent
from connector.core.events import Event
from connector.core.interface import MarketDataView
from connector.core.reports import AccountReport, UserReport
from connector.exchange import gates
from connector.exchange.account.order_limits import OrderLimits
from connector.exchange.beat import beat
from connector.exchange.bus import Bus
from connector.exchange.gates import Gates
from connector.exchange.network.limits_file import LimitsFile
from connector.exchange.orders.openings import Openings
from connector.exchange.report_dispatcher import ReportDispatcher
from connector.orders.in_flight_order import InFlightOrder
from connector.risk.bounds import MIN_LIQUIDATION_DISTANCE, OnRiskLimit
from connector.risk.limit_row import LimitRow
from connector.risk.loss_limits import DayStand, LossLimits

_LOG = logging.getLogger(__name__)
_LOOK_EVERY_S = 0.5
#: For whoever looks from outside, use and bound are written so often.
_WRITE_EVERY_MS = 5_000


@dataclass(frozen=True, slots=True)
class RiskSources:
    """Whom the watch asks, and who carries out what follows."""

    limits: OrderLimits
    ledger: Ledger
    budget: BudgetChecker
    gates: Gates
    openings: Openings
    bus: Bus
    dispatcher: ReportDispatcher
    venue_ms: Callable[[], int]
    #: Own orders that may trade.
    orders: Callable[[], Iterable[InFlightOrder]]
    cancel: Callable[[InFlightOrder], None]


class RiskWatch:
    """Watches one account. `run` runs until cancelled. Raises `ConfigFault` for a file that can't be read."""

    def __init__(self, sources: RiskSources, file: LimitsFile) -> None:
        self._sources, self._file = sources, file
        bounds = sources.limits.bounds
        self.bounds = bounds
        kept = file.read() if bounds.bounds_losses else None
        self.losses = LossLimits(bounds, kept=None if kept is None else kept.stand)
        self._written: tuple[DayStand | None, int] = (self.losses.day, 0)
        self._has_begun = False
        #: Every strike since the start, told in words.
        self.strikes: list[str] = []
        if self.is_on:
            sources.bus.add_watcher(MarketEvent.Transfer, self._hear)
            sources.dispatcher.watch(self.take)

    @property
    def is_on(self) -> bool:
        """Whether marks and the account are looked at."""
        return self.bounds.bounds_losses or self.bounds.min_liquidation_distance is not None

    @property
    def wants_end(self) -> bool:
        """Whether a limit struck that closes the position and ends the run."""
        return bool(self.losses.struck) and self.bounds.on_risk_limit is OnRiskLimit.CLOSE

    @property
    def struck(self) -> tuple[LimitRow, ...]:
        """Loss limits that struck and were not released."""
        return tuple(self.losses.struck.values())

    def rows(self) -> tuple[LimitRow, ...]:
        """Use and bound of every limit that is on."""
        return (*self._sources.limits.rows(), *self.losses.rows())

    def take_mark(self, market: MarketDataView) -> None:
        """A mark price moved: first the budget has it."""
        self._sources.budget.take_mark(market)
        self._look()

    def take(self, report: UserReport, now_ms: int) -> tuple[Event, ...]:
        """The account moved."""
        if isinstance(report, AccountReport):
            self._look()
        return ()

    def release(self) -> None:
        """Lets go what struck: openings go again, and what is lost counts from here on."""
        for name in self.losses.struck:
            self._sources.openings.release(_holder(name))
        self.losses.release()
        self._write()

    async def run(self) -> None:
        """Hears what is asked of it from outside, and writes what is used."""
        while self.is_on:
            if self._file.takes_release():
                _LOG.warning("limits: released by hand")
                self.release()
            if self._has_begun and self._sources.venue_ms() - self._written[1] >= _WRITE_EVERY_MS:
                self._write()
            await beat(_LOOK_EVERY_S)

    def _look(self) -> None:
        sources = self._sources
        if not self._has_begun and not self._begins():
            return
        if self.bounds.min_liquidation_distance is not None:
            self._look_at_distances(self.bounds.min_liquidation_distance)
        equity = self._equity() if self.bounds.bounds_losses else None
        if equity is None:
            return
        before = dict(self.losses.struck)
        struck = self.losses.judge(equity, sources.venue_ms())
        for name in before.keys() - self.losses.struck.keys():
            sources.openings.release(_holder(name))  # another day began
        for row in struck:
            self._strike(row, row.struck_text())
        stand = self.losses.day
        kept = self._written[0]
        if struck or kept is None or stand is None or kept.day != stand.day:
            self._write()

    def _begins(self) -> bool:
        """From the first moment at which the account is known."""
        pairs = self._sources.limits.state.pairs
        if not pairs or not self._sources.gates.holds(gates.ACCOUNT_BALANCE):
            return False
        self._has_begun = True
        self.losses.asset = next(iter(pairs.values())).margin_asset
        recalled = self.losses.recall(self._sources.venue_ms())
        if recalled is not None:
            how = "connector limits --release lets it go"
            self._strike(recalled, f"{recalled.name} struck earlier this day: {recalled.text()}; {how}")
        return True

    def _strike(self, row: LimitRow, text: str) -> None:
        sources = self._sources
        closes = self.bounds.on_risk_limit is OnRiskLimit.CLOSE
        then = "the position is closed and the run ends" if closes else "no order leaves any more that opens"
        line = f"{text}; {then}"
        self.strikes.append(line)
        _LOG.warning("%s", line)
        sources.openings.shut(_holder(row.name))
        for order in sources.orders():
            if order.position_action is not PositionAction.CLOSE and not order.cancel_wanted:
                sources.cancel(order)
        at_s = sources.venue_ms() / 1000
        event = RiskLimitEvent(at_s, row.name, row.use, row.bound, row.unit, row.overrun, closes, line)
        sources.bus.publish((event,))

    def _equity(self) -> Decimal | None:
        """Wallet and unrealised results at mark, of all margin assets of our pairs; None while one is not known."""
        state, ledger = self._sources.limits.state, self._sources.ledger
        wallets: dict[str, Decimal] = {}
        result = ZERO
        for pair in state.pairs.values():
            balance = ledger.balance(pair.margin_asset)
            if balance is None:
                return None
            wallets[pair.margin_asset] = balance.wallet
            # By the account's own words, which tell wallet and position together: a trade alone moves neither.
            for row in ledger.positions_of(pair.symbol):
                if not pair.sums.mark_e8:
                    return None
                mark = from_e8(pair.sums.mark_e8)
                result += pair.contract.pnl(row.entry_price, mark, row.amount, pair.rule.contract_size)
        return sum(wallets.values(), result) if wallets else None

    def _look_at_distances(self, least: Decimal) -> None:
        limits = self._sources.limits
        for trading_pair, pair in limits.state.pairs.items():
            for which, side in SIDES:
                held, mark_e8 = pair.sums.held(which), pair.sums.mark_e8
                price_e8 = None
                if held and mark_e8:
                    price_e8 = self._sources.budget.figures.liquidation_price_e8(trading_pair, side)
                if not price_e8:
                    limits.too_near.pop((trading_pair, which), None)
                    continue
                distance = Decimal(abs(mark_e8 - price_e8)) / mark_e8 * HUNDRED
                name = f"{MIN_LIQUIDATION_DISTANCE} {trading_pair}"
                row = LimitRow(name, distance, least, "% of mark", struck=distance < least, is_least=True)
                limits.distances[trading_pair, which] = row
                if distance < least:
                    limits.too_near[trading_pair, which] = held > 0, row
                else:
                    limits.too_near.pop((trading_pair, which), None)

    def _hear(self, event: Event) -> None:
        state = self._sources.limits.state
        if isinstance(event, TransferEvent) and event.asset in {pair.margin_asset for pair in state.pairs.values()}:
            self.losses.shift(event.amount)
            self._write()

    def _write(self) -> None:
        if self.bounds.bounds_losses or self.bounds.bounds_orders:
            venue_ms = self._sources.venue_ms()
            self._written = self.losses.day, venue_ms
            self._file.write(self.losses.day, self.rows(), venue_ms)


def _holder(name: str) -> str:
    return f"the limit {name}"
