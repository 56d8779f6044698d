from decimal import Decimal

from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.core.order_options import OrderOptions
from connector.exchange.account.obstacles import obstacles
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.market.orders import BUY, LIMIT, OrderRequest
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, EventLog

D = Decimal


async def test_orders_of_everyone_and_of_both_families_are_listed_the_first_of_many_by_name(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    options = OrderOptions(trigger_price=D(50_000))
    stop = connector.sell(PAIR, D("0.010"), OrderType.STOP_MARKET, options=options)
    await log.waits_for(MarketEvent.SellOrderCreated)
    assert await obstacles(connector.venue_api, -4067) == f"in the way are 1 open orders: BTCUSDT sell 0.01 ({stop})"
    for number in range(7):
        request = OrderRequest(SYMBOL, BUY, LIMIT, D("0.01"), D(59_000 - number), client_order_id=f"by-hand-{number}")
        venue.act(lambda engine, now_ms, request=request: engine.place(venue.account_id, request, now_ms))
    told = await obstacles(connector.venue_api, -4067)
    assert told.startswith("in the way are 8 open orders: BTCUSDT buy 0.01 (by-hand-")
    assert told.endswith("and 3 more")


async def test_where_nothing_is_open_here_the_other_product_of_the_account_is_named(
    connector: PerpetualDerivative,
) -> None:
    for code in (-4067, -4068):
        assert "look at COIN-M, which shares the position mode" in await obstacles(connector.venue_api, code)
    assert await obstacles(connector.venue_api, -4047, SYMBOL) == ""


async def test_a_refusal_that_speaks_of_neither_asks_for_nothing(connector: PerpetualDerivative) -> None:
    assert await obstacles(connector.venue_api, -4028) == ""
