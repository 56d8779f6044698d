"""How long until the exchange is known to have an order."""

from prometheus_client import CollectorRegistry, generate_latest

from connector.bot.metrics.confirm_times import ConfirmTimes
from connector.bot.report.accounting import Accounting
from connector.bot.report.status_source import StatusSource
from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, D, EventLog
from tests.companions.scrapes import samples, value


async def test_a_slow_answer_falls_into_its_own_bucket(
    connector: PerpetualDerivative, log: EventLog, venue: LocalExchange
) -> None:
    registry = CollectorRegistry()
    ConfirmTimes(registry).watch(StatusSource(connector, Accounting(PAIR), PAIR))
    venue.faults.arm("slow_answer", ms=300, method="POST", path="/fapi/v1/order")
    venue.faults.arm("delay_user_event", ms=300, event="ORDER_TRADE_UPDATE")
    connector.buy(PAIR, D("0.01"), OrderType.LIMIT, D("59900"))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    found = samples(generate_latest(registry).decode())
    assert value(found, "order_confirm_seconds_count") == 1
    assert value(found, "order_confirm_seconds_bucket", le="0.2") == 0
    assert value(found, "order_confirm_seconds_sum") >= 0.3
