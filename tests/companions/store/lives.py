"""Lives of one connector on one exchange: each may be cut short as by a kill, and the next goes on from its journal."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector.core.clock import Clock
from connector.core.secrets import Secret
from connector.exchange.assemble import assemble
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.instance import Instance
from connector.exchange.network.restart_table import RestartTable
from connector.net.sign import HmacSigner
from connector.simulator.server import LocalExchange
from connector.store.durability import Durability
from connector.store.file_journal import FileJournal
from connector.venue.domains import LOCAL
from tests.companions.local_trading import PAIR, EventLog, ready
from tests.companions.virtual_time import loop_clock

TAG = "desk1"


@dataclass
class Life:
    """One life. `heard` are the events since before its start."""

    connector: PerpetualDerivative
    journal: FileJournal
    heard: EventLog

    @property
    def table(self) -> RestartTable:
        found = self.connector.restart_table
        assert found is not None
        return found

    def told(self) -> list[str]:
        """What was told of orders and money, by name; not of streams and settings."""
        return [tag for tag in self.heard.tags() if not tag.startswith(("Leverage", "Feed", "OrderWay"))]

    def as_killed_now(self, folder: Path) -> Path:
        """The journal as a kill at this moment would leave it."""
        shutil.copytree(self.journal.folder, folder)
        return folder

    def as_the_power_went_now(self, folder: Path) -> Path:
        """The journal as a power cut at this moment would leave it at worst: without what was not synced."""
        log = self.journal.log
        os.truncate(self.as_killed_now(folder) / log.path.name, log.synced_bytes)
        return folder


@asynccontextmanager
async def life(
    venue: LocalExchange,
    folder: Path,
    pairs: tuple[str, ...] = (PAIR,),
    *,
    starts: bool = True,
    durability: Durability = Durability.GROUP,
    clock: Clock | None = None,
    **facts: Any,
) -> AsyncIterator[Life]:
    """A connector that is ready, with its journal in `folder`. At the end its orders stay, as after a kill."""
    journal = FileJournal(folder, TAG, durability, in_loop=True)
    instance = Instance(TAG, journal=journal, records=journal.take_earlier(), **facts)
    domain = LOCAL.at(venue.rest, venue.stream, venue.ws_api)
    signer = HmacSigner(Secret(venue.api_key), Secret(venue.api_secret))
    connector = assemble(domain, signer, pairs, instance, clock or loop_clock())
    journal.begin(loop_clock().now_ms())
    heard = EventLog(connector)
    try:
        if starts:
            await ready(connector)
        yield Life(connector, journal, heard)
    finally:
        await connector.stop_network()
        journal.end(loop_clock().now_ms())
