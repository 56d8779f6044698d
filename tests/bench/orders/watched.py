"""What page and metrics take of an order's way: two connectors in one process, of which one is watched, buy in turn.

Page and metrics are served as a run serves them, and both are asked once, so that nothing of theirs is still to begin.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from statistics import median

from aiohttp import ClientSession

from connector.bot.metrics.endpoint import MetricsEndpoint
from connector.bot.page.run_page import HEADER, RunPage
from connector.bot.report.accounting import Accounting
from connector.bot.report.status_source import StatusSource
from connector.bot.watched_run import WatchedRun
from connector.core.enums import OrderWay
from connector.exchange.derivative import PerpetualDerivative
from connector.net.system_clock import SystemClock
from connector.store.durability import Durability
from connector.venue.domains import Domain
from tests.bench.orders.buyer import Buyer
from tests.bench.orders.rig import Written, journal_in, stamped
from tests.companions.orders.quiet_connector import PAIR, trading
from tests.companions.scrapes import scrape, value

ORDERS, _WARM_UP = 1_500, 200
_TOKEN = "a-token-that-is-long-enough-for-a-measurement"
#: Of one order, in microseconds: `buy()` to its bytes at the socket, and to a listener of its acknowledgement.
Figure = tuple[float, float]


def measure(domain: Domain, folder: Path, orders: int = ORDERS) -> dict[str, Figure]:
    """Medians, by where they end: of the connector that is watched, and of the other."""
    return asyncio.run(_measured(domain, folder, orders))


async def _measured(domain: Domain, folder: Path, orders: int) -> dict[str, Figure]:
    run = WatchedRun()
    async with (
        _served(run) as look_on,
        _buyer(domain, folder / "watched", run) as watched,
        _buyer(domain, folder / "bare", None) as bare,
    ):
        await look_on()
        seen: dict[str, list[Figure]] = {"watched": [], "bare": []}
        with stamped() as written:
            for number in range(_WARM_UP + orders):
                turns = (("watched", watched), ("bare", bare))
                for name, buyer in turns if number % 2 else turns[::-1]:
                    seen[name].append(await _timed(buyer, written))
        if await look_on() != _WARM_UP + orders:
            raise RuntimeError("metrics did not hear of each order: the figure means nothing")
    both = [zip(*seen[name][_WARM_UP:], strict=True) for name in ("watched", "bare")]
    (sent, heard), (bare_sent, bare_heard) = ([median(figures) for figures in row] for row in both)
    return {"the socket": (sent, bare_sent), "its acknowledgement": (heard, bare_heard)}


@contextlib.asynccontextmanager
async def _buyer(domain: Domain, folder: Path, run: WatchedRun | None) -> AsyncIterator[Buyer]:
    journal = journal_in(folder, Durability.GROUP)
    before = partial(_begin, run)
    async with trading(domain, journal, OrderWay.WS_API, before=before) as connector:
        yield Buyer(connector)
        sockets = connector.components.gateway.order_sockets
        if sockets is None or sockets.fallbacks:
            raise RuntimeError("orders went by REST: the figure means nothing")


async def _timed(buyer: Buyer, written: Written) -> Figure:
    written.clear()
    began_ns = time.perf_counter_ns()
    name = await buyer.buy()
    (sent_ns,) = (at_ns for message, at_ns in written if b'"order.place"' in message)
    buyer.end(name)
    await asyncio.sleep(0)
    return (sent_ns - began_ns) / 1000, (buyer.heard_ns - began_ns) / 1000


def _begin(run: WatchedRun | None, connector: PerpetualDerivative) -> None:
    """Both are kept books of, as any run's; one is watched."""
    books = Accounting(PAIR)
    for tag in Accounting.TAGS:
        connector.add_listener(tag, books.on_event)
    if run is not None:
        run.begin(StatusSource(connector, books, PAIR))


@contextlib.asynccontextmanager
async def _served(run: WatchedRun) -> AsyncIterator[Callable[[], Awaitable[float]]]:
    """Page and metrics of a run; what is handed out asks both, and tells of how many orders metrics have heard."""
    metrics, page = MetricsEndpoint(run, 0, _TOKEN), RunPage(run, 0, SystemClock(), controls=False)
    _, _, token = page.link.partition("#")

    async def look_on() -> float:
        async with ClientSession() as session, session.get(f"{page.address}/view", headers={HEADER: token}) as answer:
            answer.raise_for_status()
        return value(await scrape(metrics.address, _TOKEN), "order_confirm_seconds_count")

    async with metrics.serving(), page.serving():
        yield look_on
