"""What one more order may add, whatever rests beside it."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from connector.risk.bounds import RiskBounds
from connector.risk.limit_row import LimitRow
from connector.risk.order_bounds import Asked, Standing, only_reduces, pair_bounds, too_much

D = Decimal
E8 = 10**8
ALL = RiskBounds(max_position={"": D(2)}, max_position_notional=D(150), max_open_orders_notional=D(120))
AMOUNTS = st.integers(0, 4 * E8)


def judged(bounds: RiskBounds, asked: Asked, standing: Standing, mark: int = 60, orders: int = 0) -> LimitRow | None:
    held_value = standing.held * mark
    return too_much(pair_bounds(bounds, "BTC", "USDT"), asked, standing, held_value, orders * E8)


def standing(held: float = 0, buys: float = 0, sells: float = 0, mark: int = 60) -> Standing:
    held_e8, buys_e8, sells_e8 = (round(amount * E8) for amount in (held, buys, sells))
    return Standing(held_e8, buys_e8, sells_e8, buys_e8 * mark, sells_e8 * mark)


def asked(is_buy: bool, amount: float, price: int = 60) -> Asked:
    return Asked(is_buy, round(amount * E8), round(amount * E8) * price)


def test_a_position_is_bounded_on_both_sides() -> None:
    bounds = RiskBounds(max_position={"BTC": D(2)})
    assert judged(bounds, asked(True, 0.5), standing(held=1, buys=0.5)) is None
    row = judged(bounds, asked(True, 0.51), standing(held=1, buys=0.5))
    assert row is not None and (row.name, row.use, row.unit) == ("max_position", D("2.01"), "BTC")
    assert judged(bounds, asked(False, 1), standing(held=-1)) is None
    assert judged(bounds, asked(False, 1.01), standing(held=-1)) is not None


def test_the_worth_of_a_position_counts_at_mark_and_orders_at_their_prices() -> None:
    bounds = RiskBounds(max_position_notional=D(150))
    assert judged(bounds, asked(True, 1, 60), standing(held=1.5)) is None
    row = judged(bounds, asked(True, 1, 61), standing(held=1.5))
    assert row is not None and (row.name, row.use) == ("max_position_notional", D(151))


def test_open_orders_of_both_sides_and_all_pairs_count_together() -> None:
    bounds = RiskBounds(max_open_orders_notional=D(120))
    assert judged(bounds, asked(True, 1), standing(), orders=60) is None
    row = judged(bounds, asked(True, 1), standing(), orders=61)
    assert row is not None and (row.name, row.use) == ("max_open_orders_notional", D(121))


def test_beyond_the_bound_what_lessens_goes_and_what_turns_round_is_judged() -> None:
    held = standing(held=3)
    assert judged(ALL, asked(False, 3), held, orders=500) is None
    assert judged(ALL, asked(False, 5.1), held, orders=0) is not None
    assert judged(ALL, asked(True, 0.001), held) is not None


@given(st.booleans(), AMOUNTS, st.integers(-4 * E8, 4 * E8), AMOUNTS, AMOUNTS)
def test_what_only_reduces_is_never_too_much_and_nothing_else_passes_the_bound(
    is_buy: bool, sized: int, held: int, buys: int, sells: int
) -> None:
    stands, one = Standing(held, buys, sells, buys * 60, sells * 60), Asked(is_buy, sized, sized * 60)
    filled = held + buys + sized if is_buy else -(held - sells - sized)
    row = judged(ALL, one, stands, orders=1_000)
    if only_reduces(one, stands):
        assert row is None
    elif filled > 2 * E8 and sized:
        assert row is not None and row.name == "max_position"
