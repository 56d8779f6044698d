"""The restart: what earlier lives left is compared with the exchange, and dealt with, before anything is quoted.

    1  open orders, conditional ones too, of every symbol: whose is each?
    2  own orders that are not among them are looked up; absence has to be proven
    3  own open orders are cancelled, or adopted; those of others are never touched
    4  trades and funding since the last ones that were read, every page of them
    5  one table says what was found

What the journal knows is tracked again from the moment at which the connector is assembled.
"""

import asyncio
import logging
from typing import Final

from connector.core.amounts import ZERO
from connector.core.enums import OrderState, OrderType, PositionAction, TradeType
from connector.core.event_tags import MarketEvent
from connector.core.events import Event
from connector.core.faults import ConnectorFault, Fate, Fault, UnavailableFault
from connector.core.order_options import PLAIN
from connector.core.reports import OrderReport
from connector.exchange.instance import EarlierOrders
from connector.exchange.network.components import Components
from connector.exchange.network.restart_table import (
    Outcome,
    RestartRow,
    RestartTable,
    Whose,
    foreign_rows,
    row_of_end,
    words_of,
    words_of_order,
)
from connector.exchange.orders import absence, families
from connector.orders.in_flight_order import InFlightOrder
from connector.orders.saved_orders import saved

_LOG = logging.getLogger(__name__)
_CANCEL_WITHIN_MS: Final = 20_000
_STEP_S: Final = 0.2
#: So many requests are on their way at a time.
_AT_ONCE: Final = 8


async def settle_earlier_orders(components: Components) -> RestartTable:
    """Deals with what earlier lives left. Raises `ConnectorFault`: without it nothing may be quoted."""
    return await _Restart(components).run()


class _Restart:
    def __init__(self, components: Components) -> None:
        self._components = components
        self._api, self._tracker = components.api, components.tracker
        self._adopts = components.instance.earlier_orders is EarlierOrders.ADOPT
        self._table = RestartTable(components.journaling.earlier.lives)
        self._slots = asyncio.Semaphore(_AT_ONCE)
        #: By the steady clock. Whatever an earlier life sent had left by then.
        self._began_ms = components.clock.monotonic_ms()

    async def run(self) -> RestartTable:
        bus, table = self._components.bus, self._table
        bus.add_listener(MarketEvent.OrderFilled, self._count_trade)
        bus.add_listener(MarketEvent.FundingPaymentCompleted, self._count_payment)
        try:
            left = self._tracker.unsettled()
            open_orders = await self._listed()
            if await self._take_in(open_orders):
                open_orders = await self._listed()
            await self._deal_with_own(left, open_orders)
            await self._read_on(left)
        finally:
            bus.remove_listener(MarketEvent.OrderFilled, self._count_trade)
            bus.remove_listener(MarketEvent.FundingPaymentCompleted, self._count_payment)
        table.rows += [self._row(order) for order in left if order.symbol]
        table.rows += foreign_rows(
            report for report in open_orders if not self._components.ids.is_own(report.client_order_id)
        )
        return table

    async def _listed(self) -> tuple[OrderReport, ...]:
        """Open orders of both families and every symbol; one that is triggered meanwhile is on both lists."""
        return (*await self._api.algo.all_open_orders(), *await self._api.all_open_orders())

    async def _take_in(self, open_orders: tuple[OrderReport, ...]) -> bool:
        """What is open is alive; own orders that are not on the list have ended, or never arrived, or did so since:
        then the list is old."""
        for report in open_orders:
            if self._tracker.find(report) is not None:
                self._components.dispatcher.dispatch(report)
        listed = {report.client_order_id for report in open_orders}
        missing = [order for order in self._tracker.active if order.client_order_id not in listed]
        await asyncio.gather(*map(self._resolve, missing))
        return any(order.is_open for order in missing)

    async def _resolve(self, order: InFlightOrder) -> None:
        """Finds out what became of an order that is not open."""
        async with self._slots:
            try:
                for report in await families.sought(self._api, order):
                    self._components.dispatcher.dispatch(report)
            except Fault as fault:
                if fault.rule.fate is not Fate.GONE:
                    raise
                # Until then its request may still be on the way; how old it is a clock that was set since can't tell.
                waited_ms = self._components.clock.monotonic_ms() - self._began_ms
                wait_s = max(0, absence.proven_after_ms(self._components.gateway) - waited_ms) / 1000
                _LOG.info("%s was not answered: for %.1f s its request may still arrive", order.client_order_id, wait_s)
                await asyncio.sleep(wait_s)
                for report in await absence.searched(self._api, order, self._time_before(order)):
                    self._components.dispatcher.dispatch(report)

    async def _deal_with_own(self, left: tuple[InFlightOrder, ...], open_orders: tuple[OrderReport, ...]) -> None:
        own = [report for report in open_orders if self._components.ids.is_own(report.client_order_id)]
        unknown = [report for report in own if self._tracker.find(report) is None]
        for report in unknown:
            outcome = Outcome.ADOPTED if self._adopts else Outcome.CANCELLED
            self._table.rows.append(
                RestartRow(
                    Whose.EARLIER_LIFE, report.symbol, report.client_order_id, words_of(report), outcome,
                    "the journal does not know it",
                )
            )  # fmt: skip
        if self._adopts:
            self._adopt(unknown)
            return
        deadline_ms = self._components.clock.monotonic_ms() + _CANCEL_WITHIN_MS
        while own:
            gone = await asyncio.gather(*map(self._cancel, own))
            if all(gone):
                break
            await asyncio.sleep(_STEP_S)
            listed = await self._listed()
            own = [report for report in listed if self._components.ids.is_own(report.client_order_id)]
            if own and self._components.clock.monotonic_ms() > deadline_ms:
                names = ", ".join(report.client_order_id for report in own)
                raise UnavailableFault(f"orders of an earlier life are open and can't be cancelled: {names}")
        for order in left:
            if order.is_open:
                await self._resolve(order)

    async def _cancel(self, report: OrderReport) -> bool:
        """Whether the exchange confirmed that the order is gone."""
        async with self._slots:
            order = self._tracker.find(report)
            try:
                if order is None:
                    await self._components.entry.cancels.cancel_by_id(
                        report.symbol, report.client_order_id, is_conditional=report.conditional is not None
                    )
                    return True
                if order.is_open or order.ghost:
                    await self._components.entry.cancels.once(order)
            except ConnectorFault as fault:
                _LOG.warning("cancel of %s: %s", report.client_order_id, fault)
                return False
            return order.is_done and not order.ghost

    def _adopt(self, reports: list[OrderReport]) -> None:
        """Follows orders of ours that the journal lacks, as far as the exchange's list tells of them."""
        pair_of = self._components.pair_rules.pair_of
        rules = self._components.pair_rules.rules
        for report in reports:
            if self._tracker.find(report) is not None:
                continue  # on both lists: its trigger came between them
            trading_pair = pair_of(report.symbol) or report.symbol
            rule = rules.get(trading_pair)
            told = report.conditional
            order = InFlightOrder(
                client_order_id=report.client_order_id,
                trading_pair=trading_pair,
                symbol=report.symbol,
                trade_type=report.trade_type or TradeType.BUY,
                order_type=_type_of(report),
                amount=report.amount or report.executed_amount or ZERO,
                price=report.price,
                position_action=PositionAction.CLOSE if told is not None and told.closes else PositionAction.NIL,
                options=PLAIN if told is None else told.options,
                leverage=self._components.ledger.assumed_leverage(report.symbol),
                created_ms=report.time_ms,
                base_asset=rule.base_asset if rule else "",
                quote_asset=rule.quote_asset if rule else "",
                creation_emitted=True,
            )
            self._tracker.restore({order.client_order_id: saved(order)}, self._components.clock.now_ms())
            self._components.journaling.intended(order)
            self._components.dispatcher.dispatch(report)

    async def _read_on(self, left: tuple[InFlightOrder, ...]) -> None:
        """Trades and funding since the last known ones, and the fills of orders whose trades are not all known."""
        reconciler = self._components.reconciler
        traded = {rule.symbol for rule in self._components.pair_rules.rules.values()}
        elsewhere = {order.symbol for order in left} - traded
        for symbol in sorted(elsewhere):
            await reconciler.trade_marks.set(symbol)
        for symbol in sorted(traded | elsewhere):
            await reconciler.read_trades(symbol)
        for order in self._tracker.orders_missing_fills():
            if order.exchange_order_id:
                since_ms = self._time_before(order)
                for report in await self._api.trades_of_order(order.symbol, order.exchange_order_id, since_ms):
                    self._components.dispatcher.dispatch(report)
        await self._components.funding_history.catch_up()
        await reconciler.compare_account()
        rows = self._components.ledger.positions
        self._table.positions = tuple((row.symbol, row.amount) for row in rows)

    def _time_before(self, order: InFlightOrder) -> int:
        return absence.time_before(order, self._components.clock.now_ms(), self._components.gateway.venue_ms())

    def _row(self, order: InFlightOrder) -> RestartRow:
        if order.is_open:
            return RestartRow(
                Whose.OWN, order.symbol, order.client_order_id, words_of_order(order), Outcome.ADOPTED,
                "" if self._components.pair_rules.pair_of(order.symbol) else "its pair is not traded here",
            )  # fmt: skip
        was_cancelled = order.state is OrderState.CANCELED and order.cancel_requested_ms is not None
        return row_of_end(order, Outcome.CANCELLED if was_cancelled else Outcome.RESOLVED)

    def _count_trade(self, event: Event) -> None:
        self._table.trades_told += 1

    def _count_payment(self, event: Event) -> None:
        self._table.payments_told += 1


def _type_of(report: OrderReport) -> OrderType:
    """As far as the list tells it."""
    told = report.conditional
    if told is not None and told.order_type is not None:
        return told.order_type
    return OrderType.LIMIT if report.price else OrderType.MARKET
