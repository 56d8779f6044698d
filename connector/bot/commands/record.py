"""Records market data: every frame as it came, and every snapshot at its place among them.

The books are kept while it records, so that a gap or a lost socket is followed by a snapshot in the capture, as it
is in the life that `replay` plays again.
"""

import asyncio
import contextlib
import gzip
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

from connector.bot.command_output import Facts
from connector.bot.session import local_exchange
from connector.bot.session.recording_lines import frame_line, snapshot_line
from connector.core.enums import StreamKind
from connector.core.faults import ConfigFault, OptionFault
from connector.exchange.assemble import assemble_market
from connector.exchange.network.components import MarketComponents
from connector.net.system_clock import SystemClock
from connector.simulator.stop_signals import stopped_by_signals
from connector.venue.domains import Domain

#: Cheap enough to keep up with hundreds of pairs.
_COMPRESSION = 3
_FLUSH_EVERY_MS = 1_000
_SILENT_AFTER_MS = 5_000


@dataclass(frozen=True, slots=True)
class RecordOptions:
    """Where to listen and for how long. `duration_s` None: until stopped."""

    domain: Domain
    exchange_url: str | None = None
    duration_s: float | None = None
    seed: int = 1


class Recorder:
    """One recording into one .gz file."""

    def __init__(self, path: Path, trading_pairs: tuple[str, ...], options: RecordOptions, clock: SystemClock) -> None:
        #: What was written so far.
        self.frames = self.snapshots = 0
        self.stop = asyncio.Event()
        self._remarks: list[str] = []
        self._path = path
        self._pairs = trading_pairs
        self._options = options
        self._clock = clock

    @property
    def summary(self) -> str:
        """What was recorded, in words."""
        pairs = self._pairs[0] if len(self._pairs) == 1 else f"{len(self._pairs)} pairs"
        counted = f"{self._path}: {self.frames} frames and {self.snapshots} snapshots of {pairs}"
        return "; ".join((counted, *self._remarks))

    @property
    def facts(self) -> Facts:
        """The same, for a program."""
        return {
            "file": str(self._path),
            "pairs": list(self._pairs),
            "frames": self.frames,
            "snapshots": self.snapshots,
            "remarks": list(self._remarks),
        }

    async def run(self) -> None:
        """Records until told to stop; the file is complete whatever ends it. Raises `ConnectorFault`."""
        if not self._pairs:
            raise OptionFault("--pairs", "", "names no pair", "such as BTC-USDT,ETH-USDT")
        if self._path.exists():
            raise ConfigFault("OUT.gz", self._path, "exists already", "name another file, or remove it")
        with stopped_by_signals(asyncio.get_running_loop(), self.stop.set):
            async with self._domain() as domain:
                components = assemble_market(domain, self._pairs, self._clock)
                try:
                    components.pair_rules.take(await components.api.instruments())
                    await self._record(components)
                finally:
                    await components.http.close()

    async def _record(self, components: MarketComponents) -> None:
        symbols = [components.pair_rules.rules[pair].symbol for pair in self._pairs]
        for symbol, pair in zip(symbols, self._pairs, strict=True):
            components.feed.add(symbol, pair)
        with _Lines(self._path, self._clock, self.stop) as lines:

            def frame(body: bytes) -> None:
                self.frames += lines.write(frame_line(self._clock.now_ns(), body))

            def snapshot(symbol: str, body: bytes) -> None:
                named = symbol if len(symbols) > 1 else ""
                self.snapshots += lines.write(snapshot_line(self._clock.now_ns(), named, body))

            components.streams.books.tap(frame)
            components.streams.mark_trades.tap(frame)
            components.streams.books.snapshots.watcher = snapshot
            components.streams.books.add(symbols)
            components.streams.mark_trades.add(symbols)
            await self._until_stopped(components)

    async def _until_stopped(self, components: MarketComponents) -> None:
        streams = components.streams
        async with asyncio.TaskGroup() as group:
            works = [group.create_task(work.run()) for work in (streams.books, streams.mark_trades)]
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._options.duration_s):
                    await self.stop.wait()
            self._remarks = list(self._flaws(components))
            for work in works:
                work.cancel()

    def _flaws(self, components: MarketComponents) -> Iterator[str]:
        """What is missing in the recording, as far as the books and the ages of streams tell."""
        now_ms = self._clock.monotonic_ms()
        for followed in components.feed.symbols.values():
            if followed.gaps:
                yield f"{followed.trading_pair}: {followed.gaps} gap{'s' if followed.gaps > 1 else ''}"
            for kind in (StreamKind.DEPTH, StreamKind.MARK_PRICE):
                heard_ms = followed.last_frame_ms(kind)
                if now_ms - heard_ms > _SILENT_AFTER_MS:
                    silence = f"silent for the last {(now_ms - heard_ms) / 1000:.0f} s" if heard_ms else "never heard"
                    yield f"{followed.trading_pair}: {kind} {silence}"

    @contextlib.asynccontextmanager
    async def _domain(self) -> AsyncIterator[Domain]:
        options = self._options
        if not options.domain.is_local:
            yield options.domain
            return
        url = options.exchange_url
        venue = local_exchange.attached(url) if url else await local_exchange.started(options.seed)
        try:
            yield venue.domain
        finally:
            await venue.stop()


class _Lines:
    """The file while it is written. What can't be written ends the recording, and is told when the file is closed.

    What was written reaches the disk within a second or so: a recorder that is killed leaves a file that can be read
    to where it ends.
    """

    def __init__(self, path: Path, clock: SystemClock, stop: asyncio.Event) -> None:
        self._path = path
        self._clock = clock
        self._stop = stop
        self._flushed_ms = clock.monotonic_ms()
        self._flaw: OSError | None = None
        try:
            self._raw = path.open("xb")
        except OSError as error:
            raise ConfigFault("OUT.gz", path, f"cannot be written: {error.strerror}") from error
        self._file = gzip.GzipFile(fileobj=self._raw, mode="wb", compresslevel=_COMPRESSION)

    def write(self, line: bytes) -> bool:
        """Whether it was taken."""
        if self._flaw is not None:
            return False
        try:
            self._file.write(line)
            if self._clock.monotonic_ms() - self._flushed_ms > _FLUSH_EVERY_MS:
                self._flushed_ms = self._clock.monotonic_ms()
                self._file.flush()
                self._raw.flush()
        except OSError as error:
            self._flaw = error
            self._stop.set()
            return False
        return True

    def __enter__(self) -> "_Lines":
        return self

    def __exit__(self, *_: object) -> None:
        for file in (self._file, self._raw):
            try:
                file.close()
            except OSError as error:
                self._flaw = self._flaw or error
        if self._flaw is not None:
            rule = f"cannot be written any more: {self._flaw.strerror}"
            raise ConfigFault("OUT.gz", self._path, rule, "make room; `replay` reads what is there") from self._flaw
