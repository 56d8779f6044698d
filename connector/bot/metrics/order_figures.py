"""What becomes of orders and requests: counts, refusals with their reasons, pauses, rate limits, gates, the journal."""

from collections.abc import Iterator

from prometheus_client.core import Metric

from connector.bot.metrics.families import Row, counter, gauge, one
from connector.bot.report.states import RunState
from connector.bot.report.status_source import StatusSource
from connector.core.enums import OrderWay
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.network.entry_report import entry_report


def order_figures(epoch: StatusSource) -> Iterator[Metric]:
    """As things stand now."""
    state = epoch.state().state
    yield gauge("state", "1 of the state that the bot is in.", ("state",), [
        ((word.value,), float(word is state)) for word in RunState
    ])  # fmt: skip
    limits = epoch.limits()
    labels = ("limit", "unit")
    yield gauge("limit_used", "Use of a limit of the settings.", labels, [
        ((row.name, row.unit), row.used) for row in limits
    ])  # fmt: skip
    yield gauge("limit_bound", "Its bound.", labels, [((row.name, row.unit), row.bound) for row in limits])
    yield gauge("limit_struck", "1 once a limit was struck.", labels, [
        ((row.name, row.unit), float(bool(row.struck))) for row in limits
    ])  # fmt: skip
    connector, figures = epoch.connector, [books.figures for books in epoch.books.values()]
    yield counter(
        "orders", "Orders by what became of them: placed, cancelled, refused by the exchange, or never there.",
        ("outcome",),
        [
            (("placed",), sum(row.placed for row in figures)),
            (("cancelled",), sum(row.cancelled for row in figures)),
            (("refused",), sum(row.rejected or 0 for row in figures)),
            (("not_sent",), sum(row.not_sent or 0 for row in figures)),
        ],
    )  # fmt: skip
    report = entry_report(connector.components)
    yield counter(
        "refusals", "Orders that the exchange refused, by its number and what that means.", ("code", "reason"),
        [((str(row.code), row.meaning), row.count) for row in report.refusals],
    )  # fmt: skip
    yield counter("orders_kept_back", "Opening orders that were kept back here.", (), one(report.kept))
    yield gauge(
        "openings_paused", "1 while opening orders of a pair, a side or all are kept back, by the reason.",
        ("of", "reason"), [((row.of, row.reason), 1.0) for row in report.pauses if row.is_on],
    )  # fmt: skip
    yield gauge("open_orders", "Own orders that may trade, by pair and side.", ("pair", "side"), _open(connector))
    yield from _requests(connector)
    yield from _health(connector)


def _open(connector: PerpetualDerivative) -> list[Row]:
    counts = {(pair, side): 0 for pair in connector.trading_pairs for side in ("buy", "sell")}
    for order in connector.in_flight_orders.values():
        key = order.trading_pair, order.trade_type.name.lower()
        counts[key] = counts.get(key, 0) + 1
    return list(counts.items())


def _requests(connector: PerpetualDerivative) -> Iterator[Metric]:
    use = [((row.kind.lower(), f"{row.window_ms / 1000:g}"), row) for row in connector.limit_use()]
    labels = ("limit", "window_s")
    yield gauge("rate_limit_used", "How much of a rate limit of the exchange is used in its window.", labels, [
        (name, row.used) for name, row in use
    ])  # fmt: skip
    yield gauge("rate_limit_bound", "How much may be used.", labels, [(name, row.limit) for name, row in use])
    until_ms = connector.silent_until_ms()
    silence_s = 0.0 if until_ms is None else max(0, until_ms - connector.venue_time_ms()) / 1000
    yield gauge(
        "silence_seconds", "For how long the exchange wants no requests (a ban); 0: it takes them.", (), one(silence_s)
    )
    wait_s = connector.new_orders_wait_ms() / 1000
    yield gauge("new_orders_wait_seconds", "For how long it wants no new orders.", (), one(wait_s))
    by_socket = connector.order_way()[0] is OrderWay.WS_API
    yield gauge("orders_by_ws_api", "1 while orders go over the WS-API, 0 while by REST.", (), one(float(by_socket)))


def _health(connector: PerpetualDerivative) -> Iterator[Metric]:
    gates = connector.status_report
    yield gauge("gate", "1 while a condition of `ready` holds.", ("gate",), [
        ((name,), float(gate.holds)) for name, gate in gates.items()
    ])  # fmt: skip
    yield gauge("ready", "1 while the connector is ready and may quote.", (), one(float(connector.ready)))
    meter = connector.components.gateway.clock_meter
    ahead_s = (meter.venue_ms() - connector.components.clock.now_ms()) / 1000
    yield gauge("exchange_clock_ahead_seconds", "The exchange's clock less this machine's.", (), one(ahead_s))
    trouble = connector.components.journaling.journal.trouble
    yield gauge("journal_writable", "1 while the journal of orders can be written.", (), one(float(not trouble)))
