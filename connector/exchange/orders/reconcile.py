"""Comparison with slow truth: what stream and acks did not tell is asked for.

    every few seconds    open orders, trades, balances and positions against ours; faster while the user stream is deaf
    an unexplained move  trades, and the orders by which the venue closes positions, before it is told as a drift
    after a settlement   funding payments
    after a reconnect    all of it, and every trade and funding payment since the last one known

Everything found enters by the dispatcher, as any other report. Single orders are asked for by `LookUps`.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from decimal import Decimal

from connector.account.budget_checker import BudgetChecker
from connector.core.clock import Clock
from connector.core.faults import ConnectorFault
from connector.core.journal import FundingRead, TradesRead
from connector.core.reports import FundingReport, OrderReport, OrderStatus, ReportSource
from connector.exchange.account.venue_side import VenueSide
from connector.exchange.order_journaling import OrderJournaling
from connector.exchange.orders.look_ups import LookUps
from connector.exchange.orders.order_entry import OrderEntry
from connector.exchange.orders.settlements import Settlements
from connector.orders.tracker import Tracker
from connector.venue.income_kinds import FUNDING_FEE

_LOG = logging.getLogger(__name__)
_STEP_S = 0.5
_COMPARE_EVERY_MS = 10_000
_FAST_MS = 2_000
#: What a comparison weighs, and what it may weigh in a minute while it goes fast.
_WEIGHT, _WEIGHT_OF_SYMBOL, _WEIGHT_A_MINUTE = 10, 6, 600
#: No replica lags longer.
_REPLICA_LAG_MS = 5_000
#: The lists of more symbols than this are not read one by one: one question for all weighs as much as forty.
_MOST_SINGLE = 20
_INCOME_OVERLAP_MS = 300_000


@dataclass(frozen=True, slots=True)
class Sight:
    """What others know that decides how often to compare, and what."""

    #: Whether the user stream is trusted.
    is_heard: Callable[[], bool]
    suspects_drift: Callable[[], bool]
    #: When funding is settled next, by the venue's clock; 0 where nobody knows, or where nothing is held.
    settles_ms: Callable[[], int]


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
        self._journaling = journaling
        self._gateway, self._api, self._dispatcher = venue.gateway, venue.api, venue.dispatcher
        self._entry = entry
        self._tracker = tracker
        self._budget = budget
        self._clock = clock
        self._symbols = symbols
        self._sight = sight
        self.look_ups = LookUps(venue, tracker, clock)
        self._settlements = Settlements(sight.settles_ms)
        self._began_ms = 0
        #: Since when an order that is over here is seen on the list of open ones.
        self._over_but_listed: dict[str, int] = {}
        self._last_trade_id: dict[str, int] = {}
        self._traded: set[str] = set()
        self._funding_since_ms = 0
        self._compared_ms = 0

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self.look_ups.run())
            group.create_task(self._keep_compared())

    async def _keep_compared(self) -> None:
        """Steps forever; a step that fails is told and tried again."""
        while True:
            await asyncio.sleep(_STEP_S)
            self._entry.cancels.tend()
            try:
                if self._clock.monotonic_ms() - self._compared_ms > self._compare_every_ms():
                    await self.compare_open_orders()
                    await self._read_all_trades()
                    await self.compare_account()
                if self._settlements.is_due(self._gateway.venue_ms()):
                    await self.read_funding()
            except ConnectorFault as fault:
                _LOG.info("comparing with the exchange: %s", fault)

    def _compare_every_ms(self) -> int:
        """Faster while the stream is deaf, or a position is not explained, as far as the weight of it allows."""
        if self._sight.is_heard() and not self._sight.suspects_drift():
            return _COMPARE_EVERY_MS
        weight = _WEIGHT + _WEIGHT_OF_SYMBOL * len(self._symbols)
        return min(_COMPARE_EVERY_MS, max(_FAST_MS, weight * 60_000 // _WEIGHT_A_MINUTE))

    def read_funding_from(self, since_ms: int) -> None:
        """Funding payments before that time are not ours to tell; what the venue closed before it neither."""
        self._funding_since_ms = self._began_ms = since_ms

    async def remember_where_trades_stand(self, symbol: str) -> None:
        """Marks a symbol's newest trade: later ones are read from here on. What an earlier life had not read yet
        is read first, unless the exchange's ids have fallen: then it is another exchange."""
        newest = await self._api.last_trade_id(symbol)
        known = self._last_trade_id[symbol] = min(newest, self._journaling.earlier.trades_read.get(symbol, newest))
        self._journaling.reached(symbol, TradesRead(symbol, known))

    async def compare_all(self) -> None:
        """One full comparison: afterwards nothing that happened while we did not hear is unknown."""
        await self.compare_open_orders()
        await self._read_all_trades()
        await self.read_funding()
        await self.compare_account()

    async def _read_all_trades(self) -> None:
        """Of a few symbols all; of many only those where we have, or had, something at stake."""
        for symbol in self._compared_symbols() if len(self._symbols) <= _MOST_SINGLE else self._at_stake():
            await self.read_trades(symbol)

    async def compare_account(self) -> None:
        self._compared_ms = self._clock.monotonic_ms()
        working = self._working()
        self._dispatcher.dispatch(await self._api.snapshot())
        if self._sight.suspects_drift():
            # What moved the position is read before anyone is told: our fills of meanwhile, and the venue's own orders.
            await self._read_all_trades()
            await self._read_forced_orders()
            self._dispatcher.dispatch(await self._api.snapshot())
        if working == self._working():
            # Otherwise what the exchange had held free is of another moment than our own orders.
            self._budget.apply_snapshot()

    async def compare_open_orders(self) -> None:
        """Takes the list of open orders in; ours that are not on it are looked up one by one."""
        if len(self._symbols) > _MOST_SINGLE:
            await self._compare_listed(None, self._api.all_open_orders())
            return
        for symbol in self._compared_symbols():
            await self._compare_listed(symbol, self._api.open_orders(symbol))

    async def _compare_listed(self, symbol: str | None, asked: Awaitable[tuple[OrderReport, ...]]) -> None:
        waiting = [order for order in self._tracker.active if symbol in (None, order.symbol) and order.was_seen]
        listed = set()
        for report in await asked:
            if report.symbol in self._symbols or self._tracker.find(report) is not None:
                listed.add(report.client_order_id)
                self._take_listed(report)
        for order in waiting:
            if order.client_order_id not in listed and order.is_open:
                await self._entry.look_up(order)

    def _take_listed(self, report: OrderReport) -> None:
        """An order that is open there and over here is a ghost, once no replica can lag so far."""
        order = self._tracker.order(report.client_order_id)
        name, now_ms = report.client_order_id, self._clock.monotonic_ms()
        if order is None or order.is_open or order.ghost:
            self._over_but_listed.pop(name, None)
        elif now_ms - self._over_but_listed.setdefault(name, now_ms) >= _REPLICA_LAG_MS:
            _LOG.warning("%s is over here (%s) and open at the exchange: it is cancelled", name, order.state.name)
            report = replace(report, status=OrderStatus.STILL_LISTED)
        self.look_ups.take(report)

    async def _read_forced_orders(self) -> None:
        for report in await self._api.forced_orders(self._began_ms):
            self._dispatcher.dispatch(report)

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
        known = self._last_trade_id.get(symbol)
        if known is None:
            return
        async for report in self._api.trades_from(symbol, known + 1):
            self.look_ups.take(report)
            self._last_trade_id[symbol] = max(self._last_trade_id[symbol], int(report.fills[0].trade_id))
        self._journaling.reached(symbol, TradesRead(symbol, self._last_trade_id[symbol]))

    async def read_funding(self) -> None:
        """Takes in every payment since the last reading. It overlaps: a line may be shown late, and one that is known
        says nothing new."""
        asked_ms = self._gateway.venue_ms()
        async for line in self._api.income_since(self._funding_since_ms, FUNDING_FEE):
            if line.kind == FUNDING_FEE:
                self._dispatcher.dispatch(
                    FundingReport(
                        ReportSource.QUERY, line.symbol, line.asset, line.amount, line.time_ms, line.income_id
                    )
                )
        self._funding_since_ms = max(self._funding_since_ms, asked_ms - _INCOME_OVERLAP_MS)
        self._journaling.reached("funding", FundingRead(self._funding_since_ms))
