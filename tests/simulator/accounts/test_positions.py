from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from connector.simulator.accounts.positions import Position
from connector.simulator.fixed_point import E8
from connector.simulator.market.default_instruments import BTCUSDT
from connector.simulator.market.orders import BUY, SELL


def position() -> Position:
    return Position(BTCUSDT, "BOTH")


def price(text: str) -> int:
    return BTCUSDT.ticks_of(Decimal(text))


def test_opening_averages_and_closing_leaves_the_entry_price_alone() -> None:
    held = position()
    held.trade(BUY, 1, price("60000"))
    held.trade(BUY, 2, price("60000.1"))
    entry_e8 = held.entry_e8()
    assert entry_e8 == 6_000_006_666_667
    held.trade(SELL, 1, price("61000"))
    assert held.entry_e8() == entry_e8


def test_a_fill_that_reverses_realises_the_closed_part_alone() -> None:
    held = position()
    held.trade(SELL, 10, price("60000"))
    realised = held.trade(BUY, 15, price("59900"))
    assert Decimal(realised.booked_e8).scaleb(-8) == Decimal("1")
    assert (held.lots, held.entry_e8()) == (5, 59_900 * E8)


def test_a_flat_position_has_no_price() -> None:
    held = position()
    held.trade(BUY, 3, price("60000"))
    held.trade(SELL, 3, price("60000"))
    assert (held.lots, held.cost_e16, held.entry_e8(), held.break_even_e8()) == (0, 0, 0, 0)


def test_break_even_lies_beyond_the_entry_by_what_was_paid() -> None:
    long, short = position(), position()
    for held, side in ((long, BUY), (short, SELL)):
        held.trade(side, 10, price("60000"))
        held.fees_e8 = 3 * E8 // 10
    assert (long.break_even_e8(), short.break_even_e8()) == (60_030 * E8, 59_970 * E8)


@given(st.lists(st.tuples(st.sampled_from([BUY, SELL]), st.integers(1, 50), st.integers(599_000, 601_000))))
def test_realised_and_unrealised_and_dust_are_what_was_traded(fills: list[tuple[int, int, int]]) -> None:
    held = position()
    realised_e16 = cash_e16 = 0
    for side, lots, ticks in fills:
        outcome = held.trade(side, lots, ticks)
        realised_e16 += outcome.booked_e8 * E8 + outcome.dust_e16
        cash_e16 -= side * BTCUSDT.value_e16(ticks, lots)
        assert abs(outcome.dust_e16) <= E8 // 2
    mark_e8 = 60_000 * E8
    assert realised_e16 + held.unrealised_e16(mark_e8) == cash_e16 + held.value_e16(mark_e8)


@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(599_000, 601_000)), min_size=1),
    st.lists(st.integers(1, 20), max_size=8),
)
def test_the_entry_price_is_the_weighted_average_of_openings(opened: list[tuple[int, int]], closed: list[int]) -> None:
    held = position()
    for lots, ticks in opened:
        held.trade(BUY, lots, ticks)
    average = Fraction(sum(lots * ticks for lots, ticks in opened), sum(lots for lots, _ in opened))
    for lots in closed:
        if lots < held.lots:
            held.trade(SELL, lots, 600_000)
    assert abs(Fraction(held.entry_e8()) - average * BTCUSDT.tick_e8) <= Fraction(51, 100)
