import random
from decimal import Decimal

from connector.simulator.accounts.order_totals import Ladder, OrderTotals, open_loss_e16, opening_notional_e16
from connector.simulator.fixed_point import E8, half_up
from connector.simulator.market.orders import BUY, SELL
from tests.companions.simulator.traders import BTC, Desk, Trader


def walked(trader: Trader, side: int) -> tuple[int, int]:
    """Notional and open loss of a side by walking every order, as margin is written down."""
    mark_price, row = trader.desk.listing.mark_price, trader.desk.listing.instrument
    least = 0 if side == BUY else max(mark_price.last_e8 * 10_015 // 10_000, mark_price.mark_e8)
    mine = [order for order in trader.account.orders_of(BTC).values() if order.side == side and not order.closes]
    prices = [(order.open_lots * row.lot_e8, order.price_ticks * row.tick_e8) for order in mine]
    notional = sum(lots * max(price, least) for lots, price in prices)
    return notional, sum(lots * max(0, side * (price - mark_price.mark_e8)) for lots, price in prices)


def summed(trader: Trader, side: int) -> tuple[int, int]:
    mark_price, row = trader.desk.listing.mark_price, trader.desk.listing.instrument
    orders, unit = trader.account.open_of(BTC, "BOTH"), row.tick_e8 * row.lot_e8
    least = max(mark_price.last_e8 * 10_015 // 10_000, mark_price.mark_e8)
    notional = opening_notional_e16(orders, side, unit, (-(-least // row.tick_e8), row.lot_e8 * least))
    return notional, open_loss_e16(orders, side, unit, row.lot_e8 * mark_price.mark_e8)


def test_the_totals_are_those_of_a_walk_over_all_orders_wherever_the_prices_go() -> None:
    desk, chance = Desk(), random.Random(7)
    trader, other = desk.trader("10000000"), desk.trader("10000000")
    for _ in range(1500):
        desk.mark(str(60_000 + Decimal(chance.randrange(-9_000, 9_000)) / 10))
        orders = list(trader.account.orders_of(BTC).values())
        deed = chance.random()
        if orders and (deed < 0.25 or len(orders) > 60):
            trader.cancel(chance.choice(orders))
        elif deed < 0.4:
            other.market(chance.choice((BUY, SELL)), "0.015")
        else:
            price = str(60_000 + Decimal(chance.randrange(-5_000, 5_000)) / 10)
            trader.limit(chance.choice((BUY, SELL)), "0.02", price, self_trade_prevention="EXPIRE_TAKER")
        for side in (BUY, SELL):
            assert summed(trader, side) == walked(trader, side)
    assert trader.trades


def test_a_ladder_forgets_prices_that_nothing_is_open_at() -> None:
    ladder = Ladder()
    ladder.add(10, 5)
    ladder.add(12, 1)
    assert ladder.below(12) == (5, 50) and ladder.below(13, which=1) == (6, 62)
    ladder.add(10, -5)
    assert ladder.below(12) == (0, 0) and ladder.below(13, which=1) == (1, 12)
    assert (ladder.lots, ladder.value) == (1, 12)


def test_orders_that_only_reduce_are_listed_apart_and_cost_nothing() -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    other.limit(SELL, "0.02", "60000")
    trader.market(BUY, "0.02")
    closer = trader.limit(SELL, "0.01", "61000", reduce_only=True)
    orders = trader.account.open_of(BTC, "BOTH")
    assert orders.closers_of(SELL) == [closer] and orders.closers_of(BUY) == []
    assert (orders.count, orders.asks.lots) == (1, 0)
    trader.cancel(closer)
    assert (orders.count, orders.closers) == (0, {})


def test_an_empty_side_costs_nothing() -> None:
    assert opening_notional_e16(OrderTotals(), SELL, 1, (5, 5)) == 0
    assert open_loss_e16(OrderTotals(), SELL, 1, 5) == 0


def test_margin_reads_the_totals() -> None:
    desk = Desk()
    trader = desk.trader()
    trader.limit(BUY, "0.1", "59000")
    trader.limit(BUY, "0.1", "58000")
    row = desk.engine.margin_pools.charges(trader.account)[BTC, "BOTH"]
    assert row.orders_e8 == half_up(11_700 * E8, 20)


def test_a_look_at_the_totals_leaves_nothing_behind() -> None:
    desk = Desk()
    trader = desk.trader()
    assert trader.account.open_of(BTC, "BOTH").count == 0
    assert desk.engine.algos.book(trader.account).open_count == 0
    assert trader.account.sums == {}
    trader.limit(BUY, "0.01", "60000")
    assert trader.account.open_of(BTC, "BOTH").count == 1
    assert desk.trader().account.open_of(BTC, "BOTH").count == 0
