"""Strategy to connector."""

import asyncio
from decimal import Decimal

import pytest

from connector.bot.quoting.own_part import Everything
from connector.bot.session.market_view import market_view
from connector.bot.session.quoter import Quoter
from connector.config.loader import load_settings
from connector.core.enums import OrderType, PositionAction, TradeType
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.gates import USER_STREAM
from connector.orders.in_flight_order import InFlightOrder
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.server import LocalExchange
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.touch_quoting import TouchQuoting
from tests.companions.exchange.quoting import both_rest, move_touch, prices, quoting
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, until
from tests.companions.orders.written_names import written_names
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
    quoter = Quoter(connector, TouchQuoting(settings()), connector.components.clock, SAID.append)
    quoter.tick()
    quoter.tick()
    await log.waits_for(MarketEvent.SellOrderCreated, 2)
    sides = [order.trade_type for order in connector.in_flight_orders.values()]
    assert sorted(side.name for side in sides) == ["BUY", "BUY", "SELL", "SELL"]


LADDER = {"order_levels": "20", "order_level_amount": "0", "order_level_spread": "0.001"}


async def test_a_long_ladder_leaves_a_few_orders_a_turn_and_none_twice(connector: PerpetualDerivative) -> None:
    quoter = Quoter(connector, TouchQuoting(settings(**LADDER)), connector.components.clock, SAID.append)
    quoter.tick()
    sent = {len(connector.in_flight_orders)}
    while len(connector.in_flight_orders) < 40:
        quoter.tick()
        await asyncio.sleep(0.001)
        sent.add(len(connector.in_flight_orders))
    assert sorted(sent) == list(range(4, 41, 4))
    quoter.tick()
    await until(lambda: all(order.was_seen for order in connector.in_flight_orders.values()), "all are answered")
    assert len(connector.in_flight_orders) == 40
    prices_ = [order.price for order in connector.in_flight_orders.values()]
    assert len(set(prices_)) == 40


async def test_what_is_left_of_a_ladder_does_not_leave_after_the_end(connector: PerpetualDerivative) -> None:
    quoter = Quoter(connector, TouchQuoting(settings(**LADDER)), connector.components.clock, SAID.append)
    quoter.begin()
    while not connector.in_flight_orders:
        await asyncio.sleep(0)
    sent = len(connector.in_flight_orders)
    quoter.end()
    await asyncio.sleep(1)
    assert len(connector.in_flight_orders) == sent == 4


async def test_what_cannot_be_paid_for_is_not_sent_and_the_numbers_are_told(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    await connector.set_leverage(PAIR, 1)
    quoter = Quoter(
        connector, TouchQuoting(settings(order_amount="5", leverage="1")), connector.components.clock, SAID.append
    )
    quoter.tick()
    assert connector.in_flight_orders == {}
    quoter.tick()
    (line,) = SAID
    assert line.startswith("not placed: BTC-USDT buy 5 needs") and "available" in line


async def test_quotes_are_pulled_when_the_market_is_not_seen(
    connector: PerpetualDerivative, venue: LocalExchange, log: EventLog
) -> None:
    quoter = Quoter(connector, TouchQuoting(settings()), connector.components.clock, SAID.append)
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
    view = market_view(connector, Everything(connector), PAIR, 1_000, None, depth=True)
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
    quoter = Quoter(
        connector, TouchQuoting(settings(quote_with_position="true")), connector.components.clock, SAID.append
    )
    connector.openings.shut("the desk")
    quoter.tick()
    await until(lambda: opening not in connector.in_flight_orders, "taken back")
    quoter.tick()
    assert {order.position_action for order in connector.in_flight_orders.values()} <= {close}
    assert exit_order in {event.order_id for event in log.events if hasattr(event, "order_id")}


async def test_a_quote_that_comes_too_close_is_cancelled_before_the_frame_that_caused_it_is_read_to_its_end(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    with quoting(connector, minimum_spread="0.01"):
        await both_rest(connector)
        with written_names() as written:
            move_touch(connector, "59991.0", "59996.0")
            ((method, name),) = written
        assert method == "order.cancel"
        assert connector.in_flight_orders[name].price == D("59988.0"), "the buy: 5.5 USDT off, not 6"
        await log.waits_for(MarketEvent.OrderCancelled)


async def test_a_frame_that_moves_nothing_of_concern_asks_for_nothing(connector: PerpetualDerivative) -> None:
    with quoting(connector) as quoter:
        await both_rest(connector)
        looks: list[int] = []
        quoter.tick = lambda: looks.append(1)  # type: ignore[method-assign]
        for cents in range(50):
            move_touch(connector, f"59990.{cents // 10}", "60010.0")
        assert looks == []


async def test_quotes_leave_in_the_turn_in_which_the_connector_ceases_to_be_ready(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    with quoting(connector):
        await both_rest(connector)
        connector.components.streams.books.stream.drop("cut by hand")
        await log.waits_for(MarketEvent.FeedLost)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert all(order.cancel_wanted for order in connector.in_flight_orders.values())


async def test_an_order_that_ended_is_asked_for_anew_when_its_time_comes_without_anybody_calling(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    with quoting(connector, order_refresh_time="2", order_refresh_tolerance_pct="-1"):
        await both_rest(connector)
        await log.waits_for(MarketEvent.OrderCancelled, 2)
        await log.waits_for(MarketEvent.BuyOrderCreated, 2)
        await log.waits_for(MarketEvent.SellOrderCreated, 2)


async def test_quotes_that_follow_the_touch_are_changed_and_keep_their_names(
    connector: PerpetualDerivative, venue: LocalExchange, trader: Trader, log: EventLog
) -> None:
    with quoting(connector, replace_on_touch="modify", order_refresh_tolerance_pct="0"):
        await both_rest(connector)
        names = set(connector.in_flight_orders)
        trader.quote(BUY, "60000", "1")
        await log.waits_for(MarketEvent.OrderModified, 2)
        assert set(connector.in_flight_orders) == names
        assert prices(connector) == [D("59992.9"), D("60017.1")], "12 USDT from 60,005"
        book = venue.engine.accounts[venue.account_id].open_orders[SYMBOL]
        assert sorted(order.price_ticks for order in book.values()) == [599_929, 600_171]
        assert log.of(MarketEvent.OrderCancelled) == []


async def test_off_they_stay_where_they_are_until_their_age(
    connector: PerpetualDerivative, trader: Trader, log: EventLog
) -> None:
    with quoting(connector, order_refresh_tolerance_pct="0"):
        await both_rest(connector)
        before = prices(connector)
        trader.quote(BUY, "60000", "1")
        await asyncio.sleep(5)
        assert prices(connector) == before
        assert log.of(MarketEvent.OrderModified) == []


@pytest.mark.parametrize("way", ["modify", "cancel_and_new"])
async def test_a_partly_filled_quote_that_follows_is_never_more_than_was_asked_for(
    connector: PerpetualDerivative, trader: Trader, log: EventLog, way: str
) -> None:
    follows = {"replace_on_touch": way, "order_refresh_tolerance_pct": "0"}
    with quoting(connector, order_amount="0.02", bid_spread="0.001", **follows):
        await both_rest(connector)
        trader.take(SELL, "0.005")
        await log.waits_for(MarketEvent.OrderFilled)
        trader.quote(SELL, "60009", "0.1")
        await until(lambda: D("59998.9") in prices(connector), "it follows the others")
        (buy,) = (order for order in connector.in_flight_orders.values() if order.trade_type is TradeType.BUY)
        assert (buy.amount, buy.remaining_amount) == (D("0.020"), D("0.015"))
        await asyncio.sleep(5)
        assert buy.price == D("59998.9"), "0.001 % below 59,999.5, where the others' touch is, and not after itself"


@pytest.mark.parametrize("late", [b'"ACCOUNT_UPDATE"', b'"ORDER_TRADE_UPDATE"'])
async def test_a_take_profit_that_filled_long_after_it_was_looked_at_is_neither_asked_for_again_nor_cancelled(
    connector: PerpetualDerivative, trader: Trader, log: EventLog, monkeypatch: pytest.MonkeyPatch, late: bytes
) -> None:
    alone = {"quote_with_position": "false", "stop_loss_spread": "0", "bid_spread": "1", "ask_spread": "1"}

    def exits() -> list[InFlightOrder]:
        every = connector.in_flight_orders.values()
        return [order for order in every if order.position_action is PositionAction.CLOSE]

    with quoting(connector, long_profit_taking_spread="0.1", **alone):
        await both_rest(connector)
        connector.buy(PAIR, D("0.010"), OrderType.MARKET)
        await log.waits_for(MarketEvent.BuyOrderCompleted)
        await until(lambda: len(exits()) == 1 and exits()[0].was_seen, "the take-profit rests")
        (take_profit,) = exits()
        assert take_profit.price is not None
        await asyncio.sleep(5)  # longer than an exit that was asked for is waited for
        user, clock = connector.components.user, asyncio.get_running_loop()
        read = user.on_frame

        def read_late(frame: bytes, received_ms: int) -> None:
            if late in frame:
                clock.call_later(0.005, read, frame, received_ms)
            else:
                read(frame, received_ms)

        monkeypatch.setattr(user, "on_frame", read_late)
        trader.quote(BUY, str(take_profit.price + 10), "1")
        await until(lambda: not connector.account_positions, "it filled")
        await asyncio.sleep(1.5)
    assert exits() == []
    assert take_profit.cancel_requested_ms is None
    assert len(log.of(MarketEvent.SellOrderCreated)) == 2, "a quote and the take-profit"


async def test_a_look_that_is_due_does_not_hold_up_a_quote_that_goes(connector: PerpetualDerivative) -> None:
    with quoting(connector, minimum_spread="0.01"):
        await both_rest(connector)
        connector.components.push.look_soon(PAIR)  # a report of the account came in the same turn
        with written_names() as written:
            move_touch(connector, "59991.0", "59996.0")
            assert [method for method, _ in written] == ["order.cancel"]


async def test_each_time_that_the_market_is_lost_from_sight_the_quotes_go_at_once(
    connector: PerpetualDerivative,
) -> None:
    gates, loop = connector.components.gates, asyncio.get_running_loop()
    with quoting(connector, order_refresh_time="0.3"):
        for _ in range(2):
            await both_rest(connector)
            lost = loop.time()
            gates.fall(USER_STREAM, "a lost stream")
            orders = tuple(connector.in_flight_orders.values())
            await until(lambda orders=orders: all(order.cancel_wanted for order in orders), "pulled")  # type: ignore[misc]
            assert loop.time() - lost < 0.05
            await until(lambda: not connector.in_flight_orders, "gone")
            gates.hold(USER_STREAM)


async def test_others_who_join_a_touch_of_our_own_are_followed(connector: PerpetualDerivative, trader: Trader) -> None:
    near = {"bid_spread": "0.002", "ask_spread": "0.002", "minimum_spread": "-100", "order_amount": "0.01"}
    with quoting(connector, replace_on_touch="modify", order_refresh_tolerance_pct="0", **near) as quoter:
        await both_rest(connector)
        alone = prices(connector)
        trader.quote(BUY, str(alone[0]), "3")
        await until(lambda: connector.get_order_book(PAIR).top[1] > 3, "they are there")
        quoter.heed_the_slow()
        await until(lambda: prices(connector) != alone, "followed")
