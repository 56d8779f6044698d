"""How far two markets are apart, as a number and as a picture."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench.adverse_selection import Drift

Sample = NDArray[np.float64]


def distance(one: Sample, other: Sample) -> float:
    """Two-sample Kolmogorov–Smirnov distance: the farthest that the two shares are apart at any value."""
    values = np.union1d(one, other)
    shares = [np.searchsorted(np.sort(sample), values, side="right") / len(sample) for sample in (one, other)]
    return float(np.abs(shares[0] - shares[1]).max())


def draw(theirs: dict[str, Sample], ours: dict[str, Sample], drifts: list[Drift], picture: Path, other: str) -> None:
    """Both distributions of every quantity as shares up to a value, and the means of adverse selection."""
    try:
        import matplotlib
    except ImportError:
        sys.exit("bench: --picture needs matplotlib: scripts/setup docs")

    matplotlib.use("agg")
    matplotlib.rcParams.update({"svg.hashsalt": "market model", "svg.fonttype": "none"})
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(2, 4, figsize=(13, 5.8), layout="constrained")
    for panel, (name, sample) in zip(panels.flat, theirs.items(), strict=False):
        is_signed = float(sample.min()) < 0
        for values, label, style in ((sample, other, "-"), (ours[name], "local exchange", "--")):
            shown = np.sort(values) if is_signed else np.maximum(np.sort(values), 1e-3)
            shares = np.arange(1, len(shown) + 1) / len(shown)
            points = np.unique(np.searchsorted(shares, np.linspace(0, 1, 120)).clip(0, len(shown) - 1))
            panel.step(shown[points], shares[points], style, where="post", label=label, linewidth=1.6)
        if is_signed:
            panel.set_xlim(-250, 250)
        else:
            panel.set_xscale("symlog" if "(ms)" in name else "log")
        panel.set_title(f"{name}: distance {distance(sample, ours[name]):.3f}", fontsize=9)
        panel.set_ylim(0, 1.02)
        panel.grid(alpha=0.3)
    panels.flat[0].legend(fontsize=8)
    _draw_means(panels.flat[len(theirs)], drifts)
    figure.supylabel("share of all up to the value", fontsize=9)
    figure.savefig(picture, metadata={"Date": None})


def _draw_means(panel: Any, drifts: list[Drift]) -> None:
    """The recording's means with their 95 % intervals, and beside each that of all seeds and of every one."""
    for nth, row in enumerate(drifts):
        below, above = row.recorded_mean - row.recorded_low, row.recorded_high - row.recorded_mean
        panel.errorbar(nth - 0.12, row.recorded_mean, [[below], [above]], fmt="o", color="C0", capsize=4)
        panel.plot([nth + 0.12] * len(row.simulated_means), row.simulated_means, ".", color="C1", alpha=0.45)
        panel.plot(nth + 0.12, row.simulated_mean, "D", color="C1")
    panel.set_xticks(range(len(drifts)), [f"{row.after_s} s" for row in drifts])
    panel.set_title("adverse selection, means (ticks)", fontsize=9)
    panel.grid(alpha=0.3)
