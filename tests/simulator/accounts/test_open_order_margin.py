from decimal import Decimal

from connector.simulator.market.orders import BUY, SELL
from tests.companions.simulator.traders import Desk, charge_of, long_of, usdt


def test_a_resting_buy_costs_its_price_over_the_leverage() -> None:
    desk = Desk()
    trader = desk.trader()
    trader.limit(BUY, "0.1", "59000")
    assert usdt(charge_of(trader).orders_e8) == Decimal(295)


def test_a_resting_sell_is_assumed_to_get_a_bit_more_than_last() -> None:
    desk = Desk()
    trader = desk.trader()
    trader.limit(SELL, "0.1", "59000")
    assert usdt(charge_of(trader).orders_e8) == Decimal("0.1") * 60_090 / 20 + 100


def test_a_buy_above_the_mark_costs_its_open_loss_too() -> None:
    desk = Desk()
    trader = desk.trader()
    trader.limit(BUY, "0.1", "60500")
    assert usdt(charge_of(trader).orders_e8) == Decimal("302.5") + 50


def test_buys_and_sells_net_against_each_other_and_the_position() -> None:
    desk = Desk()
    trader = long_of(desk, "0.1")
    trader.limit(SELL, "0.1", "61000")
    assert usdt(charge_of(trader).position_e8) == 300
    assert charge_of(trader).orders_e8 == 0
    trader.limit(BUY, "0.05", "59000")
    assert usdt(charge_of(trader).orders_e8) == Decimal("147.5")


def test_reduce_only_orders_cost_nothing() -> None:
    desk = Desk()
    trader = long_of(desk, "0.1")
    trader.limit(SELL, "0.1", "59500", reduce_only=True)
    assert charge_of(trader).orders_e8 == 0
