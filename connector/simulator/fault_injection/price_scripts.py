"""Price paths for drills: what happens to the fair price, by time, on top of what the market does by itself.

A file is YAML, times in seconds since the start and moves in percent of the price at the start:

    name: my crash
    path: [[0, 0], [10, -4.5], [12, -7], [60, -3]]

Between two points the price goes straight; two points of one time are a gap.
"""

from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from connector.core.faults import failure_text
from connector.simulator.errors import BadInput


@dataclass(frozen=True, slots=True)
class PriceScript:
    """A path of the price over time."""

    name: str
    #: (ms since the start, factor on the price); times never go back.
    path: tuple[tuple[int, float], ...]

    @property
    def lasts_ms(self) -> int:
        return self.path[-1][0]

    def factor_at(self, ms: int) -> float:
        """What the price is multiplied with; the last point's factor stays for ever."""
        before_ms, before = 0, 1.0
        for at_ms, factor in self.path:
            if ms < at_ms:
                return before + (factor - before) * (ms - before_ms) / (at_ms - before_ms)
            before_ms, before = at_ms, factor
        return before


#: Steps of a crash and a squeeze stay within what a price may move in one, PERCENT_PRICE's 5 %.
SCRIPTS = {
    row.name: row
    for row in (
        PriceScript("crash", ((0, 1.0), (4_000, 0.985), (10_000, 0.93), (13_000, 0.90), (40_000, 0.94))),
        PriceScript("gap", ((0, 1.0), (0, 0.97))),
        PriceScript("gap-up", ((0, 1.0), (0, 1.03))),
        PriceScript("squeeze", ((0, 1.0), (8_000, 1.02), (14_000, 1.07), (16_000, 1.10), (45_000, 1.03))),
    )
}


class BadScript(BadInput):
    """A price script that is none; the text says what is wrong and where."""


def script_named(name: str) -> PriceScript:
    """A ready-made script, or the one in that YAML file. Raises `BadScript`."""
    if name in SCRIPTS:
        return SCRIPTS[name]
    path = Path(name)
    if not path.is_file():
        raise BadScript(f"{name} is neither a file nor one of {', '.join(SCRIPTS)}")
    try:
        asked = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except OSError as flaw:
        raise BadScript(f"{path}: {failure_text(flaw)}") from flaw
    except (YAMLError, UnicodeDecodeError) as flaw:
        raise BadScript(f"{path}: {' '.join(str(flaw).split())}") from flaw
    try:
        points = tuple((round(float(at_s) * 1000), 1 + float(percent) / 100) for at_s, percent in asked["path"])
    except (KeyError, TypeError, ValueError, OverflowError) as flaw:
        raise BadScript(f"{path}: needs `path`, a list of [seconds, percent]") from flaw
    if not points:
        raise BadScript(f"{path}: `path` is empty; at least one [seconds, percent] is needed, such as [10, -3]")
    times = [at_ms for at_ms, _ in points]
    if times != sorted(times) or times[0] < 0 or any(not 0.01 <= factor <= 100 for _, factor in points):
        raise BadScript(f"{path}: times must not go back, moves must be within -99 and 9,900 percent")
    return PriceScript(str(asked.get("name", path.stem)), points)
