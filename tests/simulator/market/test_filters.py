from decimal import Decimal

import pytest

from connector.simulator.errors import VenueError
from connector.simulator.market.filters import band_ticks, bound_ticks
from connector.simulator.market.orders import BUY, SELL, OrderRequest
from tests.companions.simulator.traders import BTC, Desk


@pytest.mark.parametrize(
    ("side", "kind", "quantity", "price", "code"),
    [
        (BUY, "LIMIT", "0.01", "60000.001", -1111),
        (BUY, "LIMIT", "0.01", "60000.05", -4014),
        (BUY, "LIMIT", "0.01", "556.7", -4013),
        (BUY, "LIMIT", "0.01", "-1", -4001),
        (BUY, "LIMIT", "0.01", "4529764.1", -4002),
        (BUY, "LIMIT", "0.0105", "60000", -1111),
        (BUY, "LIMIT", "0", "60000", -4003),
        (BUY, "LIMIT", "1000.001", "60000", -4005),
        (BUY, "MARKET", "120.001", None, -4005),
        (BUY, "LIMIT", "0.01", "63000.1", -4016),
        (SELL, "LIMIT", "0.01", "56999.9", -4024),
        (BUY, "LIMIT", "0.001", "49999.9", -4164),
        (BUY, "LIMIT", "0.0001", "60000", -1111),
    ],
)
def test_a_filter_refuses_with_its_own_code(side: int, kind: str, quantity: str, price: str | None, code: int) -> None:
    desk = Desk()
    trader = desk.trader("10000000")
    request = OrderRequest(BTC, side, kind, Decimal(quantity), None if price is None else Decimal(price))
    with pytest.raises(VenueError) as refusal:
        trader.place(request)
    assert refusal.value.code == code
    assert trader.account.orders == {}


def test_the_band_lets_far_passive_prices_rest() -> None:
    desk = Desk()
    trader = desk.trader()
    assert trader.limit(BUY, "0.1", "30000").is_open
    assert trader.limit(SELL, "0.1", "90000").is_open


def test_band_and_bound_are_inside_their_shares_of_the_mark() -> None:
    desk = Desk()
    desk.mark("60000.33")
    assert (band_ticks(BUY, desk.listing), band_ticks(SELL, desk.listing)) == (630_003, 570_004)
    assert (bound_ticks(BUY, desk.listing), bound_ticks(SELL, desk.listing)) == (630_003, 570_004)


def test_an_order_that_only_closes_may_be_smaller_than_the_least_notional() -> None:
    desk = Desk()
    trader, other = desk.trader(), desk.trader()
    other.limit(SELL, "0.001", "60000")
    trader.market(BUY, "0.001")
    desk.mark("45000")
    with pytest.raises(VenueError, match="-4164"):
        trader.limit(SELL, "0.001", "45000")
    assert trader.limit(SELL, "0.001", "45000", reduce_only=True).is_open
