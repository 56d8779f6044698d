"""Buys by a connector, one order at a time, each over before the next one is sent."""

import asyncio
import time
from decimal import Decimal

from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.core.events import Event
from connector.core.reports import OrderReport, OrderStatus, ReportSource
from connector.exchange.derivative import PerpetualDerivative
from tests.companions.orders.quiet_connector import PAIR, SYMBOL

AMOUNT, PRICE = Decimal("0.01"), Decimal(50_000)


class Buyer:
    """`buy`, then `end`."""

    def __init__(self, connector: PerpetualDerivative) -> None:
        self._connector = connector
        self._created = asyncio.Event()
        #: When a listener last heard that an order is taken (`perf_counter_ns`).
        self.heard_ns = 0
        connector.add_listener(MarketEvent.BuyOrderCreated, self._hear)

    def _hear(self, event: Event) -> None:
        self.heard_ns = time.perf_counter_ns()
        self._created.set()

    async def buy(self) -> str:
        """Returns the client id once a listener has heard that the order is taken."""
        self._created.clear()
        name = self._connector.buy(PAIR, AMOUNT, OrderType.LIMIT, PRICE)
        async with asyncio.timeout(10):
            await self._created.wait()
        return name

    def end(self, name: str) -> None:
        """The order is cancelled, as the stream tells it."""
        gone = OrderReport(ReportSource.STREAM, OrderStatus.CANCELED, SYMBOL, client_order_id=name)
        self._connector.components.dispatcher.dispatch(gone)
