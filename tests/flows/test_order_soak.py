"""200,000 orders through a whole connector with its journal on: bought, filled or cancelled, told and written down.

The venue answers at once; the user stream's frames are handed in as they would come. Printed: what is resident after
each half, how much log and database there is, and how long it took.
"""

import asyncio
import gc
import json
import sys
import time
from decimal import Decimal
from pathlib import Path

import pytest

from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.core.events import Event
from connector.exchange.derivative import PerpetualDerivative
from connector.store.durability import Durability
from connector.store.history import History, opened
from connector.store.indexer import Indexer, ThreadIndexing
from connector.store.write_ahead_log import SEGMENT_BYTES
from tests.bench.orders.rig import canned_venue, journal_in
from tests.companions.orders.quiet_connector import PAIR, SYMBOL, TAG, trading

ORDERS = 200_000
AMOUNT, PRICE = Decimal("0.01"), Decimal(50_000)
ENDS = (
    MarketEvent.BuyOrderCompleted,
    MarketEvent.OrderCancelled,
    MarketEvent.OrderFailure,
    MarketEvent.OrderExpired,
)


def resident_mb() -> float:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


class Desk:
    """Buys, and tells the connector over its user stream what became of it: every second order is filled."""

    def __init__(self, connector: PerpetualDerivative) -> None:
        self.connector = connector
        self.ended: dict[MarketEvent, int] = dict.fromkeys(ENDS, 0)
        self._number = 0
        self._created, self._over = asyncio.Event(), asyncio.Event()
        connector.add_listener(MarketEvent.BuyOrderCreated, self._hear_creation)
        for tag in ENDS:
            connector.add_listener(tag, self._hear_end)

    def _hear_creation(self, event: Event) -> None:
        self._created.set()

    def _hear_end(self, event: Event) -> None:
        self.ended[event.tag] += 1
        self._over.set()

    async def trade(self) -> None:
        self._number += 1
        self._created.clear()
        self._over.clear()
        name = self.connector.buy(PAIR, AMOUNT, OrderType.LIMIT, PRICE)
        async with asyncio.timeout(10):
            await self._created.wait()
        if self._number % 2:
            self._tell(name, "TRADE", "FILLED", str(AMOUNT))
        else:
            self.connector.cancel(PAIR, name)
            async with asyncio.timeout(10):
                await self._over.wait()
            self._tell(name, "CANCELED", "CANCELED", "0")

    def _tell(self, name: str, execution: str, status: str, filled: str) -> None:
        now_ms = self.connector.venue_time_ms()
        order = {
            "s": SYMBOL, "c": name, "S": "BUY", "o": "LIMIT", "f": "GTC", "q": str(AMOUNT), "p": str(PRICE), "ap": "0",
            "x": execution, "X": status, "i": self._number, "l": filled, "z": filled, "L": str(PRICE), "n": "0.1",
            "N": "USDT", "T": now_ms, "t": self._number, "m": True, "R": False, "ps": "BOTH", "rp": "0", "er": "0",
        }  # fmt: skip
        event = {"e": "ORDER_TRADE_UPDATE", "E": now_ms, "T": now_ms, "o": order}
        self.connector.components.user.on_frame(json.dumps(event).encode(), 1)


@pytest.mark.long
@pytest.mark.timeout(1_800)
async def test_two_hundred_thousand_orders_of_a_connector_leave_its_memory_flat(tmp_path: Path) -> None:
    journal = journal_in(tmp_path / "log", Durability.GROUP)
    database = tmp_path / "history.sqlite"
    indexing = ThreadIndexing(Indexer(History(opened(f"sqlite:///{database}"), journal.folder, TAG), journal.log))
    began = time.perf_counter()
    with canned_venue() as domain:
        async with trading(domain, journal) as connector:
            desk = Desk(connector)
            resident = []
            for number in range(1, ORDERS + 1):
                await desk.trade()
                if number % (ORDERS // 2) == 0:
                    resident.append(resident_mb())
            longest_ms = journal.log.longest_sync_ms
        took_s = time.perf_counter() - began
    logs_mb = sum(path.stat().st_size for path in journal.folder.glob("*.log")) / 1e6
    indexing.stop()
    sys.stdout.write(
        f"resident {resident[0]:.1f} then {resident[1]:.1f} MB, log {logs_mb:.1f} MB, database "
        f"{database.stat().st_size / 1e6:.1f} MB, longest sync {longest_ms:.0f} ms, {took_s:.0f} s\n"
    )
    assert desk.ended[MarketEvent.BuyOrderCompleted] == desk.ended[MarketEvent.OrderCancelled] == ORDERS // 2
    assert resident[1] <= resident[0] * 1.02
    assert logs_mb * 1e6 < 3 * SEGMENT_BYTES
