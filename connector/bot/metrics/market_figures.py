"""What is seen of the market: prices, ages, and what happened to the data on its way."""

from collections.abc import Iterator

from prometheus_client.core import Metric

from connector.bot.metrics.families import counter, gauge
from connector.bot.report.status_source import StatusSource
from connector.core.faults import UnavailableFault
from connector.core.funding_info import FundingInfo
from connector.exchange.derivative import PerpetualDerivative


def market_figures(epoch: StatusSource) -> Iterator[Metric]:
    """As things stand now."""
    connector = epoch.connector
    pairs = [pair for pair in connector.trading_pairs if pair in connector.trading_rules]
    yield gauge(
        "price", "Best bid and ask, mark and index of a pair, in the quote asset.", ("pair", "kind"),
        [((pair, kind), price) for pair in pairs for kind, price in _prices(connector, pair).items()],
    )  # fmt: skip
    waits = epoch.waits()
    yield gauge(
        "pair_ready", "1 while a pair's orders may go, as far as data and account are concerned.", ("pair",),
        [((pair,), float(not waits_for)) for pair, waits_for in waits.items()],
    )  # fmt: skip
    yield gauge(
        "strategy_ready", "The same of each of several strategies: 1 while all of its pairs are.", ("strategy",),
        [((one.name,), float(not any(map(waits.get, one.pairs)))) for one in epoch.strategies()],
    )  # fmt: skip
    funding = {pair: info for pair in pairs if (info := _funding(connector, pair)) is not None}
    yield gauge(
        "funding_rate", "Forecast of the next settlement, a fraction: above 0 longs pay shorts.", ("pair",),
        [((pair,), info.rate) for pair, info in funding.items()],
    )  # fmt: skip
    now_s = connector.venue_time_ms() / 1000
    yield gauge(
        "funding_next_seconds", "Seconds until the next settlement.", ("pair",),
        [((pair,), info.seconds_to_funding(now_s)) for pair, info in funding.items()],
    )  # fmt: skip
    yield gauge(
        "stream_age_seconds", "How long ago each kind of stream last spoke, of the oldest pair.", ("stream",),
        [((kind,), None if age is None else age / 1000) for kind, age in connector.stream_ages_ms().items()],
    )  # fmt: skip
    yield from _feeds(connector)


def _feeds(connector: PerpetualDerivative) -> Iterator[Metric]:
    report = connector.feed_report()
    yield counter(
        "market_frames", "Frames of a pair, of any kind.", ("pair",),
        [((pair,), row.frames) for pair, row in report.pairs.items()],
    )  # fmt: skip
    yield counter(
        "book_resyncs", "How often a book was lost and rebuilt.", ("pair",),
        [((pair,), row.resyncs) for pair, row in report.pairs.items()],
    )  # fmt: skip
    yield counter(
        "stream_silences", "How often a kind of stream was found silent.", ("pair", "stream"),
        [((pair, kind), count) for pair, row in report.pairs.items() for kind, count in row.silences.items()],
    )  # fmt: skip
    yield counter(
        "malformed_frames", "Frames that could not be read.", (), [((), report.malformed)],
    )  # fmt: skip
    for name, meaning in (
        ("frames", "Frames on the sockets of a kind of stream."),
        ("connections", "Connections made for a kind of stream."),
        ("failures", "Connections of a kind of stream that were lost or not made."),
    ):
        rows = [((kind,), float(getattr(row, name))) for kind, row in report.sockets.items()]
        yield counter(f"socket_{name}", meaning, ("sockets",), rows)


def _prices(connector: PerpetualDerivative, pair: str) -> dict[str, float]:
    funding = _funding(connector, pair)
    index = {} if funding is None else {"index": float(funding.index_price)}
    return {
        "bid": float(connector.get_price(pair, False)),
        "ask": float(connector.get_price(pair, True)),
        "mark": float(connector.get_mark_price(pair)),
        **index,
    }


def _funding(connector: PerpetualDerivative, pair: str) -> FundingInfo | None:
    try:
        return connector.get_funding_info(pair)
    except UnavailableFault:
        return None
