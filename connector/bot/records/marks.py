"""Prices and money of a run, a line each, for the report: what the journal of orders does not hold.

    data/DOMAIN/ACCOUNT/INSTANCE.marks.jsonl     the newest; .1 to .3 are older

    {"kind": "run", "time_ms": …, "pair": …, "strategy": …, "domain": …, "strategies": […]}  first in each file, too
    {"kind": "money", "time_ms": …, "mid": …, "mark": …, "equity": …, "wallet": …, "position": …}  at once, each 5 s,
                                                                                                    and at the end
    {"kind": "transfer", "time_ms": …, "asset": …, "amount": …}                 of any asset: came, or went below 0
    {"kind": "fill", "time_ms": …, "trade_id": …, "pair": …, "mid": …, "after": {"1": …, "5": …, "30": …}}

A thread writes them: a disk that hangs holds up nobody, and what it does not take is left out, told once.
"""

import asyncio
import contextlib
import json
import logging
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from connector.bot.report.status_source import StatusSource
from connector.bot.waiting_lines import WaitingLines
from connector.bot.watched_run import WatchedRun
from connector.core.account_events import TransferEvent
from connector.core.amounts import ZERO, plain
from connector.core.enums import PriceType
from connector.core.event_tags import MarketEvent
from connector.core.events import Event, OrderFilledEvent
from connector.core.faults import ConnectorFault
from connector.store.file_journal import FileJournal

_LOG = logging.getLogger(__name__)
ENDING: Final = ".marks.jsonl"
#: When the mid price is looked at again after a fill, in seconds.
AFTER_S: Final = (1, 5, 30)
_SAMPLE_EVERY_S: Final = 5.0
_BEGIN_LOOKED_FOR_EVERY_S: Final = 0.25
_MOST_BYTES: Final = 8_000_000
_KEPT: Final = 3
_MOST_PENDING: Final = 1_000
_WRITTEN_WITHIN_S: Final = 2.0

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StrategyMark:
    """One strategy of a run: what the run calls it, what it quotes by, and the pairs that it trades."""

    name: str
    strategy: str
    pairs: tuple[str, ...]

    def to_json(self) -> Row:
        return {"name": self.name, "strategy": self.strategy, "pairs": list(self.pairs)}


class MarkKeeper:
    """Looks on at a run of these strategies, and writes what it sees."""

    def __init__(self, watched: WatchedRun, strategies: Sequence[StrategyMark]) -> None:
        self._watched = watched
        self._strategies = strategies
        self._lines: _Lines | None = None
        self._pending: dict[str, Row] = {}
        #: The epoch whose money was written.
        self._sampled: StatusSource | None = None

    @contextlib.asynccontextmanager
    async def keeping(self) -> AsyncIterator[None]:
        """For as long as the block lasts."""
        self._watched.watch(self._begin, self._look_last)
        sampling = asyncio.create_task(self._sample())
        try:
            yield
        finally:
            sampling.cancel()
            await asyncio.gather(sampling, return_exceptions=True)
            self._end()

    def _begin(self, epoch: StatusSource) -> None:
        """Another life of the exchange may have another account."""
        self._end()
        journal = epoch.connector.components.instance.journal
        if not isinstance(journal, FileJournal):
            return
        about = {
            "pair": epoch.trading_pair, "strategy": ", ".join(one.name for one in self._strategies),
            "domain": epoch.connector.domain, "strategies": [one.to_json() for one in self._strategies],
        }  # fmt: skip
        head: Row = {"kind": "run", "time_ms": epoch.connector.venue_time_ms(), **about}
        self._lines = _Lines(journal.folder.parent / f"{journal.tag}{ENDING}", head)
        bus = epoch.connector.components.bus
        bus.add_watcher(MarketEvent.OrderFilled, self._on_fill)
        bus.add_watcher(MarketEvent.Transfer, self._on_transfer)

    def _end(self) -> None:
        """Fills whose time is not up are written as far as they are known."""
        for row in self._pending.values():
            self._write(row)
        self._pending.clear()
        if self._lines is not None:
            self._lines.close()
        self._lines = None

    def _write(self, row: Row) -> None:
        if self._lines is not None:
            self._lines.write(row)

    async def _sample(self) -> None:
        """At once where an epoch is ready to trade, and now and then from there on."""
        while True:
            epoch = self._watched.epoch
            is_new = epoch is not self._sampled
            await asyncio.sleep(_BEGIN_LOOKED_FOR_EVERY_S if is_new or epoch is None else _SAMPLE_EVERY_S)
            epoch = self._watched.epoch
            if epoch is not None and epoch.connector.ready:
                with contextlib.suppress(ConnectorFault):
                    self._write_money(epoch)
                    self._sampled = epoch

    def _look_last(self, epoch: StatusSource) -> None:
        """What the last seconds brought, a position that was closed at the end among it."""
        if self._sampled is epoch:
            with contextlib.suppress(ConnectorFault):
                self._write_money(epoch)

    def _write_money(self, epoch: StatusSource) -> None:
        for pair in epoch.books:
            self._write(_money(epoch, pair))

    def _on_fill(self, event: Event) -> None:
        epoch = self._watched.epoch
        if epoch is None or not isinstance(event, OrderFilledEvent) or len(self._pending) >= _MOST_PENDING:
            return
        row: Row = {
            "kind": "fill", "time_ms": round(event.timestamp * 1000), "trade_id": event.exchange_trade_id,
            "pair": event.trading_pair, "mid": _mid(epoch, event.trading_pair), "after": {},
        }  # fmt: skip
        key = f"{event.trading_pair} {event.exchange_trade_id}"
        self._pending[key] = row
        loop = asyncio.get_running_loop()
        for seconds in AFTER_S:
            loop.call_later(seconds, self._look_again, key, row, seconds)

    def _on_transfer(self, event: Event) -> None:
        """Also what came or went while nothing ran, which is told at the start."""
        if isinstance(event, TransferEvent):
            at_ms = round(event.timestamp * 1000)
            self._write({"kind": "transfer", "time_ms": at_ms, "asset": event.asset, "amount": plain(event.amount)})

    def _look_again(self, key: str, row: Row, seconds: int) -> None:
        epoch = self._watched.epoch
        if self._pending.get(key) is not row or epoch is None:
            return
        row["after"][str(seconds)] = _mid(epoch, row["pair"])
        if seconds == AFTER_S[-1]:
            self._write(self._pending.pop(key))


def marks_in(account_folder: Path, *, heads_only: bool = False) -> Iterator[tuple[str, Row]]:
    """Every line of every instance of an account, the oldest first of each, with the instance's tag, or the heads of
    its runs alone; a line that was torn is left out, and so is the head of a run that only goes on."""
    for path in sorted(account_folder.glob(f"*{ENDING}")):
        older = [path.with_name(f"{path.name}.{number}") for number in range(_KEPT, 0, -1)]
        head: Row = {}
        for row in (row for file in (*older, path) for row in _rows(file, heads_only)):
            if row == head or (heads_only and row.get("kind") != "run"):
                continue
            head = row if row.get("kind") == "run" else head
            yield path.name.removesuffix(ENDING), row


def _rows(file: Path, heads_only: bool) -> Iterator[Row]:
    """Of heads, what may be one: most lines are none, and need not be read."""
    with contextlib.suppress(FileNotFoundError), file.open(encoding="utf-8") as lines:
        for line in lines:
            if heads_only and '"run"' not in line:
                continue
            with contextlib.suppress(ValueError):
                row = json.loads(line)
                if isinstance(row, dict):
                    yield row


class _Lines:
    """The file, written by a thread; `head` is the first line of the run, and of each file that it goes on in: the
    oldest are deleted while it lasts."""

    def __init__(self, path: Path, head: Row) -> None:
        self._path = path
        self._head = head
        self._lines: WaitingLines[Row] = WaitingLines()
        self._has_failed = False
        self._thread = threading.Thread(target=self._run, name="marks", daemon=True)
        self._thread.start()
        self.write(head)

    def write(self, row: Row) -> None:
        if not self._lines.put(row):
            self._tell("the disk does not take them")

    def close(self) -> None:
        """What was written reaches the file, unless the disk hangs."""
        self._lines.end()
        self._thread.join(_WRITTEN_WITHIN_S)

    def _run(self) -> None:
        while (row := self._lines.get()) is not None:
            try:
                rows = (self._head, row) if self._turns_over() and row is not self._head else (row,)
                with self._path.open("a", encoding="utf-8") as file:
                    file.writelines(json.dumps(each, separators=(",", ":")) + "\n" for each in rows)
            except OSError as error:
                self._tell(str(error.strerror or error))

    def _tell(self, why: str) -> None:
        if not self._has_failed:
            _LOG.warning("prices for the report can't be written: %s", why)
        self._has_failed = True

    def _turns_over(self) -> bool:
        """A file that is full becomes the newest of the older ones; whether it was."""
        if not self._path.exists() or self._path.stat().st_size < _MOST_BYTES:
            return False
        for number in range(_KEPT, 0, -1):
            newer = self._path.with_name(f"{self._path.name}.{number - 1}") if number > 1 else self._path
            if newer.exists():
                newer.replace(self._path.with_name(f"{self._path.name}.{number}"))
        return True


def _money(epoch: StatusSource, pair: str) -> Row:
    connector = epoch.connector
    asset = connector.trading_rules[pair].margin_asset
    wallet = connector.get_balance(asset)
    held = sum((row.amount for row in connector.account_positions.values() if row.trading_pair == pair), ZERO)
    mark = connector.get_mark_price(pair)
    return {
        "kind": "money", "time_ms": connector.venue_time_ms(), "pair": pair, "mid": _mid(epoch, pair),
        "mark": None if mark.is_nan() else plain(mark), "wallet": plain(wallet),
        "equity": plain(wallet + epoch.unrealized_of(asset)), "position": plain(held),
    }  # fmt: skip


def _mid(epoch: StatusSource, pair: str) -> str | None:
    with contextlib.suppress(ConnectorFault):
        mid = epoch.connector.get_price_by_type(pair, PriceType.MidPrice)
        return plain(mid) if mid.is_finite() else None
    return None
