from decimal import Decimal
from itertools import product

import pytest

from connector.simulator.accounts.algo_orders import (
    NEXT,
    AlgoOrder,
    AlgoRequest,
    Prices,
    Status,
    Turn,
    is_past,
    is_protected,
    is_reached,
    trails,
)
from connector.simulator.fixed_point import E8
from connector.simulator.market.orders import BUY, SELL, Condition


def order(side: int = BUY, kind: str = "STOP_MARKET", callback_e4: int = 0, extreme: int = 0) -> AlgoOrder:
    request = AlgoRequest("BTCUSDT", side, kind, Decimal("0.01"))
    condition = Condition(kind, 600_000, callback_e4=callback_e4)
    return AlgoOrder(1, 1, "c", request, condition, 0, 10, True, extreme * E8, 5, 5)


@pytest.mark.parametrize(("status", "turn"), list(product(Status, Turn)))
def test_every_status_takes_its_own_turns_and_no_others(status: Status, turn: Turn) -> None:
    algo = order()
    algo.status = status
    if (status, turn) in NEXT:
        algo.turn(turn, 9)
        assert (algo.status, algo.updated_ms) == (NEXT[status, turn], 9)
        assert algo.is_open == (algo.status == "TRIGGERING")
    else:
        with pytest.raises(KeyError):
            algo.turn(turn, 9)
        assert (algo.status, algo.updated_ms) == (status, 5)


@pytest.mark.parametrize(
    ("kind", "side", "fires_at"),
    [
        ("STOP", BUY, (100, 101)),
        ("STOP_MARKET", SELL, (99, 100)),
        ("TAKE_PROFIT", BUY, (99, 100)),
        ("TAKE_PROFIT_MARKET", SELL, (100, 101)),
    ],
)
def test_a_stop_fires_beyond_its_trigger_and_a_profit_before_it(
    kind: str, side: int, fires_at: tuple[int, ...]
) -> None:
    assert tuple(price for price in (99, 100, 101) if is_past(kind, side, 100, price)) == fires_at


def test_a_trailing_sell_fires_its_distance_below_the_highest_price() -> None:
    algo = order(SELL, "TRAILING_STOP_MARKET", callback_e4=100, extreme=100)
    assert [trails(algo, price * E8) for price in (100, 110, 109, 120)] == [False] * 4
    assert not trails(algo, 1188 * E8 // 10 + 1)
    assert trails(algo, 1188 * E8 // 10)


def test_a_trailing_buy_fires_its_distance_above_the_lowest_price() -> None:
    algo = order(BUY, "TRAILING_STOP_MARKET", callback_e4=50, extreme=200)
    assert [trails(algo, price * E8) for price in (200, 150, 100)] == [False] * 3
    assert not trails(algo, 1005 * E8 // 10 - 1)
    assert trails(algo, 1005 * E8 // 10)


def test_a_trailing_stop_is_armed_at_once_or_at_its_price() -> None:
    assert is_reached(BUY, 0, 100)
    assert [is_reached(BUY, 90, price) for price in (91, 90, 89)] == [False, True, True]
    assert [is_reached(SELL, 110, price) for price in (109, 110, 111)] == [False, True, True]


def test_protection_looks_at_mark_and_last_price() -> None:
    assert not is_protected(Prices(last_e8=105, mark_e8=100), Decimal("0.05"))
    assert is_protected(Prices(last_e8=106, mark_e8=100), Decimal("0.05"))
    assert is_protected(Prices(last_e8=94, mark_e8=100), Decimal("0.05"))


def test_the_working_type_chooses_the_price() -> None:
    prices = Prices(last_e8=1, mark_e8=2)
    assert (prices.reference_e8("CONTRACT_PRICE"), prices.reference_e8("MARK_PRICE")) == (1, 2)
