"""A figure of several runs, beside the most that it may be."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Row:
    """The median of the runs, their least and most. `most`: what the median may not pass; None binds nothing."""

    name: str
    median: float
    min: float
    max: float
    unit: str
    most: float | None = None

    @property
    def is_missed(self) -> bool:
        return self.most is not None and self.median > self.most

    def line(self, *, is_json: bool) -> str:
        """For people, or one JSON object."""
        if is_json:
            return json.dumps({**asdict(self), "is_missed": self.is_missed})
        meant = "" if self.most is None else f"  at most {self.most:g}{'  MISSED' if self.is_missed else ''}"
        return f"{self.name:62} {self.median:9.2f} {self.min:9.2f} {self.max:9.2f}  {self.unit}{meant}"


def row_of(name: str, figures: Iterable[float], unit: str, most: float | None = None) -> Row:
    """A row of one figure a run."""
    seen = tuple(figures)
    return Row(name, median(seen), min(seen), max(seen), unit, most)


def pair_of(name: str, ours: list[float], base: list[float], most: float | None) -> tuple[Row, Row]:
    """What a thing costs in microseconds, and how many times its reference, which was taken in the same runs."""
    ratios = [one / other for one, other in zip(ours, base, strict=True)]
    return row_of(name, ours, "µs"), row_of(f"{name} / reference", ratios, "times", most)
