"""What lies below two moving prices, against the plain sum over all orders, of both twins."""

import random
from types import ModuleType

import pytest

from connector.account.compiled import order_ladder as compiled
from connector.account.plain import order_ladder as plain

TWINS = pytest.mark.parametrize("twin", [plain, compiled], ids=["plain", "compiled"])


@TWINS
def test_two_prices_that_move_know_what_lies_below_them(twin: ModuleType) -> None:
    chance = random.Random(7)
    ladder = twin.OrderLadder(lambda price_e8: 3 * price_e8)
    open_orders: list[tuple[int, int]] = []
    for _ in range(2_000):
        if open_orders and chance.random() < 0.4:
            price_e8, sized = open_orders.pop(chance.randrange(len(open_orders)))
            ladder.add(price_e8, -sized)
        else:
            open_orders.append((chance.randint(1, 40), chance.randint(1, 9)))
            ladder.add(*open_orders[-1])
        assert ladder.sized == sum(sized for _, sized in open_orders)
        assert ladder.units == sum(3 * price_e8 * sized for price_e8, sized in open_orders)
        which, price_e8 = chance.randint(0, 1), chance.randint(0, 42)
        below = [(price, sized) for price, sized in open_orders if price < price_e8]
        expected = sum(sized for _, sized in below), sum(3 * price * sized for price, sized in below)
        assert ladder.below(price_e8, which) == expected


@TWINS
def test_a_price_that_no_order_stands_at_any_more_is_forgotten(twin: ModuleType) -> None:
    ladder = twin.OrderLadder(lambda price_e8: price_e8)
    ladder.add(5, 2)
    ladder.add(5, -2)
    assert (ladder.sized, ladder.units, ladder.below(10, 0)) == (0, 0, (0, 0))


@TWINS
def test_an_order_whose_amount_rounds_to_nothing_leaves_no_trace(twin: ModuleType) -> None:
    ladder = twin.OrderLadder(lambda price_e8: price_e8)
    ladder.add(5, 0)
    ladder.add(7, 2)
    assert (ladder.sized, ladder.units, ladder.below(10, 0)) == (2, 14, (2, 14))
