from decimal import Decimal

import pytest

from connector.simulator.errors import VenueError
from connector.simulator.market.orders import BUY, LIMIT, MARKET, SELL, OrderRequest
from tests.companions.simulator.traders import BTC, Desk, Trader, charge_of, long_of, usdt


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


def quoted(desk: Desk) -> None:
    """A book of 59,990 to 60,010 around a mark of 60,000."""
    maker = desk.trader("1000000")
    maker.limit(BUY, "50", "59990")
    maker.limit(SELL, "50", "60010")
    desk.mark("60000")


def needed(trader: Trader, request: OrderRequest) -> Decimal:
    """The wallet that just pays for an order, found by trying; a unit less is refused."""
    desk = trader.desk
    low, high = 0, 10**12
    while high - low > 1:
        middle = (low + high) // 2
        trader.account.wallets["USDT"] = middle
        try:
            desk.engine.check(trader.id, request, desk.now_ms)
            high = middle
        except VenueError as refusal:
            assert refusal.code == -2019
            low = middle
    return usdt(high)


@pytest.mark.parametrize(
    ("side", "kind", "price", "cost"),
    [
        (BUY, MARKET, None, Decimal("60040.005") / 20 + Decimal("40.005")),
        (SELL, MARKET, None, Decimal(60_000) / 20),
        (BUY, LIMIT, "60500", Decimal(60_500) / 20 + 500),
        (BUY, LIMIT, "59500", Decimal(59_500) / 20),
        (SELL, LIMIT, "59500", Decimal(60_090) / 20 + 500),
        (SELL, LIMIT, "60050", Decimal(60_090) / 20),
        (SELL, LIMIT, "61000", Decimal(61_000) / 20),
    ],
)
def test_an_order_costs_so_much_and_not_a_unit_less(side: int, kind: str, price: str | None, cost: Decimal) -> None:
    """No fee is reserved. A market sell is assumed at the mark, never at last + 0.15 %."""
    desk = Desk()
    quoted(desk)
    trader = desk.trader("1")
    terms = OrderRequest(BTC, side, kind, Decimal(1), None if price is None else Decimal(price))
    assert needed(trader, terms) == cost


def test_a_market_sell_above_the_mark_is_assumed_at_the_best_bid() -> None:
    desk = Desk()
    quoted(desk)
    desk.mark("59900")
    trader = desk.trader("1")
    assert needed(trader, OrderRequest(BTC, SELL, MARKET, Decimal(1))) == Decimal(59_990) / 20


def test_only_the_share_that_would_open_loses() -> None:
    """Long 0.1, sell 0.3 at 59,500: two thirds of the loss of 150, and the margin of what is beyond the position."""
    desk = Desk()
    trader = long_of(desk, "0.1")
    trader.limit(SELL, "0.3", "59500")
    margin = (Decimal("0.3") * 60_090 - 6_000) / 20 - 300
    assert usdt(charge_of(trader).orders_e8) == margin + 100


def test_an_order_that_only_closes_loses_nothing_wherever_last_stands() -> None:
    desk = Desk()
    trader = long_of(desk, "0.1")
    trader.limit(SELL, "0.1", "59000")
    assert charge_of(trader).orders_e8 == 0


def test_a_side_that_closes_first_loses_in_proportion_over_all_its_orders() -> None:
    """Short 0.1; buys of 0.1 at 60,100 and 0.1 at 60,300 lose 10 and 30, a half of which would open."""
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    other.limit(BUY, "0.1", "60000")
    trader.market(SELL, "0.1")
    desk.mark("60000")
    for price in ("60100", "60300"):
        trader.limit(BUY, "0.1", price)
    margin = max(0, abs(-6_000 + Decimal(6_010) + 6_030) / 20 - 300)
    assert usdt(charge_of(trader).orders_e8) == margin + 20
