"""The short way of a trade to the bot: what is told, written and counted is what the whole way would; of both twins
alike, in the end and at the moment in which the bot hears of it."""

import asyncio
import json
import tempfile
import time
from contextlib import AsyncExitStack, suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.core.enums import OrderType, PositionAction, TradeType
from connector.core.event_tags import MarketEvent
from connector.core.faults import UnreadableFault
from connector.core.intents import OrderIntent
from connector.core.journal import LifeBegan, LifeEnded
from connector.core.reports import AccountReport, BalanceReport, ReportSource, UserReport
from connector.exchange.compiled import fill_relay as compiled
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.plain import fill_relay as plain
from connector.store.durability import Durability
from connector.store.file_journal import FileJournal
from connector.store.segments import read_log
from connector.venue.domains import LOCAL
from connector.wire.user_events import UserEventReader
from tests.companions.orders.quiet_connector import PAIR, SYMBOL, TAG, trading

D = Decimal
Relay = Any
PlainRelay, CompiledRelay = plain.FillRelay, compiled.FillRelay
#: What the account holds at first.
_CASH = D(100_000)


class Desk:
    """A connector with orders in the book, and what its bot hears."""

    def __init__(self, connector: PerpetualDerivative, relay: type[Relay] | None) -> None:
        self.components = connector.components
        self.reader = UserEventReader()
        parts = self.components
        self.relay: Relay = relay and relay(
            self.reader, parts.gateway.clock_meter, parts.clock, parts.dispatcher, parts.dispatcher.end_relayed
        )
        self.heard: list[tuple[Any, ...]] = []
        for tag in (MarketEvent.OrderFilled, MarketEvent.BuyOrderCompleted, MarketEvent.SellOrderCompleted):
            connector.add_listener(tag, self._hear)
        cash = BalanceReport("USDT", _CASH, _CASH, available=_CASH)
        parts.dispatcher.dispatch(AccountReport(ReportSource.QUERY, "", 1, (cash,), (), complete=True))
        for number, (side, action) in enumerate(ORDERS):
            intent = OrderIntent(PAIR, side, OrderType.LIMIT, D("0.010"), D(50_000), action)
            order = parts.tracker.open_order(intent, f"desk1-{number}", leverage=5, now_ms=1)
            parts.journaling.intended(order)

    def _hear(self, event: Any) -> None:
        order = self.components.tracker.order(event.order_id)
        assert order is not None
        budget = self.components.budget
        free, backing = budget.available_balance("USDT"), budget.figures.backing("USDT")
        self.heard.append((event, order.state, order.executed_amount, free, backing))

    def take(self, frame: bytes) -> None:
        left: tuple[UserReport, ...] = self.relay.take(frame) if self.relay else self.reader.read(frame)
        for report in left:
            self.components.dispatcher.dispatch(report)

    def stands(self) -> tuple[Any, ...]:
        """All that is known in the end, our own clock's times left out."""
        parts = self.components
        states = [{**state, "last_update_ms": 0} for state in parts.tracker.states().values()]
        return (
            self.heard, json.dumps(states, default=str), sorted(parts.tracker.by_client_id),
            sorted(parts.tracker.by_exchange_id), parts.ledger._drift._accounts, parts.budget.available_balance("USDT"),
            parts.budget.figures.backing("USDT"), parts.dispatcher.traffic.late_fills,
        )  # fmt: skip


ORDERS = (
    (TradeType.BUY, PositionAction.OPEN),
    (TradeType.SELL, PositionAction.OPEN),
    (TradeType.SELL, PositionAction.CLOSE),
)


@st.composite
def frames(draw: st.DrawFn) -> list[bytes]:
    """Events of three orders: mostly their next trades, now and then an odd one."""
    executed = [0, 0, 0]
    made: list[bytes] = []
    at_ms = time.time_ns() // 1_000_000
    for number in range(draw(st.integers(1, 14))):
        place = draw(st.integers(0, 2))
        odd = draw(st.sampled_from(["", "", "", "", "twice", "new", "cancel", "terms", "another", "late", "others"]))
        lots = min(draw(st.sampled_from([1, 1, 2, 5, 10])), 10 - executed[place])
        if not lots and not odd:
            continue
        execution = {"new": "NEW", "cancel": "CANCELED"}.get(odd, "TRADE")
        lots = max(lots, 1)
        if execution == "TRADE" and odd != "another" and executed[place] + lots <= 10:
            executed[place] += lots
        status = execution if execution != "TRADE" else "FILLED" if executed[place] == 10 else "PARTIALLY_FILLED"
        order = {
            "s": SYMBOL, "c": f"web_{number}" if odd == "another" else f"desk1-{place}", "S": ORDERS[place][0].name,
            "o": "LIMIT", "f": "GTC", "q": "0.011" if odd == "terms" else "0.010",
            "p": draw(st.sampled_from(["50000", "50000.0"])), "ap": "50000", "sp": "0", "x": execution, "X": status,
            "i": 9_000 + (number if odd in ("another", "others") else place), "l": str(D(lots).scaleb(-3)),
            "z": str(D(max(executed[place], lots if execution == "TRADE" else 0)).scaleb(-3)),
            "L": draw(st.sampled_from(["50000", "49999.5"])), "n": "0.001", "N": "USDT", "T": at_ms + number,
            "t": number + (5 if odd == "late" else 1), "m": True, "R": False, "ps": "BOTH", "cp": False, "rp": "0",
            "er": "0",
        }  # fmt: skip
        event = {"e": "ORDER_TRADE_UPDATE", "E": at_ms, "T": at_ms + number, "o": order}
        made += [json.dumps(event).encode()] * (2 if odd == "twice" else 1)
    return made


async def _driven(told: list[bytes], folder: Path) -> tuple[list[Any], list[Any], list[int]]:
    """What each desk knows in the end, what its journal holds, and how many trades went the short way."""
    stands, relayed = list[Any](), list[int]()
    folders = [folder / name for name in ("whole", "plain", "compiled")]
    async with AsyncExitStack() as stack:
        for place, relay in zip(folders, (None, PlainRelay, CompiledRelay), strict=True):
            connector = await stack.enter_async_context(trading(LOCAL, FileJournal(place, TAG, Durability.NONE)))
            desk = Desk(connector, relay)
            for frame in told:
                with suppress(UnreadableFault):  # of other terms than what it fills: alike of all
                    desk.take(frame)
            stands.append(desk.stands())
            relayed.append(desk.relay.relayed if desk.relay else 0)
    return stands, [_written(place) for place in folders], relayed


def _written(folder: Path) -> list[Any]:
    records = [record for segment in read_log(folder) for record in segment.records]
    return [
        getattr(record, "created_ms", None) or record
        for record in records
        if not isinstance(record, LifeBegan | LifeEnded)
    ]


@settings(max_examples=60, deadline=None)
@given(frames())
def test_the_short_way_tells_writes_and_counts_what_the_whole_way_does(told: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        stands, written, relayed = asyncio.run(_driven(told, Path(folder)))
    assert stands[1] == stands[0]
    assert stands[2] == stands[0]
    assert repr(stands[2]) == repr(stands[1])
    assert written[1] == written[0] == written[2]
    assert relayed[1] == relayed[2]


def test_trades_of_orders_that_go_on_take_the_short_way_and_are_counted() -> None:
    taken = []

    @settings(max_examples=15, deadline=None, database=None, derandomize=True)
    @given(frames())
    def look(told: list[bytes]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            taken.append(asyncio.run(_driven(told, Path(folder)))[2][2])

    look()
    assert sum(taken) > 10


@pytest.mark.parametrize("relay", [PlainRelay, CompiledRelay], ids=["plain", "compiled"])
async def test_a_trade_that_is_dated_ahead_of_the_exchanges_clock_changes_nothing(relay: type[Relay]) -> None:
    async with trading(LOCAL) as connector:
        desk = Desk(connector, relay)
        at_ms = time.time_ns() // 1_000_000
        frame = b'{"e":"ACCOUNT_UPDATE","E":1,"T":%d,"a":{"m":"ORDER","B":[],"P":[]}}'
        with pytest.raises(UnreadableFault, match="ahead of the exchange's clock"):
            desk.take(frame % (at_ms + 60_000))
        assert connector.components.gateway.clock_meter.is_in_doubt
        desk.take(frame % at_ms)


@pytest.mark.parametrize("relay", [PlainRelay, CompiledRelay], ids=["plain", "compiled"])
async def test_a_listener_that_fails_keeps_no_other_from_hearing(
    relay: type[Relay], caplog: pytest.LogCaptureFixture
) -> None:
    heard = []

    def fails(event: object) -> None:
        heard.append("one")
        raise RuntimeError("mine")

    async with trading(LOCAL) as connector:
        connector.add_listener(MarketEvent.OrderFilled, fails)
        desk = Desk(connector, relay)
        told = json.loads(FRAME)
        told["E"] = told["T"] = told["o"]["T"] = time.time_ns() // 1_000_000
        # Its creation is told first, which is the whole way; the next trade takes the short one.
        for number in (1, 2):
            told["o"] |= {"t": number, "z": f"0.00{number}"}
            desk.take(json.dumps(told).encode())
        assert desk.relay.relayed == 1
        assert heard == ["one", "one"]
        assert len(desk.heard) == 2
    assert caplog.text.count("a listener of OrderFilled failed") == 2


FRAME = json.dumps(
    {
        "e": "ORDER_TRADE_UPDATE", "E": 0, "T": 0, "o": {
            "s": SYMBOL, "c": "desk1-0", "S": "BUY", "o": "LIMIT", "f": "GTC", "q": "0.010", "p": "50000",
            "ap": "50000", "x": "TRADE", "X": "PARTIALLY_FILLED", "i": 9_000, "l": "0.001", "z": "0.001",
            "L": "50000", "n": "0.001", "N": "USDT", "T": 0, "t": 1, "m": True, "R": False, "ps": "BOTH", "cp": False,
            "rp": "0", "er": "0",
        },
    }
)  # fmt: skip
