"""A figure of the local exchange beside what it is meant to be."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """One figure with its unit, and what the exchange is meant to reach, or not to pass."""

    name: str
    value: float
    unit: str
    target: float
    #: Whether `target` is the most that it may be, not the least.
    is_most: bool = False

    @property
    def is_missed(self) -> bool:
        return self.value > self.target if self.is_most else self.value < self.target

    def line(self, *, is_json: bool) -> str:
        """For people, or one JSON object."""
        if is_json:
            return json.dumps({**asdict(self), "is_missed": self.is_missed})
        meant = f"meant to be {'at most' if self.is_most else 'at least'} {self.target:g}"
        return f"{self.name:22} {self.value:10.2f} {self.unit:40} {meant}{'  MISSED' if self.is_missed else ''}"


def least(name: str, value: float, unit: str, target: float) -> Figure:
    return Figure(name, value, unit, target)


def most(name: str, value: float, unit: str, target: float) -> Figure:
    return Figure(name, value, unit, target, is_most=True)
