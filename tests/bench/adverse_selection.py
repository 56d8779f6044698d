"""What a passive fill is worth some time later: how far the mid went against whoever rested at the touch.

A trade at the touch is one at the best price that stood just before its millisecond. Positive is adverse: after a buy
the mid rose, and the seller who rested there sold too low.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

#: The distribution of the first is compared, the mean of the others.
AFTER_MS = (1_000, 5_000, 30_000)
#: Blocks of the bootstrap are as long as the longest drift.
BLOCK_MS, RESAMPLES, SHARE = 30_000, 5_000, 0.95


@dataclass
class Touches:
    """One market second by second. Prices are in ticks, times in ms, sides +1 where the buyer took."""

    #: (ms, bid, ask), whenever one of them changed.
    quotes: list[tuple[int, int, int]] = field(default_factory=list)
    #: (ms, price, side)
    trades: list[tuple[int, int, int]] = field(default_factory=list)

    def drifts(self, after_ms: int) -> tuple[Numbers, Numbers]:
        """Times of the trades at the touch, and how far the mid went against their makers until so much later."""
        times, bids, asks = np.array(sorted(self.quotes), dtype=np.float64).T
        at, prices, sides = np.array(self.trades, dtype=np.float64).T
        before = np.searchsorted(times, at, side="left") - 1
        touch = np.where(sides > 0, asks[before], bids[before])
        seen = (before >= 0) & (prices == touch) & (at + after_ms <= times[-1])
        later = np.searchsorted(times, at[seen] + after_ms, side="right") - 1
        mids = (bids + asks) / 2
        return at[seen], sides[seen] * (mids[later] - mids[before[seen]])


@dataclass(frozen=True)
class Drift:
    """Mean adverse selection of both markets, and the bootstrap's interval of the first one's."""

    after_s: int
    recorded_mean: float
    recorded_low: float
    recorded_high: float
    simulated_mean: float
    #: Of each seed by itself.
    simulated_means: tuple[float, ...]
    is_recorded: bool = True

    @property
    def is_within(self) -> bool:
        return self.recorded_low <= self.simulated_mean <= self.recorded_high

    def line(self) -> str:
        verdict = "alike" if self.is_within else "NOT ALIKE"
        other = "recorded" if self.is_recorded else "of another seed"
        interval = f"{self.recorded_mean:g} {other} (95 %: {self.recorded_low:g} to {self.recorded_high:g})"
        name = f"adverse selection, {self.after_s} s"
        return f"{name:30} mean {interval}, {self.simulated_mean:g} simulated   {verdict}"


def drift(real: Touches, mine: Sequence[Touches], after_ms: int, is_recorded: bool) -> Drift:
    """Compares the means of both, those of `mine` over all of them."""
    times, drifts = real.drifts(after_ms)
    found = [each.drifts(after_ms)[1] for each in mine]
    low, high = interval(times, drifts)
    means = tuple(round(float(each.mean()), 1) for each in found)
    together = round(float(np.concatenate(found).mean()), 1)
    return Drift(after_ms // 1000, round(float(drifts.mean()), 1), low, high, together, means, is_recorded)


def interval(times: Numbers, values: Numbers) -> tuple[float, float]:
    """Within which the mean of `values` lies in 95 of 100 markets made of the blocks of this one."""
    blocks = ((times - times[0]) // BLOCK_MS).astype(np.int64)
    sums, counts = np.bincount(blocks, values), np.bincount(blocks)
    chosen = np.random.default_rng(1).integers(0, len(sums), (RESAMPLES, len(sums)))
    means = sums[chosen].sum(axis=1) / counts[chosen].sum(axis=1)
    low, high = np.quantile(means, [(1 - SHARE) / 2, (1 + SHARE) / 2])
    return round(float(low), 1), round(float(high), 1)
