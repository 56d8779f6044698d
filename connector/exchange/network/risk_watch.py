"""The user's limits on losses, watched at each mark price, each word on the account and each transfer.

    mark price, account ──▶ equity ──▶ a limit struck ──▶ the gate `openings` is shut by it, what rests and opens is
                    │                                     cancelled, told in one line, kept for the next run
                    └─────▶ distance to liquidation ──▶ too near: nothing leaves that would enlarge the position

All of it in the turn that brought the fact, but for what a snapshot alone tells: money that was moved looks like a loss
there, and it may be of two moments. Nothing is judged by it before the stream said the same, or transfers were read, or
a few seconds have passed. What follows for the run (`on_risk_limit: close`) is its owner's to do.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from connector.account.budget_checker import BudgetChecker
from connector.account.ledger import Ledger
from connector.account.margin_book import BOTH, LONG, SHORT
from connector.account.pair_budget import SIDES
from connector.account.told_transfers import SAME_MS, date_ms
from connector.core.account_events import TransferEvent
from connector.core.amounts import HUNDRED, ZERO, from_e8
from connector.core.connection_events import RiskLimitEvent
from connector.core.enums import PositionAction, PositionSide
from connector.core.event_tags import MarketEvent
from connector.core.events import Event
from connector.core.faults import ConnectorFault
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
#: What a snapshot alone tells is doubted no longer.
_DOUBT_S = 3.0
#: What a run begins with may have come while nobody heard: lists and snapshots have it so much later at most, and then
#: it is asked for so long.
_LAG_MS, _DAY_DOUBT_MS = 10_000, 20_000
#: For whoever looks from outside, use and bound are written so often.
_WRITE_EVERY_MS = 5_000
#: Wallets by asset, amounts of positions by symbol and side.
Facts = dict[str | tuple[str, PositionSide], Decimal]


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
    #: Tells what money came or went that the stream did not tell. Raises `ConnectorFault`.
    read_transfers: Callable[[], Awaitable[None]]


class RiskWatch:
    """Watches one account. `run` runs until cancelled. Raises `ConfigFault` for a file that can't be read."""

    def __init__(self, sources: RiskSources, file: LimitsFile) -> None:
        self._sources, self._file = sources, file
        bounds = sources.limits.bounds
        self.bounds = bounds
        kept = file.read() if self._is_kept else None
        self.losses = LossLimits(bounds, kept=None if kept is None else kept.stand)
        self.losses.doubts_day = kept is not None and bounds.max_loss_of_day is not None
        self._written: tuple[DayStand | None, int] = (self.losses.day, 0)
        self._has_begun, self._began_ms = False, 0
        #: Those that were told before the wallet of a snapshot has them.
        self._ahead: list[TransferEvent] = []
        #: Whose wallets count.
        self._assets: frozenset[str] = frozenset()
        #: Of each, the date of the word by which it counted first: money that was moved until then was in it.
        self._counted_ms: dict[str, int] = {}
        #: As they stood at the last word on the account, and which of them a snapshot alone moved.
        self._known: Facts = {}
        self._doubted: set[str | tuple[str, PositionSide]] = set()
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
    def _is_kept(self) -> bool:
        """Whether something is on that is shown from outside."""
        return self.bounds.bounds_losses or self.bounds.bounds_orders

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
            self._ahead = [event for event in self._ahead if self._is_ahead(event)]
            self._weigh(report)
            self._look()
        return ()

    def _weigh(self, report: AccountReport) -> None:
        """Notes what a snapshot alone moved; what a push names is sure."""
        facts = self._facts()
        if not self._has_begun:
            pass
        elif report.complete:
            moved = facts.items() ^ self._known.items()
            self._doubted |= {key for key, _ in moved if isinstance(key, tuple) or key in self._assets}
        else:
            self._doubted -= {row.asset for row in report.balances}
            self._doubted -= {(row.symbol, row.position_side) for row in report.positions}
        self._known = facts

    def _facts(self) -> Facts:
        state, ledger = self._sources.limits.state, self._sources.ledger
        facts: Facts = {asset: self._told_wallet(asset) for asset in self._assets}
        for pair in state.pairs.values():
            facts |= {(row.symbol, row.position_side): row.amount for row in ledger.positions_of(pair.symbol)}
        return facts

    def _told_wallet(self, asset: str) -> Decimal:
        """What the venue leaves out is zero."""
        balance = self._sources.ledger.balance(asset)
        return ZERO if balance is None else balance.wallet

    def _wallet(self, asset: str) -> Decimal:
        """With what was moved since."""
        moved = (event.amount for event in self._ahead if event.asset == asset)
        return sum(moved, self._told_wallet(asset))

    def _is_ahead(self, event: TransferEvent) -> bool:
        """The account book told it, and the wallet's last word is of before it."""
        at_ms, wallet_ms = date_ms(event), self._sources.ledger.balance_ms(event.asset)
        # The book may date what a snapshot showed later than the wallet does.
        may_show = event.asset in self._doubted or not self._has_begun or at_ms <= self._began_ms
        return at_ms > wallet_ms + (SAME_MS if may_show else 0)

    def release(self) -> None:
        """Lets go what struck: openings go again, and what is lost counts from here on."""
        for name in self.losses.struck:
            self._sources.openings.release(_holder(name))
        self.losses.release()
        self._write()

    async def run(self) -> None:
        """Hears what is asked of it from outside, and writes what is used."""
        while self._is_kept:
            if self._doubted:
                await self._settle_doubts()
            if self.losses.doubts_day and self._has_begun:
                await self._settle_day()
            if self._file.takes_release():
                _LOG.warning("limits: released by hand")
                self.release()
            if (self._has_begun or not self.is_on) and self._sources.venue_ms() - self._written[1] >= _WRITE_EVERY_MS:
                self._write()
            await beat(_LOOK_EVERY_S)

    async def _settle_doubts(self) -> None:
        """Judges what a snapshot alone told, once the account book was asked what it could not say."""
        try:
            async with asyncio.timeout(_DOUBT_S):
                await beat(_LOOK_EVERY_S)
                while self._doubted and not await self._has_read_transfers():
                    await beat(_LOOK_EVERY_S)
        except TimeoutError:
            _LOG.info("limits: transfers could not be read, the account's snapshot is judged without them")
        self._doubted.clear()
        self._look()

    async def _settle_day(self) -> None:
        """What came or went since the day's equity was kept is told once the account book must have it."""
        waited_ms = self._sources.venue_ms() - self._began_ms
        if 0 <= waited_ms < _LAG_MS:
            return
        is_read = False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_DOUBT_S):
                is_read = await self._has_read_transfers()
        if is_read or waited_ms > _DAY_DOUBT_MS:
            if not is_read:
                _LOG.info("limits: transfers could not be read, the day is judged without them")
            self.losses.doubts_day = False
            self._look()

    async def _has_read_transfers(self) -> bool:
        try:
            await self._sources.read_transfers()
        except ConnectorFault as fault:
            _LOG.info("limits: reading transfers: %s", fault)
            return False
        return True

    def _look(self) -> None:
        sources = self._sources
        if not self._has_begun and not self._begins():
            return
        if self.bounds.min_liquidation_distance is not None:
            self._look_at_distances(self.bounds.min_liquidation_distance)
        self._follow_assets()
        equity = self._equity() if self.bounds.bounds_losses and not self._doubted else None
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
        rules = self._sources.limits.state.rules
        if not rules or not self._sources.gates.holds(gates.ACCOUNT_BALANCE):
            return False
        self._has_begun, self._began_ms = True, self._sources.venue_ms()
        self.losses.asset = next(iter(rules.values())).margin_asset
        self._assets = self._margin_assets()
        self._counted_ms = {asset: self._sources.ledger.balance_ms(asset) for asset in self._assets}
        self._known = self._facts()
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
        """Wallets of all margin assets of our pairs, and unrealised results at mark; None while one is not known."""
        state, ledger = self._sources.limits.state, self._sources.ledger
        result = sum(map(self._wallet, self._assets), ZERO)
        for pair in state.pairs.values():
            # By the account's own words, which tell wallet and position together: a trade alone moves neither.
            for row in ledger.positions_of(pair.symbol):
                if not pair.sums.mark_e8:
                    return None
                mark = from_e8(pair.sums.mark_e8)
                result += pair.contract.pnl(row.entry_price, mark, row.amount, pair.rule.contract_size)
        return result

    def _margin_assets(self) -> frozenset[str]:
        """Of all pairs that are traded, whether a price of theirs was heard or not."""
        return frozenset(rule.margin_asset for rule in self._sources.limits.state.rules.values())

    def _follow_assets(self) -> None:
        """The wallet of an asset that a pair brings along, or takes away, is no gain and no loss."""
        assets = self._margin_assets()
        if assets != self._assets:
            joined, left = assets - self._assets, self._assets - assets
            self.losses.shift(sum(map(self._wallet, joined), ZERO) - sum(map(self._wallet, left), ZERO))
            self._assets, self._doubted = assets, self._doubted - left
            self._counted_ms |= {asset: self._sources.ledger.balance_ms(asset) for asset in joined}
            self._known = self._facts()

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
                # Below 0 beyond it: by the side that is liquidated, which both cross sides of a hedged pair share.
                is_alone = which == BOTH or pair.is_isolated(which)
                at_risk = held if is_alone else sum(pair.sums.held(side) for side in (LONG, SHORT))
                apart_e8 = mark_e8 - price_e8
                apart_e8 = abs(apart_e8) if not at_risk else apart_e8 if at_risk > 0 else -apart_e8
                distance = Decimal(apart_e8) / mark_e8 * HUNDRED
                name = f"{MIN_LIQUIDATION_DISTANCE} {trading_pair}"
                row = LimitRow(name, distance, least, "% of mark", struck=distance < least, is_least=True)
                limits.distances[trading_pair, which] = row
                if distance < least:
                    limits.too_near[trading_pair, which] = held > 0, row
                else:
                    limits.too_near.pop((trading_pair, which), None)

    def _hear(self, event: Event) -> None:
        if not isinstance(event, TransferEvent) or event.asset not in (self._assets or self._margin_assets()):
            return
        if self._is_ahead(event):
            self._ahead.append(event)
        counted_ms = self._counted_ms.get(event.asset, 0)
        if self._sources.ledger.balance_ms(event.asset) == counted_ms:
            # The account book may date what is in it later.
            counted_ms = max(counted_ms, min(counted_ms + SAME_MS, self._began_ms))
        was_there = self._has_begun and date_ms(event) <= counted_ms
        self.losses.shift(event.amount, was_there=was_there)
        self._write()

    def _write(self) -> None:
        if self._is_kept:
            venue_ms = self._sources.venue_ms()
            self._written = self.losses.day, venue_ms
            self._file.write(self.losses.day, self.rows(), venue_ms, self.losses.asset)


def _holder(name: str) -> str:
    return f"the limit {name}"
