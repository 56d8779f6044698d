"""Which captures are measured: the recordings of the venue, or, where these are not here, what stands in for them.

The first who asks for a stand-in has it made; it lies in a temporary folder until the process ends.
"""

import atexit
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.bench.local_captures import FOUR_PAIRS, ONE_MARKET, ONE_PAIR, Shape, make
from tests.companions.places import RECORDED_2021, RECORDED_2024

SEED = 1
#: A market is compared with one of another seed.
OTHER_SEED = 2


@dataclass(frozen=True, slots=True)
class Source:
    """A capture by the name that its figures have, and whether the venue's traffic is in it."""

    name: str
    path: Path
    is_recorded: bool


@cache
def four_pairs() -> Source:
    """Depth of four pairs, in short frames."""
    return _source("2021", RECORDED_2021, FOUR_PAIRS)


@cache
def one_pair() -> Source:
    """Depth and book ticker of BTCUSDT, in long frames."""
    return _source("2024", RECORDED_2024, ONE_PAIR)


@cache
def market() -> Source:
    """Depth and every trade of BTCUSDT, as the venue trades it."""
    return _source("2024", RECORDED_2024, ONE_MARKET, OTHER_SEED)


def _source(name: str, recording: Path, shape: Shape, seed: int = SEED) -> Source:
    if recording.exists():
        return Source(name, recording, is_recorded=True)
    stands_in = f"{shape.name}, made by the local exchange with seed {seed}, stands in for it"
    sys.stderr.write(f"bench: the recording {recording.name} is not beside the project: {stands_in}\n")
    return Source(shape.name, make(shape, _folder(), seed), is_recorded=False)


@cache
def _folder() -> Path:
    folder = tempfile.TemporaryDirectory(prefix="captures-")
    atexit.register(folder.cleanup)
    return Path(folder.name)
