"""The bot as a user starts it: `python -m tests.bench.pauses.traded REPORT watched|bare COMMAND…`.

What is kept is of the time in which it quotes; `watched` notes what its loop and the collector do, which costs a
little. The report, one JSON object, is written when the command has ended.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from connector.__main__ import main as command
from connector.bot.session import session
from connector.bot.session.session import Ending, Session
from tests.bench.pauses.watched_loop import Seen, WatchedPolicy, watch_collector


def main(report: Path, how: str, arguments: list[str]) -> None:
    seen = Seen()
    if how == "watched":
        watch_collector(seen)
        asyncio.set_event_loop_policy(WatchedPolicy(seen))
    _note_quoting(seen)
    sys.argv = ["connector", *arguments]
    try:
        command()
    finally:
        report.write_text(json.dumps(asdict(seen)))


def _note_quoting(seen: Seen) -> None:
    """Between becoming ready and the stop: when that is, the process's own time, and the frames of the market."""
    quote, undisturbed = Session.quote, session.undisturbed
    quoting: list[Session] = []

    async def noted_quote(self: Session, stop: asyncio.Event) -> Ending:
        quoting.append(self)
        try:
            return await quote(self, stop)
        finally:
            seen.ended_ns, seen.cpu_s = time.perf_counter_ns(), time.process_time() - seen.cpu_s
            seen.frames = frames() - seen.frames

    def frames() -> int:
        streams = quoting[-1]._connector.components.streams
        return sum(source.stream.counters.frames for source in (streams.books, streams.mark_trades))

    @contextmanager
    def noted() -> Iterator[None]:
        with undisturbed():
            seen.began_ns, seen.cpu_s, seen.frames = time.perf_counter_ns(), time.process_time(), frames()
            yield

    Session.quote = noted_quote  # type: ignore[method-assign]
    session.undisturbed = noted


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
