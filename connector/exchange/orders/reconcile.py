"""Comparison with slow truth: what stream and acks did not tell is asked for.

    unknown outcome    look the order up; absence counts only once the request can no longer arrive
    missing fills      read the order's trades
    every few seconds  open orders, balances and positions against ours
    after a reconnect  all of it, and every trade and funding payment since the last one known

Everything found enters by the dispatcher, as any other report.
"""

import asyncio
import logging
from collections.abc import Awaitable, Collection
from decimal import Decimal

from connector.account.budget_checker import BudgetChecker
from connector.core.clock import Clock
from connector.core.enums import OrderState
from connector.core.faults import ConnectorFault, Fate, Fault
from connector.core.journal import FundingRead, TradesRead
from connector.core.reports import FundingReport, OrderReport, ReportSource
from connector.exchange.account.venue_side import VenueSide
from connector.exchange.order_journaling import OrderJournaling
from connector.exchange.orders import absence
from connector.exchange.orders.order_entry import OrderEntry
from connector.orders.in_flight_order import InFlightOrder
from connector.orders.tracker import Tracker
from connector.venue.income_kinds import FUNDING_FEE

_LOG = logging.getLogger(__name__)
_STEP_S = 0.5
_COMPARE_EVERY_MS = 10_000
_LOOK_UP_FIRST_MS = 500
_LOOK_UP_MOST_MS = 15_000
#: An order that nobody knows of blocks its margin: it is asked for more often.
_LOOK_UP_UNKNOWN_MOST_MS = 2_000
#: The lists of more symbols than this are not read one by one: one question for all weighs as much as forty.
_MOST_SINGLE = 20
_INCOME_OVERLAP_MS = 300_000


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
    ) -> None:
        self._journaling = journaling
        self._gateway, self._api, self._dispatcher = venue.gateway, venue.api, venue.dispatcher
        self._entry = entry
        self._tracker = tracker
        self._budget = budget
        self._clock = clock
        self._symbols = symbols
        self._last_trade_id: dict[str, int] = {}
        self._traded: set[str] = set()
        self._funding_since_ms = 0
        self._compared_ms = 0
        self._asked: dict[str, tuple[int, int]] = {}
        #: Since when an order is lost from sight, by the steady clock.
        self._lost_ms: dict[str, int] = {}

    async def run(self) -> None:
        """Steps forever; a step that fails is told and tried again."""
        while True:
            await asyncio.sleep(_STEP_S)
            try:
                await self._resolve()
                if self._clock.monotonic_ms() - self._compared_ms > _COMPARE_EVERY_MS:
                    await self.compare_open_orders()
                    await self._read_all_trades()
                    await self.compare_account()
            except ConnectorFault as fault:
                _LOG.info("comparing with the exchange: %s", fault)

    def read_funding_from(self, since_ms: int) -> None:
        """Funding payments before that time are not ours to tell."""
        self._funding_since_ms = since_ms

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
                self._dispatcher.dispatch(report)
        for order in waiting:
            if order.client_order_id not in listed and order.is_open:
                await self._entry.look_up(order)

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
            self._dispatcher.dispatch(report)
            self._last_trade_id[symbol] = max(self._last_trade_id[symbol], int(report.fills[0].trade_id))
        self._journaling.reached(symbol, TradesRead(symbol, self._last_trade_id[symbol]))

    async def read_funding(self) -> None:
        """Takes in every payment since the last reading. It overlaps: a line may be shown late, and one that is known
        says nothing new."""
        asked_ms = self._gateway.venue_ms()
        async for line in self._api.income_since(self._funding_since_ms):
            if line.kind == FUNDING_FEE:
                self._dispatcher.dispatch(
                    FundingReport(
                        ReportSource.QUERY, line.symbol, line.asset, line.amount, line.time_ms, line.income_id
                    )
                )
        self._funding_since_ms = max(self._funding_since_ms, asked_ms - _INCOME_OVERLAP_MS)
        self._journaling.reached("funding", FundingRead(self._funding_since_ms))

    async def _resolve(self) -> None:
        unsettled = {order.client_order_id: order for order in self._tracker.pending_unknown()}
        unsettled |= {order.client_order_id: order for order in self._tracker.lost()}
        for order in unsettled.values():
            if self._is_due(order):
                await self._look_for(order)
        for order in self._tracker.orders_missing_fills():
            if order.exchange_order_id and self._is_due(order):
                for report in await self._api.trades_of_order(order.symbol, order.exchange_order_id):
                    self._dispatcher.dispatch(report)
        for order in self._tracker.ghosts():
            if self._is_due(order):
                await self._entry.cancel(order)
        still = {order.client_order_id for order in self._tracker.orders_missing_fills()} | unsettled.keys()
        still |= {order.client_order_id for order in self._tracker.ghosts()}
        self._asked = {name: asked for name, asked in self._asked.items() if name in still}
        lost = {order.client_order_id for order in self._tracker.lost()}
        self._lost_ms = {name: since_ms for name, since_ms in self._lost_ms.items() if name in lost}

    def _is_due(self, order: InFlightOrder) -> bool:
        """Whether to ask about an order now; the pause doubles each time."""
        now_ms = self._clock.monotonic_ms()
        asked_ms, pause_ms = self._asked.get(order.client_order_id, (0, 0))
        if now_ms - asked_ms < pause_ms:
            return False
        most_ms = _LOOK_UP_UNKNOWN_MOST_MS if order.state is OrderState.PENDING_UNKNOWN else _LOOK_UP_MOST_MS
        self._asked[order.client_order_id] = (now_ms, min(max(_LOOK_UP_FIRST_MS, pause_ms * 2), most_ms))
        return True

    async def _look_for(self, order: InFlightOrder) -> None:
        try:
            self._dispatcher.dispatch(await self._api.order(order.symbol, order.client_order_id))
        except Fault as fault:
            if fault.rule.fate is Fate.GONE:
                await self._heed_absence(order)
            else:
                raise

    async def _heed_absence(self, order: InFlightOrder) -> None:
        """ "No such order" proves absence when the request can no longer arrive, no replica can lag so far, and
        neither lists nor trades have it."""
        if order.state is OrderState.PENDING_UNKNOWN:
            silent_ms = self._clock.now_ms() - (order.unknown_since_ms or self._clock.now_ms())
        else:
            now_ms = self._clock.monotonic_ms()
            silent_ms = now_ms - self._lost_ms.setdefault(order.client_order_id, now_ms)
        if silent_ms >= absence.PROVEN_AFTER_MS:
            for report in await absence.searched(self._api, order):
                self._dispatcher.dispatch(report)
