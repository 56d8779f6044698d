"""A connector that is started and stopped fifty times leaves nothing behind: no task, thread, socket or file."""

import asyncio
import gc
import os
import threading
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.core.secrets import Secret
from connector.exchange.assemble import assemble
from connector.exchange.instance import Instance
from connector.net.limits.throttle import Throttle
from connector.net.sign import HmacSigner
from connector.net.system_clock import SystemClock
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from connector.store.file_journal import FileJournal
from connector.store.history import History, opened
from connector.store.indexer import Indexer, ThreadIndexing
from connector.venue.domains import LOCAL
from tests.companions.local_trading import PAIR, EventLog, Trader, ready, until
from tests.companions.orders.quiet_connector import WIDE_LIMITS

#: So many live at once: a life mostly waits for the first frame of each stream.
TOGETHER, ROUNDS = 10, 5


def held() -> Counter[str]:
    """Tasks, threads, and what is open, by kind."""
    gc.collect()
    counts = Counter(tasks=len(asyncio.all_tasks()), threads=threading.active_count())
    for number in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{number}")
        except OSError:  # the listing itself
            continue
        kind = "sockets" if target.startswith("socket:") else "files"
        counts[kind] += 1
    return counts


async def one_life(venue: LocalExchange, home: Path, tag: str) -> None:
    """A connector with journal and history starts, trades, and stops."""
    clock = SystemClock()
    journal = FileJournal(home / tag, tag)
    indexer = Indexer(History(opened(f"sqlite:///{home / tag}.sqlite"), journal.folder, tag), journal.log)
    domain = LOCAL.at(venue.rest, venue.stream, venue.ws_api)
    signer = HmacSigner(Secret(venue.api_key), Secret(venue.api_secret))
    instance = Instance(tag, journal, journal.take_earlier())
    connector = assemble(domain, signer, (PAIR,), instance, clock, Throttle(WIDE_LIMITS))
    journal.begin(clock.now_ms())
    indexing = ThreadIndexing(indexer)
    await ready(connector)
    log = EventLog(connector)
    connector.buy(PAIR, Decimal("0.01"), OrderType.MARKET)
    name = connector.buy(PAIR, Decimal("0.01"), OrderType.LIMIT, Decimal(59_000))
    await log.waits_for(MarketEvent.BuyOrderCreated, 2)
    connector.cancel(PAIR, name)
    await log.waits_for(MarketEvent.OrderCancelled)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await connector.stop_network()
    assert journal.end(clock.now_ms()) == ""
    indexing.stop()


async def lives(venue: LocalExchange, home: Path) -> None:
    async with asyncio.TaskGroup() as group:
        for number in range(TOGETHER):
            group.create_task(one_life(venue, home, f"desk{number}"))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="this system does not tell what a process holds open")
@pytest.mark.timeout(300)
async def test_fifty_lives_leave_no_task_thread_socket_or_file(tmp_path: Path) -> None:
    # Fifty starts a minute take more than the venue's limits.
    settings = SimulatorSettings(background=False, funding_first_s=3600, limits_times=1_000)
    async with LocalExchange(settings) as venue:
        Trader(venue).make_market()
        # What is made once and kept (an executor's threads) is there after the first round.
        await lives(venue, tmp_path)
        before = held()
        for _ in range(ROUNDS):
            await lives(venue, tmp_path)
        # The exchange closes its ends when it hears of ours.
        await until(lambda: held() <= before, f"{before} again; now {held()}")
