"""A dry run: the market of a domain by its public data, and orders on a local exchange of our own that plays it.

    domain ── frames, snapshots ──▶ FarMarket ── a recording, as it is written ──▶ the local exchange ◀── orders ── bot

The bot knows the local exchange alone, and its made-up key; the domain hears of no order.
"""

import asyncio
import contextlib
import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from connector.bot.session import local_exchange
from connector.bot.session.far_market import FarMarket
from connector.bot.session.local_exchange import ExchangeEpoch, LocalVenue
from connector.exchange.account.factor_permit import EVERYTHING
from connector.net.system_clock import SystemClock
from connector.venue.domains import Domain

_LOG = logging.getLogger(__name__)
#: Of which a local exchange has some ready, and how much of another is brought.
_READY_ASSET, _BROUGHT = "USDT", 10_000
_SEEN_WITHIN_S: Final = 20.0
#: What is written is played within a moment.
_PLAYED_WITHIN_S, _STEP_S = 3.0, 0.05


class DryRunVenue:
    """The local exchange of a dry run, and what feeds its market."""

    permit = EVERYTHING
    ends_with_us = True
    is_rehearsal = False
    how_to_restart = "run it again"

    def __init__(self, near: LocalVenue, far: FarMarket) -> None:
        self.domain = near.domain
        self.data_of = far.domain.name
        self._near, self._far = near, far
        self._feeding = asyncio.create_task(self._feed())

    @property
    def has_ended(self) -> bool:
        return self._near.has_ended

    async def epoch(self) -> ExchangeEpoch:
        return await self._near.epoch()

    async def background(self) -> str:
        """What was played."""
        far = self._far
        unseen = "never" if not far.outages else "once" if far.outages == 1 else f"{far.outages} times"
        return f"{self.data_of}, {far.frames} frames of its public data, out of sight {unseen}; no order was sent there"

    async def seen(self) -> None:
        """Returns when the market is in sight, and played, and there is money to trade with; one that the domain itself
        halts stays so. Raises `UnavailableFault`."""
        await self._far.seen(_SEEN_WITHIN_S)
        if self._far.margin_asset != _READY_ASSET:
            await self._near.bring(self._far.margin_asset, _BROUGHT)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PLAYED_WITHIN_S):
                while not await self._near.is_trading():
                    await asyncio.sleep(_STEP_S)

    async def stop(self) -> None:
        """Ends both. Raises the defect that ended the feeding before, if one did."""
        self._feeding.cancel()
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await self._feeding
        finally:
            await self._far.close()
            await self._near.stop()

    async def _feed(self) -> None:
        try:
            await self._far.follow(_Pipe(self._near.recording))
        except Exception:
            _LOG.exception("what feeds the dry run broke")
            self._far.give_up("it is followed no more, by a defect; the log has the details")
            raise


class _Pipe:
    """The way of the recording into the process that plays it."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer

    @property
    def waiting(self) -> int:
        return self._writer.transport.get_write_buffer_size()

    def write(self, line: bytes) -> None:
        """Nothing where nobody reads any more: that the exchange is gone is seen by those who trade there."""
        if not self._writer.is_closing():
            self._writer.write(line)


async def started(
    domain: Domain, trading_pair: str, tell: Callable[[str], None], stop: asyncio.Event
) -> DryRunVenue | None:
    """Both, with the domain's market in sight; None when told to stop before. Raises `UnavailableFault`, which names
    the host where one can't be reached, and `ConfigFault` for a pair that the domain does not list."""
    starting = asyncio.create_task(_started(domain, trading_pair, tell))
    told = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((starting, told), return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            return starting.result()
        return None
    finally:
        for task in (starting, told):
            task.cancel()
        await asyncio.gather(starting, told, return_exceptions=True)


async def _started(domain: Domain, trading_pair: str, tell: Callable[[str], None]) -> DryRunVenue:
    far = FarMarket(domain, trading_pair, SystemClock(), tell)
    async with contextlib.AsyncExitStack() as undo:
        undo.push_async_callback(far.close)
        listed = await far.listed()
        with tempfile.TemporaryDirectory() as folder:
            contracts = Path(folder) / "contracts.json"
            contracts.write_bytes(listed)
            near = await local_exchange.started(1, contracts, replays_stdin=True)
        venue = DryRunVenue(near, far)
        undo.push_async_callback(venue.stop)
        await venue.seen()
        undo.pop_all()
    return venue
