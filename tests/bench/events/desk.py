"""One fill of the user stream, from its bytes to a listener: with few and with many orders open, and fills booked."""

import asyncio
import json
import time
from decimal import Decimal
from statistics import median

from connector.core.enums import OrderType, TradeType
from connector.core.event_tags import MarketEvent
from connector.core.intents import OrderIntent
from connector.exchange.derivative import PerpetualDerivative
from connector.venue.domains import LOCAL
from tests.companions.orders.quiet_connector import PAIR, SYMBOL, trading

FEW_OPEN, MANY_OPEN = 10, 10_000
FEW_FILLS, MANY_FILLS = 1, 1_000
#: Fills that are timed: of an order that goes on, and such as complete one.
FILLS, LAST_FILLS = 400, 40
_PRICE, LOTS = Decimal(50_000), 900_000
Pair = tuple[float, float]


def measure_open() -> Pair:
    """Median microseconds of a fill with many orders open, and with few."""
    return asyncio.run(_side_by_side(MANY_OPEN, FEW_OPEN))


def measure_fills() -> tuple[Pair, Pair]:
    """Median microseconds of a fill of an order with many fills, and with few; then of the fill that completes such an
    order."""
    return asyncio.run(_booked())


async def _side_by_side(many: int, few: int) -> Pair:
    async with trading(LOCAL) as first, trading(LOCAL) as second:
        desks = Desk(first, many, LOTS), Desk(second, few, LOTS)
        return _timed(desks, [turn % few for turn in range(FILLS)])


async def _booked() -> tuple[Pair, Pair]:
    async with trading(LOCAL) as first, trading(LOCAL) as second:
        desks = Desk(first, LAST_FILLS, MANY_FILLS + 2), Desk(second, LAST_FILLS, FEW_FILLS + 2)
        for desk, fills in zip(desks, (MANY_FILLS, FEW_FILLS), strict=True):
            for turn in range(fills * LAST_FILLS):
                desk.fill(turn % LAST_FILLS)
        # Each order has two fills left.
        going_on = _timed(desks, list(range(LAST_FILLS)))
        return going_on, _timed(desks, list(range(LAST_FILLS)))


def _timed(desks: "tuple[Desk, Desk]", turns: list[int]) -> Pair:
    seen: tuple[list[float], list[float]] = ([], [])
    for turn in turns:
        for desk, figures in zip(desks, seen, strict=True):
            figures.append(desk.fill(turn) / 1000)
    if any(desk.heard != desk.told for desk in desks):
        raise RuntimeError("a fill was not heard: the figure means nothing")
    return median(seen[0]), median(seen[1])


class Desk:
    """A connector with orders open, each of so many lots, of which a fill takes one."""

    def __init__(self, connector: PerpetualDerivative, orders: int, lots: int) -> None:
        self._user = connector.components.user
        self.heard = self.told = self.heard_ns = 0
        connector.add_listener(MarketEvent.OrderFilled, self._hear)
        self._amount = Decimal(lots).scaleb(-3)
        intent = OrderIntent(PAIR, TradeType.BUY, OrderType.LIMIT, self._amount, _PRICE)
        self._names = [f"desk1-{number}" for number in range(orders)]
        for name in self._names:
            connector.components.tracker.open_order(intent, name, leverage=5, now_ms=1)
        self._executed = [0] * orders

    def _hear(self, event: object) -> None:
        self.heard_ns = time.perf_counter_ns()
        self.heard += 1

    def fill(self, place: int) -> int:
        """Nanoseconds until the next fill of an order is heard."""
        return self.heard_and_done(self.next_frame(place))[0]

    def heard_and_done(self, frame: bytes) -> tuple[int, int]:
        """Nanoseconds from a fill's bytes to the listener, and until all that follows from it is done."""
        began_ns = time.perf_counter_ns()
        self._user.on_frame(frame, 1)
        done_ns = time.perf_counter_ns()
        return self.heard_ns - began_ns, done_ns - began_ns

    def next_frame(self, place: int) -> bytes:
        """The next fill of an order, as the venue writes it."""
        self.told += 1
        self._executed[place] += 1
        return self._frame(place, Decimal(self._executed[place]).scaleb(-3))

    def _frame(self, place: int, executed: Decimal) -> bytes:
        status = "FILLED" if executed == self._amount else "PARTIALLY_FILLED"
        order = {
            "s": SYMBOL, "c": self._names[place], "S": "BUY", "o": "LIMIT", "f": "GTC", "q": str(self._amount),
            "p": "50000", "ap": "50000", "sp": "0", "x": "TRADE", "X": status, "i": 9_000 + place, "l": "0.001",
            "z": str(executed), "L": "50000", "n": "0.001", "N": "USDT", "T": time.time_ns() // 1_000_000,
            "t": self.told, "b": "0", "a": "0", "m": True, "R": False, "wt": "CONTRACT_PRICE", "ot": "LIMIT",
            "ps": "BOTH", "cp": False, "rp": "0", "pP": False, "si": 0, "ss": 0, "V": "EXPIRE_MAKER", "pm": "NONE",
            "gtd": 0, "er": "0",
        }  # fmt: skip
        event = {"e": "ORDER_TRADE_UPDATE", "E": order["T"], "T": order["T"], "o": order}
        return json.dumps(event, separators=(",", ":")).encode()
