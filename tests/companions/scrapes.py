"""What Prometheus would read: a scrape over a socket, and its samples by name and labels."""

from collections.abc import Iterable, Mapping

from aiohttp import ClientSession
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

Samples = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


def samples(text: str) -> Samples:
    """Every sample of an exposition; two of one name and labels would be a mistake of it."""
    rows = [row for family in text_string_to_metric_families(text) for row in family.samples]
    found = {(row.name, frozenset(row.labels.items())): row.value for row in rows}
    assert len(found) == len(rows)
    return found


def value(found: Samples, name: str, **labels: str) -> float:
    """The one sample of that name and these labels; its name without the prefix of ours."""
    return found[f"connector_{name}", frozenset(labels.items())]


async def scrape(address: str, token: str) -> Samples:
    """One scrape, as Prometheus does it with a token."""
    async with (
        ClientSession(headers={"Authorization": f"Bearer {token}"}) as session,
        session.get(address) as answer,
    ):
        assert answer.status == 200, await answer.text()
        assert answer.headers["Content-Type"].startswith("text/plain")
        return samples(await answer.text())


def taken(families: Iterable[Metric]) -> Samples:
    """Families as they would be read."""
    registry = CollectorRegistry()
    registry.register(_Taken(list(families)))
    return samples(generate_latest(registry).decode())


class _Taken(Collector):
    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families
