"""What became of orders, with reasons, and how full the limits are."""

from connector.bot.metrics.order_figures import order_figures
from connector.bot.report.accounting import Accounting
from connector.bot.report.snapshot import LimitStatus
from connector.bot.report.states import RunState
from connector.bot.report.status_source import StatusSource
from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, D, EventLog, until
from tests.companions.scrapes import Samples, taken, value


def figures(connector: PerpetualDerivative, books: Accounting | None = None) -> Samples:
    return taken(order_figures(StatusSource(connector, books or Accounting(PAIR), PAIR)))


async def test_a_refusal_is_told_by_its_number_and_its_meaning(
    connector: PerpetualDerivative, log: EventLog, venue: LocalExchange
) -> None:
    books = Accounting(PAIR)
    for tag in Accounting.TAGS:
        connector.add_listener(tag, books.on_event)
    venue.faults.arm("trading_halt", symbol="BTCUSDT")
    connector.buy(PAIR, D("0.01"), OrderType.LIMIT, D("59900"))
    await log.waits_for(MarketEvent.OrderFailure)
    found = figures(connector, books)
    refused = {labels: count for (name, labels), count in found.items() if name == "connector_refusals_total"}
    ((labels, count),) = refused.items()
    assert count == value(found, "orders_total", outcome="refused") == 1
    assert dict(labels)["code"].startswith("-")
    assert len(dict(labels)["reason"]) > 10


async def test_open_orders_and_the_limits_they_used_are_counted(connector: PerpetualDerivative, log: EventLog) -> None:
    before = value(figures(connector), "rate_limit_used", limit="orders", window_s="60")
    connector.buy(PAIR, D("0.01"), OrderType.LIMIT, D("59900"))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    found = figures(connector)
    assert value(found, "open_orders", pair=PAIR, side="buy") == 1
    assert value(found, "open_orders", pair=PAIR, side="sell") == 0
    assert value(found, "rate_limit_used", limit="orders", window_s="60") == before + 1
    assert value(found, "rate_limit_bound", limit="orders", window_s="60") == 1200


async def test_the_state_is_one_of_its_words_and_limits_are_told_with_use_and_bound(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    source = StatusSource(connector, Accounting(PAIR), PAIR)
    source.limits = lambda: (LimitStatus("run loss", D("12.5"), D(200), "USDT"),)
    connector.buy(PAIR, D("0.01"), OrderType.LIMIT, D("59900"))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    found = taken(order_figures(source))
    states = {dict(labels)["state"]: on for (name, labels), on in found.items() if name == "connector_state"}
    assert {word for word, on in states.items() if on} == {"quoting"}
    assert set(states) == set(RunState)
    assert value(found, "limit_used", limit="run loss", unit="USDT") == 12.5
    assert value(found, "limit_bound", limit="run loss", unit="USDT") == 200
    assert value(found, "limit_struck", limit="run loss", unit="USDT") == 0


async def test_a_gate_that_falls_is_told_by_its_name(connector: PerpetualDerivative, venue: LocalExchange) -> None:
    found = figures(connector)
    assert (
        value(found, "ready")
        == value(found, "gate", gate="user_stream_initialized")
        == value(found, "journal_writable")
        == 1
    )
    await venue.stop()
    await until(lambda: not connector.ready, "the exchange is gone")
    found = figures(connector)
    assert value(found, "ready") == 0
    assert 0 in {row for (name, _), row in found.items() if name == "connector_gate"}
