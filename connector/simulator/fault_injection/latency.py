"""How long answers and events are on their way: not at all, always the same, or lognormal; seeded.

5               5 ms
lognormal:5:0.6 half of all within 5 ms, with a standard deviation of 0.6 of its logarithm
"""

import math
import random
from dataclasses import dataclass

from connector.simulator.errors import BadFlag


@dataclass(frozen=True, slots=True)
class LatencyModel:
    """How long things take on their way."""

    median_ms: float
    #: 0 is a fixed latency.
    sigma: float = 0.0


class BadLatency(BadFlag):
    """A text that names no latency; says what would."""


def latency_of(text: str) -> LatencyModel:
    """The model that a text names. Raises `BadLatency`."""
    kind, _, rest = text.partition(":")
    try:
        if kind == "lognormal":
            median, _, sigma = rest.partition(":")
            model = LatencyModel(float(median), float(sigma))
        else:
            model = LatencyModel(float(text))
    except ValueError:
        model = LatencyModel(math.nan)
    if not (0 <= model.median_ms <= 60_000 and 0 <= model.sigma <= 3):
        raise BadLatency(f"{text!r} is no latency: say ms, as in 5, or lognormal:MEDIAN:SIGMA, as in lognormal:5:0.6")
    return model


class Latency:
    """Draws from a model; the same seed draws the same."""

    def __init__(self, model: LatencyModel, seed: str) -> None:
        self._model = model
        self._random = random.Random(seed)

    @property
    def is_fixed(self) -> bool:
        """Whether everything takes equally long, so that nothing overtakes."""
        return not self._model.sigma

    def next_ms(self) -> float:
        model = self._model
        return model.median_ms * math.exp(model.sigma * self._random.gauss(0, 1)) if model.sigma else model.median_ms


def latency_in(model: LatencyModel | None, seed: str) -> Latency | None:
    """None where there is none to draw from."""
    return None if model is None else Latency(model, seed)
