"""Figures as Prometheus knows them: a family has a name, a meaning, and a row for each set of labels."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from math import isfinite

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

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


def one(value: Decimal | float | None) -> tuple[Row, ...]:
    """The one row of a family without labels."""
    return (((), value),)


def _filled(family: GaugeMetricFamily | CounterMetricFamily, rows: Iterable[Row]) -> Metric:
    for labels, value in rows:
        if value is not None and isfinite(value):
            family.add_metric(list(labels), float(value))
    return family
