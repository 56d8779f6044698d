"""Two connectors that are told and asked the same at the same times, one by its short ways and one by its plain ways.

Their clocks stand until they are moved, so that ids, times and signatures are the same, letter by letter. The venue
takes everything, and answers when it is told to; what its stream says is dispatched by hand.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from connector.core.clock import ManualClock
from connector.core.enums import OrderWay, PositionMode
from connector.core.event_tags import MarketEvent
from connector.core.faults import ConnectorFault
from connector.core.reports import LeverageReport, OrderReport, OrderStatus, PositionModeReport, ReportSource
from connector.exchange.derivative import PerpetualDerivative
from connector.net.http import HttpAnswer
from connector.net.ws_connection import WsConnection
from connector.store.durability import Durability
from connector.store.file_journal import FileJournal
from connector.store.write_ahead_log import WriteAheadLog
from connector.venue.domains import LOCAL
from tests.bench.orders import canned_venue
from tests.companions.account.scenes import balance, snapshot
from tests.companions.net.ws_venues import listening, scripted
from tests.companions.orders.quiet_connector import PAIR, SYMBOL, TAG, trading

_COUNTS = {"X-MBX-USED-WEIGHT-1M": "1", "X-MBX-ORDER-COUNT-10S": "1", "X-MBX-ORDER-COUNT-1M": "1"}
NOW_MS = 1_700_000_000_000


def _answers(asked: dict[str, Any]) -> list[str]:
    if asked["method"] != "time":
        return []
    return [json.dumps({"id": asked["id"], "status": 200, "result": {"serverTime": NOW_MS}, "rateLimits": []})]


@dataclass
class Desk:
    """One connector, and all that it did."""

    connector: PerpetualDerivative
    clock: ManualClock
    folder: Path
    sent: list[bytes] = field(default_factory=list)
    heard: list[object] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    asked: dict[tuple[WsConnection, int], bytes] = field(default_factory=dict)
    answered: int = 0
    #: How many the market had.
    trades: int = 0

    @property
    def log(self) -> WriteAheadLog:
        """What is written to."""
        journal = self.connector.components.journaling.journal
        assert isinstance(journal, FileJournal)
        return journal.log

    def ask(self, call: str, *arguments: Any, **named: Any) -> str:
        """What a call returned, or raised."""
        try:
            returned = getattr(self.connector, call)(*arguments, **named)
        except (ConnectorFault, ValueError) as error:
            return f"{type(error).__name__}: {error}"
        if call in ("place", "buy", "sell"):
            self.names.append(returned)
        return str(returned)

    def tell(self, name: str, status: OrderStatus, **fields: Any) -> None:
        """The venue's word on an order."""
        told = OrderReport(ReportSource.STREAM, status, SYMBOL, client_order_id=name, **fields)
        self.connector.components.dispatcher.dispatch(told)

    def connections(self) -> list[WsConnection]:
        """Those of the WS-API."""
        sockets = self.connector.components.gateway.order_sockets
        found = (sockets.orders._connection, sockets.risk._connection) if sockets else ()
        return [connection for connection in found if connection is not None]

    def answer(self) -> None:
        """The venue takes all that was asked over the WS-API."""
        for connection in self.connections():
            connection._heard_ms = self.clock.monotonic_ms()
            for number, (answer, *_) in tuple(connection._waiting.items()):
                message = self.asked.pop((connection, number), None)
                if message is not None and not answer.done():
                    self.answered += 1
                    answer.set_result(HttpAnswer(200, _COUNTS, canned_venue.ack(message, self.answered)))

    def name(self, number: int) -> str:
        """Of the orders that were asked for last, the newest first, whatever number."""
        return self.names[-1 - number % min(len(self.names), 8)] if self.names else f"{TAG}-none"

    def stands(self) -> list[object]:
        """Everything that can be seen of it."""
        parts = self.connector.components
        orders = (*parts.tracker.active, *(order for order, _ in parts.tracker._ended.values()))
        lines = b"".join(path.read_bytes() for path in sorted(self.folder.glob("*.log")))
        told = parts.tracker.states()
        use = [row.used for row in self.connector.limit_use()]
        free = self.connector.get_available_balance("USDT")
        seen = [repr(event) for event in self.heard], [repr(order) for order in orders]
        return [self.sent, self.names, *seen, lines, told, use, free]


@asynccontextmanager
async def mirrored_desks(folder: Path, **settings: object) -> AsyncIterator[tuple[Desk, Desk]]:
    """The one with short ways first. Both hold 20,000 USDT and a leverage of 20, under the same `settings`."""
    has_left = WsConnection.has_left
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(listening(scripted(_answers)))
        domain = LOCAL.at("http://127.0.0.1:1", address, address)
        desks: list[Desk] = []
        for name in ("short", "plain"):
            clock = ManualClock(NOW_MS)
            journal = FileJournal(folder / name, TAG, Durability.NONE)
            quiet = trading(domain, journal, OrderWay.WS_API, check_budget=True, clock=clock, **settings)
            desks.append(Desk(await stack.enter_async_context(quiet), clock, folder / name))
        for desk in desks:
            _furnish(desk)
        entry = desks[1].connector.components.entry
        entry.quick = entry.cancels.quick = desks[1].connector.components.modifications.quick = None

        def noted(connection: WsConnection, message: bytes, number: int, *terms: Any) -> Any:
            for desk in desks:
                if connection in desk.connections():
                    desk.sent.append(message)
                    desk.asked[connection, number] = message
            return has_left(connection, message, number, *terms)

        WsConnection.has_left = noted  # type: ignore[method-assign,assignment]
        stack.callback(setattr, WsConnection, "has_left", has_left)
        yield desks[0], desks[1]


def _furnish(desk: Desk) -> None:
    parts = desk.connector.components

    async def by_rest(method: str, address: str, headers: object, **terms: object) -> HttpAnswer:
        desk.sent.append(f"{method} {address}".encode())
        await asyncio.get_running_loop().create_future()
        raise AssertionError("nobody answers")

    parts.http.send = by_rest  # type: ignore[method-assign,assignment]
    parts.dispatcher.dispatch(snapshot(1, (balance("20000"),)))
    parts.dispatcher.dispatch(LeverageReport(SYMBOL, 20, Decimal(10**9)))
    parts.dispatcher.dispatch(PositionModeReport(PositionMode.ONEWAY))
    for tag in MarketEvent:
        desk.connector.add_listener(tag, desk.heard.append)


async def settled() -> None:
    """All that follows from what was asked has been done."""
    for _ in range(12):
        await asyncio.sleep(0)


__all__ = ["NOW_MS", "PAIR", "Desk", "mirrored_desks", "settled"]
