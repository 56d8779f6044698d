"""Comparison with slow truth: what stream and acks did not tell is asked for.

    every few seconds    open orders of both families, trades, balances and positions against ours; faster while the
                         user stream is deaf or suspect, or says nothing while orders rest
    half a trade         the fill or the position that the stream did not tell beside the other
    an unexplained move  trades, and the orders by which the venue closes positions, before it is told as a drift
    after a reconnect    all of it, and every trade since the last one known

Everything found enters by the dispatcher, as any other report. Single orders are asked for by `LookUps`.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from decimal import Decimal

from connector.account.budget_checker import BudgetChecker
from connector.account.margin_drift import MarginDrift
from connector.core.clock import Clock
from connector.core.faults import ConnectorFault
from connector.core.reports import OrderReport, OrderStatus
from connector.exchange.account.ack_event_watch import STALE_AFTER_MS
from connector.exchange.account.trade_marks import TradeMarks
from connector.exchange.account.venue_side import VenueSide
from connector.exchange.account.while_away import WhileAway
from connector.exchange.beat import beat
from connector.exchange.order_journaling import OrderJournaling
from connector.exchange.orders.ghost_watch import GhostWatch
from connector.exchange.orders.look_ups import LookUps
from connector.exchange.orders.order_entry import OrderEntry
from connector.exchange.orders.prevention_watch import PreventionWatch
from connector.exchange.orders.unnamed_trades import UnnamedTrades
from connector.orders.tracker import Tracker

_LOG = logging.getLogger(__name__)
_STEP_S = 0.5
_COMPARE_EVERY_MS = 10_000
_FAST_MS = 2_000
#: What a comparison weighs, and what it may weigh in a minute while it goes fast.
_WEIGHT, _WEIGHT_OF_SYMBOL, _WEIGHT_A_MINUTE = 10, 6, 600
#: The lists of more symbols than this are not read one by one: one question for all weighs as much as forty.
_MOST_SINGLE = 20
#: Half a trade is asked about at once, so often in so long.
_MOST_ASKED_AT_ONCE, _ASKED_AGAIN_MS = 6, 15_000


@dataclass(frozen=True, slots=True)
class Sight:
    """What others know that decides how often to compare, and what."""

    #: Whether the user stream is trusted.
    is_heard: Callable[[], bool]
    suspects_drift: Callable[[], bool]
    #: Called with a symbol (None: all), the exchange ids of its open orders, and when they were asked for.
    others_listed: Callable[[str | None, Collection[str], int], None]


class Reconciler:
    """Compares for the given symbols, as they stand when asked. `run` runs until cancelled."""

    def __init__(
        self,
        venue: VenueSide,
        entry: OrderEntry,
        tracker: Tracker,
        budget: BudgetChecker,
        clock: Clock,
        symbols: Collection[str],
        journaling: OrderJournaling,
        sight: Sight,
    ) -> None:
        self._api, self._dispatcher, self._gateway = venue.api, venue.dispatcher, venue.gateway
        self._ack_watch, self._trade_watch = venue.ack_watch, venue.trade_watch
        self._entry = entry
        self._tracker = tracker
        self._budget, self._margin_drift, self._bus = budget, MarginDrift(), venue.bus
        self._clock = clock
        self._symbols = symbols
        self._sight = sight
        self.look_ups = LookUps(venue, tracker, clock)
        self.trade_marks = TradeMarks(venue.api, journaling, clock)
        self.while_away = WhileAway(venue, journaling, tracker.system_orders, clock)
        self._unnamed = UnnamedTrades(venue, tracker, clock)
        self._ghosts = GhostWatch(venue.bus, tracker, clock)
        self._prevention = PreventionWatch(venue.bus, tracker, clock)
        self._traded: set[str] = set()
        self._half_trades_ms: deque[int] = deque(maxlen=_MOST_ASKED_AT_ONCE)
        self._compared_ms = 0

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self.look_ups.run())
            group.create_task(self._keep_compared())

    async def _keep_compared(self) -> None:
        """Steps forever; a step that fails is told and tried again."""
        while True:
            await beat(_STEP_S)
            self._entry.cancels.tend()
            self._ghosts.look()
            try:
                await asyncio.gather(*(self._entry.look_up(order) for order in self._prevention.due()))
                await self._ask_for_half_trades()
                await self.while_away.tend()
                if self._budget.lacks_rates or self._is_due():
                    await self.compare_open_orders()
                    await self._read_all_trades()
                    await self.compare_account()
            except ConnectorFault as fault:
                _LOG.info("comparing with the exchange: %s", fault)

    async def _ask_for_half_trades(self) -> None:
        """What the stream told of a trade by one of its two events alone."""
        now_ms = self._clock.monotonic_ms()
        missing, misses_positions = self._trade_watch.missing_fills(now_ms), self._trade_watch.misses_positions(now_ms)
        if not (missing or misses_positions) or not self._may_ask_again(now_ms):
            return
        for symbol in missing:
            await self.read_trades(symbol)
        if misses_positions:
            self._dispatcher.dispatch(await self._api.snapshot())
            self._trade_watch.asked_for_positions()

    def _may_ask_again(self, now_ms: int) -> bool:
        """A stream that garbles each event must not use up the weight that other questions need."""
        often = self._half_trades_ms
        if len(often) == _MOST_ASKED_AT_ONCE and now_ms - often[0] < _ASKED_AGAIN_MS:
            return False
        often.append(now_ms)
        return True

    def _is_due(self) -> bool:
        return self._clock.monotonic_ms() - self._compared_ms > self._compare_every_ms()

    def _compare_every_ms(self) -> int:
        """Faster while the stream is deaf or silent, or something is not explained, as far as the weight allows."""
        wanted_ms = _COMPARE_EVERY_MS
        is_doubtful = self._sight.suspects_drift() or self._ghosts.suspects or self._budget.awaits_snapshot
        if is_doubtful or not self._sight.is_heard():
            wanted_ms = _FAST_MS
        elif self._tracker.active and self._ack_watch.silent_ms(self._clock.monotonic_ms()) >= STALE_AFTER_MS:
            # An idle stream and a dead one are silent alike, and what rests may be filled.
            wanted_ms = STALE_AFTER_MS
        weight = _WEIGHT + (_WEIGHT_OF_SYMBOL + self._tracker.has_conditional) * len(self._symbols)
        return min(_COMPARE_EVERY_MS, max(wanted_ms, weight * 60_000 // _WEIGHT_A_MINUTE))

    async def compare_all(self) -> None:
        """One full comparison: afterwards nothing that happened while we did not hear is unknown."""
        await self.compare_open_orders()
        await self._read_all_trades()
        await self.while_away.read()
        await self.compare_account()

    async def _read_all_trades(self) -> None:
        """Of a few symbols all; of many only those where we have, or had, something at stake."""
        for symbol in self._compared_symbols() if len(self._symbols) <= _MOST_SINGLE else self._at_stake():
            await self.read_trades(symbol)

    async def compare_account(self, *, withholds: bool = True) -> None:
        """`withholds`: what the exchange has less free than is reckoned here is others', once their orders of the
        traded pairs were listed."""
        self._compared_ms, asked_ms = self._clock.monotonic_ms(), self._gateway.venue_ms()
        working = self._working()
        if self._budget.is_joint:
            self._dispatcher.dispatch(await self._api.collateral())
        self._dispatcher.dispatch(await self._api.snapshot())
        if self._sight.suspects_drift():
            # What moved the position is read before anyone is told: our fills of meanwhile, and the venue's own orders.
            await self._read_all_trades()
            await self.while_away.read_orders()
            self._dispatcher.dispatch(await self._api.snapshot())
            await self._unnamed.settle(self.while_away)
        else:
            await self._unnamed.settle(self.while_away)
            await self.while_away.explained(self._unnamed.before(asked_ms), is_heard=self._sight.is_heard())
        if withholds and working == self._working():
            # Otherwise what the exchange had held free is of another moment than our own orders.
            drifts = self._margin_drift.compare(self._budget.apply_snapshot(), asked_ms / 1000)
            self._bus.publish(drifts)

    async def compare_open_orders(self) -> None:
        """Takes the lists of open orders in; ours that are on none are looked up one by one."""
        if len(self._symbols) > _MOST_SINGLE:
            await self._compare_listed(None)
            return
        for symbol in self._compared_symbols():
            await self._compare_listed(symbol)

    async def _listed(self, symbol: str | None) -> tuple[OrderReport, ...]:
        """Open orders of a symbol, or of all; those that wait for a trigger first: one that is triggered meanwhile is
        on both lists, and not on none."""
        waiting: tuple[OrderReport, ...] = ()
        algo = self._api.algo
        if self._tracker.has_conditional:
            waiting = await (algo.all_open_orders() if symbol is None else algo.open_orders(symbol))
        regular = await (self._api.all_open_orders() if symbol is None else self._api.open_orders(symbol))
        return (*waiting, *regular)

    async def _compare_listed(self, symbol: str | None) -> None:
        waiting = [order for order in self._tracker.active if symbol in (None, order.symbol) and order.was_seen]
        listed: set[str] = set()
        asked_ms = self._gateway.venue_ms()
        reports = await self._listed(symbol)
        self._sight.others_listed(symbol, {report.exchange_order_id for report in reports}, asked_ms)
        for report in reports:
            if report.symbol in self._symbols or self._tracker.find(report) is not None:
                listed.add(report.client_order_id)
                self._take_listed(report)
        self._ghosts.listed(symbol, listed)
        for order in waiting:
            if order.client_order_id not in listed and order.is_open:
                await self._entry.look_up(order)

    def _take_listed(self, report: OrderReport) -> None:
        if self._ghosts.is_ghost(report.client_order_id):
            report = replace(report, status=OrderStatus.STILL_LISTED)
        self.look_ups.take(report)

    def _at_stake(self) -> tuple[str, ...]:
        self._traded |= {order.symbol for order in self._tracker.active}
        return tuple(symbol for symbol in self._compared_symbols() if symbol in self._traded)

    def _compared_symbols(self) -> tuple[str, ...]:
        """Those that are traded, and those of orders that an earlier life left where nothing is traded now."""
        left = {order.symbol for order in self._tracker.unsettled()} - set(self._symbols)
        return (*self._symbols, *sorted(left))

    def _working(self) -> frozenset[tuple[str, Decimal]]:
        return frozenset((order.client_order_id, order.remaining_amount) for order in self._tracker.active)

    async def read_trades(self, symbol: str) -> None:
        """Takes in every trade since the last one that is known, page by page."""
        async for report in self.trade_marks.later(symbol, doubts=self._sight.suspects_drift()):
            self.look_ups.take(report)
            self._trade_watch.filled(report, self._clock.monotonic_ms())
        self._trade_watch.asked_for_fills(symbol, self._clock.monotonic_ms())
