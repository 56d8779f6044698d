"""Page 87fa7ee33b574f7084d42bd2ce2e463b, 2026-01: mark 9,259.84, last 9,258.99, 1 BTC at 9,253.30, leverage 20."""

from decimal import Decimal

import pytest

from connector.account.order_cost import MarketPrices, open_loss_units, order_cost_e8, order_prices
from connector.core.amounts import E8, from_e8, to_e8
from connector.venue.contracts import INVERSE, LINEAR

D = Decimal
PRICES = MarketPrices(D("9259.84"), D("9258.99"), D("9258.9"), D("9259.1")).in_e8()


@pytest.mark.parametrize(("is_buy", "cost"), [(True, "462.665"), (False, "470.18392425")])
def test_the_published_cost_of_a_limit_order(is_buy: bool, cost: str) -> None:
    prices = order_prices(is_buy=is_buy, price_e8=to_e8(D("9253.30")), prices_e8=PRICES)
    assert from_e8(order_cost_e8(LINEAR, E8, 20, is_buy=is_buy, prices=prices, mark_e8=PRICES[0])) == D(cost)


def test_the_published_margin_and_open_loss_of_the_sell() -> None:
    """463.64392425 at 9,272.878485 = 9,258.99 x 1.0015, and 6.54 = 9,259.84 - 9,253.30."""
    prices = order_prices(is_buy=False, price_e8=to_e8(D("9253.30")), prices_e8=PRICES)
    assert from_e8(prices.assumed_e8) / 20 == D("463.64392425")
    loss = open_loss_units(LINEAR, is_buy=False, price_e8=prices.own_e8, mark_e8=PRICES[0])
    assert from_e8(loss) == D("6.54")


@pytest.mark.parametrize(
    ("is_buy", "price", "assumed"),
    [
        (True, "9300", "9300"),
        (False, "9300", "9300"),
        (True, "0", "9263.72955"),
        (False, "0", "9259.84"),
    ],
)
def test_assumed_prices(is_buy: bool, price: str, assumed: str) -> None:
    """A limit order's own unless a sell's is below; best ask 9,259.10 x 1.0005; the greater of best bid and mark."""
    assert order_prices(is_buy=is_buy, price_e8=to_e8(D(price)), prices_e8=PRICES).assumed_e8 == to_e8(D(assumed))


def test_a_market_sell_is_assumed_at_a_bid_above_mark() -> None:
    prices_e8 = (PRICES[0], PRICES[1], to_e8(D(9_270)), to_e8(D(9_271)))
    assert order_prices(is_buy=False, price_e8=0, prices_e8=prices_e8).own_e8 == to_e8(D(9_270))


def test_a_market_buys_open_loss_counts() -> None:
    """9,263.72955 / 20 + 3.88955."""
    prices = order_prices(is_buy=True, price_e8=0, prices_e8=PRICES)
    cost = order_cost_e8(LINEAR, E8, 20, is_buy=True, prices=prices, mark_e8=PRICES[0])
    assert from_e8(cost) == D("463.1864775") + D("3.88955")


def test_an_inverse_order_costs_the_coin() -> None:
    """10 contracts of 100 USD at 50,000 are 0.02 BTC: 0.002 at leverage 10; bought at 50,000 with mark at 40,000
    they lose 1,000 x (1 / 40,000 - 1 / 50,000) x -1: nothing, for the coin's worth grew; sold, 0.005."""
    mark_e8 = 40_000 * E8
    prices_e8 = (mark_e8, mark_e8, mark_e8, mark_e8)
    buy = order_prices(is_buy=True, price_e8=50_000 * E8, prices_e8=prices_e8)
    assert from_e8(order_cost_e8(INVERSE, 1_000 * E8, 10, is_buy=True, prices=buy, mark_e8=mark_e8)) == D("0.007")
    sell = order_prices(is_buy=False, price_e8=50_000 * E8, prices_e8=prices_e8)
    assert from_e8(order_cost_e8(INVERSE, 1_000 * E8, 10, is_buy=False, prices=sell, mark_e8=mark_e8)) == D("0.002")


def test_a_price_that_is_not_known_is_no_price() -> None:
    with pytest.raises(ValueError, match="NaN"):
        MarketPrices(D("NaN"), D(1), D(1), D(1)).in_e8()
