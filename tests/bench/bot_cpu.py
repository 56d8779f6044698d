"""`scripts/bench bot-cpu`: what of a core the whole bot takes at the pace of the recording, every part of it running.

The local exchange plays the recording of BTCUSDT, a little faster, since it tells fewer streams than were recorded:
as many frames a second come as then. The bot quotes as shipped, without a terminal's table. 1 where it takes more than
it may.
"""

import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench import sources
from tests.bench.pauses.trading import traded

MOST_PERCENT = 1.9
SECONDS = 30.0
#: So that 272 frames a second come.
PACE = "2.6"


@dataclass(frozen=True, slots=True)
class Row:
    """Of the time in which it quoted."""

    name: str
    cpu_percent: float
    frames_per_s: float
    most_percent: float
    is_missed: bool


def run(*, is_json: bool) -> int:
    """Prints the figure; 1 where it is more than it may be."""
    with tempfile.TemporaryDirectory() as folder:
        played = ("--replay", str(sources.one_pair().path), "--pace", PACE)
        seen = traded(Path(folder), SECONDS, {}, *played, is_watched=False).seen
    spent_s = (seen.ended_ns - seen.began_ns) / 1e9
    cpu = 100 * seen.cpu_s / spent_s
    row = Row("bot-cpu", cpu, seen.frames / spent_s, MOST_PERCENT, cpu > MOST_PERCENT)
    told = f"the whole bot {row.cpu_percent:.2f} % of a core at {row.frames_per_s:.0f} frames/s  at most {MOST_PERCENT}"
    print(json.dumps(asdict(row)) if is_json else told + "  MISSED" * row.is_missed, flush=True)
    return int(row.is_missed)
