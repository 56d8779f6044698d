"""`scripts/bench bot-cpu`: what of a core the whole bot takes at the pace of the recording, every part of it running.

The local exchange plays the recording of BTCUSDT, a little faster, since it tells fewer streams than were recorded:
as many frames a second come as then. The bot quotes as shipped, without a terminal's table. Beside it a bare listener
of the same frames, which does nothing with them: what waking up for a frame costs on this machine at this moment. 1
where the bot takes more than it may.
"""

import json
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.bench import sources
from tests.bench.cores import cores
from tests.bench.exchange_process import exchange
from tests.bench.pauses.trading import traded
from tests.companions.places import ROOT

MOST_PERCENT = 1.9
SECONDS, BARE_SECONDS = 30.0, 10.0
#: So that 272 frames a second come.
PACE = "2.6"


@dataclass(frozen=True, slots=True)
class Row:
    """Of the time in which it quoted; `bare_percent` is the bare listener's."""

    name: str
    cpu_percent: float
    bare_percent: float
    frames_per_s: float
    most_percent: float
    is_missed: bool


def run(*, is_json: bool) -> int:
    """Prints the figure; 1 where it is more than it may be."""
    played = ("--replay", str(sources.one_pair().path), "--pace", PACE)
    with tempfile.TemporaryDirectory() as folder:
        seen = traded(Path(folder), SECONDS, {}, *played, is_watched=False).seen
    bare = bare_listener(BARE_SECONDS, *played)["cpu_percent"]
    spent_s = (seen.ended_ns - seen.began_ns) / 1e9
    cpu = 100 * seen.cpu_s / spent_s
    row = Row("bot-cpu", cpu, bare, seen.frames / spent_s, MOST_PERCENT, cpu > MOST_PERCENT)
    told = (
        f"the whole bot {row.cpu_percent:.2f} % of a core at {row.frames_per_s:.0f} frames/s, a bare listener of the "
        f"same frames {row.bare_percent:.2f} %  at most {MOST_PERCENT}"
    )
    print(json.dumps(asdict(row)) if is_json else told + "  MISSED" * row.is_missed, flush=True)
    return int(row.is_missed)


def bare_listener(seconds: float, *options: str) -> dict[str, Any]:
    """What the frames of an exchange with such options cost who only receives them."""
    with exchange(*options) as venue:
        command = [sys.executable, "-m", "tests.bench.bare_listener", venue.stream, str(seconds), str(cores()[-1])]
        told: dict[str, Any] = json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)
    return told
