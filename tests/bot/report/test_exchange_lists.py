"""Orders and trades are read on, whichever way ids and clocks go."""

from decimal import Decimal

import pytest

from connector.bot.report.exchange_lists import ExchangeLists, number_of
from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.core.reports import OrderStatus
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, EventLog

pytestmark = pytest.mark.virtual_time

D = Decimal


async def bought(connector: PerpetualDerivative, log: EventLog) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted, len(log.of(MarketEvent.BuyOrderCompleted)) + 1)


@pytest.fixture
async def lists(connector: PerpetualDerivative, log: EventLog) -> ExchangeLists:
    """Opened right after a trade, which is not of the run."""
    await bought(connector, log)
    made = ExchangeLists(connector.venue_api, SYMBOL)
    await made.open(connector.venue_time_ms())
    return made


async def test_what_was_before_is_not_told_and_what_comes_is_told_once(
    connector: PerpetualDerivative, log: EventLog, lists: ExchangeLists
) -> None:
    assert await lists.trades() == ()
    await bought(connector, log)
    (trade,) = await lists.trades()
    assert trade.exchange_order_id in {row.exchange_order_id for row in await lists.orders()}
    assert await lists.trades() == ()


@pytest.mark.parametrize(
    "fault", [("ids_fall", {}), ("clock_skew", {"ms": -3_600_000}), ("clock_skew", {"ms": 60_000})], ids=str
)
async def test_ids_that_fall_and_clocks_that_step_hide_no_trade_and_no_order(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, lists: ExchangeLists,
    fault: tuple[str, dict[str, int]],
) -> None:  # fmt: skip
    await bought(connector, log)
    assert len(await lists.trades()) == 1
    await lists.orders()
    name, terms = fault
    venue.faults.arm(name, **terms)
    for _ in range(3):
        await bought(connector, log)
        (trade,) = await lists.trades()
        assert trade.exchange_order_id in {row.exchange_order_id for row in await lists.orders()}


async def test_an_order_of_after_a_fall_is_followed_until_it_is_over(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog, lists: ExchangeLists
) -> None:
    await lists.orders()
    venue.faults.arm("ids_fall")
    name = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await log.waits_for(MarketEvent.BuyOrderCreated, 2)
    for _ in range(5):
        await bought(connector, log)
        seen = {row.client_order_id: row.status for row in await lists.orders()}
        assert seen[name] is OrderStatus.NEW
    connector.cancel(PAIR, name)
    await log.waits_for(MarketEvent.OrderCancelled)
    assert {row.client_order_id: row.status for row in await lists.orders()}[name] is OrderStatus.CANCELED


async def test_a_page_that_ids_fall_in_is_read_to_its_end(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    api = VenueApi(connector.components.gateway, orders_a_page=3, trades_a_page=3)
    lists = ExchangeLists(api, SYMBOL)
    await lists.open(connector.venue_time_ms())
    for _ in range(4):
        await bought(connector, log)
    venue.faults.arm("ids_fall")
    for _ in range(6):
        await bought(connector, log)
    trades = await lists.trades()
    orders = {number_of(row) for row in await lists.orders()}
    assert len(trades) == 10
    assert {int(row.exchange_order_id) for row in trades} <= orders
