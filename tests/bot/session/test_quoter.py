"""Strategy to connector."""

from decimal import Decimal

import pytest

from connector.bot.session.market_view import market_view
from connector.bot.session.quoter import Quoter
from connector.config.loader import load_settings
from connector.core.enums import OrderType, PositionAction, TradeType
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from tests.companions.local_trading import PAIR, EventLog, until
from tests.companions.places import SHIPPED_SETTINGS

pytestmark = pytest.mark.virtual_time

D = Decimal


SAID: list[str] = []


@pytest.fixture(autouse=True)
def nothing_said() -> None:
    SAID.clear()


def settings(**changes: object) -> PerpetualMarketMakingSettings:
    return load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings, changes)


async def test_the_first_tick_asks_for_both_sides_and_the_second_for_nothing_more(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    quoter = Quoter(connector, settings(), connector.components.clock, SAID.append)
    quoter.tick()
    quoter.tick()
    await log.waits_for(MarketEvent.SellOrderCreated, 2)
    sides = [order.trade_type for order in connector.in_flight_orders.values()]
    assert sorted(side.name for side in sides) == ["BUY", "BUY", "SELL", "SELL"]


async def test_what_cannot_be_paid_for_is_not_sent_and_the_numbers_are_told(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    await connector.set_leverage(PAIR, 1)
    quoter = Quoter(connector, settings(order_amount="5", leverage="1"), connector.components.clock, SAID.append)
    quoter.tick()
    assert connector.in_flight_orders == {}
    quoter.tick()
    (line,) = SAID
    assert line.startswith("not placed: BTC-USDT buy 5 needs") and "available" in line


async def test_quotes_are_pulled_when_the_market_is_not_seen(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    quoter = Quoter(connector, settings(), connector.components.clock, SAID.append)
    quoter.tick()
    await log.waits_for(MarketEvent.SellOrderCreated, 2)
    await log.waits_for(MarketEvent.BuyOrderCreated, 2)
    connector.components.streams.mark_trades.stream.drop("cut by hand")
    await log.waits_for(MarketEvent.FeedLost)
    quoter.tick()
    await log.waits_for(MarketEvent.OrderCancelled, 4)
    assert connector.in_flight_orders == {}


@pytest.mark.parametrize("side", TradeType)
async def test_the_view_shows_orders_from_the_moment_they_are_asked_for(
    connector: PerpetualDerivative, log: EventLog, side: TradeType
) -> None:
    place = connector.buy if side is TradeType.BUY else connector.sell
    name = place(PAIR, D("0.002"), price=D(60_000) - side.sign * 500)
    view = market_view(connector, PAIR, 1_000, None, depth=True)
    (order,) = view.orders
    assert (order.client_order_id, order.remaining, order.is_pending_cancel) == (name, D("0.002"), False)
    assert (view.best_bid, view.best_ask, view.mid_price) == (59_990, 60_010, 60_000)
    assert view.bids[0].amount == 1
    assert view.rule.trading_pair == PAIR
    await until(lambda: connector.in_flight_orders[name].was_seen, "seen")


async def test_a_shut_gate_takes_back_what_would_open_and_leaves_what_closes(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    connector.buy(PAIR, D("0.010"), OrderType.MARKET)
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await until(lambda: PAIR in connector.account_positions, "the position")
    price, close = D(60_500), PositionAction.CLOSE
    exit_order = connector.sell(PAIR, D("0.010"), OrderType.LIMIT, price, position_action=close)
    opening = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D(59_000))
    await log.waits_for(MarketEvent.BuyOrderCreated, 2)
    quoter = Quoter(connector, settings(quote_with_position="true"), connector.components.clock, SAID.append)
    connector.openings.shut("the desk")
    quoter.tick()
    await until(lambda: opening not in connector.in_flight_orders, "taken back")
    quoter.tick()
    assert {order.position_action for order in connector.in_flight_orders.values()} <= {close}
    assert exit_order in {event.order_id for event in log.events if hasattr(event, "order_id")}
