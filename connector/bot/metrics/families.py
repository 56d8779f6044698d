"""Figures as Prometheus knows them: a family has a name, a meaning, and a row for each set of labels."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from math import isfinite

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric

from connector.exchange.hop_times import BOUNDS_NS, Durations

#: Before every name.
PREFIX = "connector_"
#: The values of the labels, and the figure; None and NaN are left out: nobody knows it yet.
Row = tuple[Sequence[str], Decimal | float | None]


def gauge(name: str, meaning: str, labels: Sequence[str], rows: Iterable[Row]) -> Metric:
    """What goes up and down."""
    return _filled(GaugeMetricFamily(PREFIX + name, meaning, labels=labels), rows)


def counter(name: str, meaning: str, labels: Sequence[str], rows: Iterable[Row]) -> Metric:
    """What only grows while the bot runs on one exchange epoch; its name ends in `_total` where it is read."""
    return _filled(CounterMetricFamily(PREFIX + name, meaning, labels=labels), rows)


def histogram(name: str, meaning: str, durations: Durations) -> Metric:
    """How many took how long, in seconds."""
    reached, rows = 0, []
    ends = [*(repr(bound_ns / 1e9) for bound_ns in BOUNDS_NS), "+Inf"]
    for end, count in zip(ends, durations.counts, strict=True):
        reached += count
        rows.append((end, float(reached)))
    return HistogramMetricFamily(PREFIX + name, meaning, buckets=rows, sum_value=durations.sum_ns / 1e9)


def one(value: Decimal | float | None) -> tuple[Row, ...]:
    """The one row of a family without labels."""
    return (((), value),)


def _filled(family: GaugeMetricFamily | CounterMetricFamily, rows: Iterable[Row]) -> Metric:
    for labels, value in rows:
        if value is not None and isfinite(value):
            family.add_metric(list(labels), float(value))
    return family
