"""Page b3c689c1f50a44cabb3a84e663b81d93, 2020-08-14, and prices against their own condition."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.account.brackets import Brackets, brackets_of, maintenance_e8
from connector.account.liquidation_price import PairTerms, Stake, Support, liquidation_price_e8
from connector.account.margin import CollateralRates, result_e8
from connector.core.amounts import E8, from_e8, half_up, to_e8
from connector.venue.contracts import INVERSE, LINEAR, ContractMath

D = Decimal
TABLE = brackets_of([(125, D(50_000), D("0.004")), (50, D(600_000), D("0.01")), (20, D(3_000_000), D("0.05"))])
COIN = brackets_of([(125, D(1), D("0.004")), (50, D(10), D("0.01")), (20, D(50), D("0.05"))])


def e8(text: str) -> int:
    return to_e8(D(text))


def stake(amount: str, entry: str, contract: ContractMath = LINEAR) -> Stake:
    return Stake(e8(amount), contract.cost(D(entry), e8(amount)))


def test_the_published_prices_of_two_cross_positions() -> None:
    """1,535,443.01 USDT; long 3,683.979 ETHUSDT at 1,456.84 and 109.488 BTCUSDT at 32,481.98; rates of 10 % and 2.5 %
    with maintenance amounts of 135,365 and 16,300: brackets of 5 % and 0.5 % below them give those."""
    btc = brackets_of([(50, D(815_000), D("0.005")), (20, D(10**9), D("0.025"))])
    eth = brackets_of([(50, D(2_707_300), D("0.05")), (20, D(10**9), D("0.1"))])
    assert (btc[1].cum_e8, eth[1].cum_e8) == (16_300 * E8, 135_365 * E8)
    of_btc, of_eth = stake("109.488", "32481.98"), stake("3683.979", "1456.84")
    rows = ((of_btc, btc, "31967.27", of_eth, eth, "1335.18"), (of_eth, eth, "1335.18", of_btc, btc, "31967.27"))
    found = []
    for own, brackets, mark, other, others, other_mark in rows:
        won_e8 = result_e8(LINEAR, other.sized_e8, other.cost, e8(other_mark))
        need_e8 = maintenance_e8(others, half_up(other.sized_e8 * e8(other_mark), E8))
        support = Support(e8("1535443.01") + won_e8, need_e8)
        price_e8 = liquidation_price_e8(PairTerms(LINEAR, brackets, e8(mark)), support, [own])
        found.append(str(round(from_e8(price_e8), 2)))
    assert found == ["26316.89", "1153.26"]


def test_a_price_that_the_bracket_at_mark_puts_below_0_is_looked_for_in_the_lower_one() -> None:
    """Long 10 at 100 with 800; 1 % up to 500, 50 % with a maintenance amount of 245 beyond. At mark 100 the notional is
    1,000, whose bracket says (800 + 245 - 1,000) / (10 x (0.5 - 1)) = -9; the lower one 200 / 9.9, worth 202 there."""
    table = brackets_of([(20, D(500), D("0.01")), (5, D(10**6), D("0.5"))])
    assert table[1].cum_e8 == 245 * E8
    price_e8 = liquidation_price_e8(PairTerms(LINEAR, table, 100 * E8), Support(800 * E8), [stake("10", "100")])
    assert price_e8 == e8("20.20202020")
    for enough in (1_000, 1_001):
        support = Support(enough * E8)
        assert liquidation_price_e8(PairTerms(LINEAR, table, 100 * E8), support, [stake("10", "100")]) == 0


def surplus_e8(contract: ContractMath, brackets: Brackets, own_e8: int, stakes: list[Stake], price_e8: int) -> int:
    """Margin less maintenance at a mark price."""
    left = own_e8
    for one in stakes:
        notional_e8 = half_up(abs(one.sized_e8) * contract.unit(price_e8), contract.scale)
        left += result_e8(contract, one.sized_e8, one.cost, price_e8) - maintenance_e8(brackets, notional_e8)
    return left


@given(
    lots=st.integers(-20_000, 20_000).filter(bool),
    hedged=st.integers(0, 20_000),
    entry=st.integers(40_000, 80_000),
    wallet=st.integers(1, 800_000),
)
def test_margin_is_maintenance_at_the_price_and_more_than_it_before(
    lots: int, hedged: int, entry: int, wallet: int
) -> None:
    stakes = [stake(str(D(lots) / 1000), str(entry)), stake(str(-D(hedged) / 1000), str(entry + 7))]
    mark_e8 = entry * E8
    price_e8 = liquidation_price_e8(PairTerms(LINEAR, TABLE, mark_e8), Support(wallet * E8), stakes)
    if price_e8:
        # One unit of the price is worth the amounts; each figure is rounded at 1e-8.
        slack_e8 = sum(abs(one.sized_e8) for one in stakes) // E8 + 8
        assert abs(surplus_e8(LINEAR, TABLE, wallet * E8, stakes, price_e8)) <= slack_e8
    elif not hedged and lots > 0:
        assert surplus_e8(LINEAR, TABLE, wallet * E8, stakes, 1) > 0, "a price of 0 means never"


@given(contracts=st.integers(-9_000, 9_000).filter(bool), entry=st.integers(40_000, 80_000), coins=st.integers(1, 400))
def test_an_inverse_position_is_liquidated_where_its_coins_are_its_maintenance(
    contracts: int, entry: int, coins: int
) -> None:
    stakes = [stake(str(contracts * 100), str(entry), INVERSE)]
    own_e8 = coins * E8 // 100
    price_e8 = liquidation_price_e8(PairTerms(INVERSE, COIN, entry * E8), Support(own_e8), stakes)
    if price_e8:
        assert abs(surplus_e8(INVERSE, COIN, own_e8, stakes, price_e8)) <= 8
    else:
        assert contracts < 0, "a fall costs a long more coins than there are, at some price"


def test_a_hedged_pair_shares_one_price_and_equal_sides_may_have_none() -> None:
    terms = PairTerms(LINEAR, TABLE, 60_000 * E8)
    sides = [stake("1", "60000"), stake("-1", "60000")]
    assert liquidation_price_e8(terms, Support(10**7 * E8), sides) > 0, "maintenance of both outgrows any wallet"
    assert liquidation_price_e8(terms, Support(E8), []) == 0


def test_sides_that_gain_by_a_rise_are_told_no_price_that_no_order_may_have() -> None:
    table = brackets_of([(20, D(10**9), D("0.6"))])
    sides = [stake("2", "60000"), stake("-1", "60000")]
    unbounded = liquidation_price_e8(PairTerms(LINEAR, table, 60_000 * E8), Support(e8("900000")), sides)
    assert unbounded > 60_000 * E8
    bounded = PairTerms(LINEAR, table, 60_000 * E8, highest_e8=100_000 * E8)
    assert liquidation_price_e8(bounded, Support(e8("900000")), sides) == 0


@pytest.mark.parametrize(("others", "expected"), [("0", "50200.8"), ("1000", None)])
def test_in_multi_assets_mode_other_assets_stand_behind_a_position_too(others: str, expected: str | None) -> None:
    """Long 1 at 60,000 with 10,000 USDT, maintenance 0.4 %: (60,000 - 10,000) / 0.996 alone."""
    rates = CollateralRates(e8("0.98"), e8("0.99"))
    table = brackets_of([(125, D(10**9), D("0.004"))])
    terms = PairTerms(LINEAR, table, 60_000 * E8)
    alone = liquidation_price_e8(terms, Support(e8("10000")), [stake("1", "60000")])
    assert alone == half_up(50_000 * E8 * 1_000, 996)
    joint = liquidation_price_e8(terms, Support(e8("10000"), others_e8=e8(others), rates=rates), [stake("1", "60000")])
    if expected is None:
        assert joint < alone
    else:
        # (60,000 - 10,000 - p) at bid 0.98 against 0.4 % x p at ask 0.99.
        assert joint == half_up(50_000 * E8 * 98_000, 98_000 - 396)


@pytest.mark.parametrize(("short", "is_told"), [("-3", False), ("-4", True)])
def test_sides_that_lose_nothing_by_a_rise_are_told_no_price_above_the_highest_of_an_order(
    short: str, is_told: bool
) -> None:
    """Far up the last bracket's maintenance outgrows what backs them, in arithmetic alone."""
    stakes = [stake("3", "60000"), stake(short, "60010")]
    highest_e8 = e8("4529764")
    bounded = PairTerms(LINEAR, TABLE, e8("60000"), highest_e8)
    price_e8 = liquidation_price_e8(PairTerms(LINEAR, TABLE, e8("60000")), Support(e8("9000000")), stakes)
    assert price_e8 > highest_e8
    assert liquidation_price_e8(bounded, Support(e8("9000000")), stakes) == (price_e8 if is_told else 0)
