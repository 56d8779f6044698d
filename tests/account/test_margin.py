"""Published sums of balances, by their worked figures and by hand."""

from decimal import Decimal

import pytest

from connector.account.margin import (
    Backing,
    CollateralRates,
    IsolatedPosition,
    addable_e8,
    break_even_price_e8,
    initial_margin_e8,
    joint_backing,
    margin_ratio_e8,
    result_e8,
)
from connector.core.amounts import E8, from_e8, half_up, to_e8
from connector.venue.contracts import INVERSE, LINEAR

D = Decimal


def e8(text: str) -> int:
    return to_e8(D(text))


USDT = CollateralRates(bid_e8=e8("0.9801"), ask_e8=e8("0.99495"))
USDC = CollateralRates()


def worked() -> Backing:
    """Page c983a9268cfa4e70a4916c276bb3b7bc, 2022-07-06: 200 USDT and 220 USDC; long 0.5 BTCUSDT at 20,000 with
    leverage 100 and 20 ETHUSDC at 600 with leverage 50; maintenance 80 USDT and 120 USDC; no result."""
    btc = Backing(e8("200"), initial_e8=initial_margin_e8(e8("10000"), 100), maintenance_e8=e8("80"))
    eth = Backing(e8("220"), initial_e8=initial_margin_e8(e8("12000"), 50), maintenance_e8=e8("120"))
    return joint_backing([(USDT, btc), (USDC, eth)])


def test_the_published_figures_of_several_assets() -> None:
    joint = worked()
    assert from_e8(joint.margin_balance_e8) == D("416.02")
    assert from_e8(joint.maintenance_e8) == D("199.596")
    assert from_e8(joint.available_e8) == D("76.525")
    assert round(from_e8(USDT.in_asset_e8(joint.available_e8)), 2) == D("76.91")
    assert round(from_e8(joint.ratio_e8) * 100, 2) == D("47.98")


def test_the_published_rates_of_usdt() -> None:
    """Index 0.99 with a bid buffer of 1 % and an ask buffer of 0.5 %."""
    assert (USDT.bid_e8, USDT.ask_e8) == (half_up(e8("0.99") * 99, 100), half_up(e8("0.99") * 1_005, 1_000))


def test_a_debt_counts_at_ask() -> None:
    assert from_e8(USDT.backs_e8(e8("-100"))) == D("-99.495")


def test_available_counts_profits_and_withdrawal_does_not() -> None:
    """Page 360038447311, 2026-01: wallet 1,000, result +300, initial margin 200, of which isolated orders 50."""
    cross = Backing(e8("1000"), result_e8=e8("300"), initial_e8=e8("200"), isolated_orders_e8=e8("50"))
    assert from_e8(cross.available_e8) == 1_100
    assert from_e8(cross.withdrawable_e8) == 950
    losing = Backing(e8("1000"), result_e8=e8("-900"), initial_e8=e8("200"))
    assert (losing.available_e8, losing.withdrawable_e8, from_e8(losing.free_e8)) == (0, 0, D(-100))


@pytest.mark.parametrize(
    ("posted", "result", "initial", "maintenance", "most"),
    [("500", "0", "300", "40", "200"), ("500", "900", "300", "450", "50"), ("500", "-300", "300", "40", "0")],
)
def test_most_that_can_be_taken_from_an_isolated_position(
    posted: str, result: str, initial: str, maintenance: str, most: str
) -> None:
    """Page 360038447311, 2026-01: max(0, min(iw - maintenance, iw + result - mark x size / L))."""
    position = IsolatedPosition(e8(posted), e8(result), e8(initial), e8(maintenance))
    assert from_e8(position.removable_e8) == D(most)


def test_most_that_can_be_given_to_an_isolated_position() -> None:
    """Page 360038447311, 2026-01: max(0, min(cross wallet - isolated order margin - cross maintenance, available))."""
    cross = Backing(e8("1000"), e8("500"), e8("300"), e8("120"), e8("80"))
    assert from_e8(addable_e8(cross)) == 800
    assert from_e8(addable_e8(Backing(e8("1000"), e8("-500"), e8("300"), e8("120")))) == 200


def test_the_margin_ratio_of_what_nothing_backs_is_whole() -> None:
    assert margin_ratio_e8(e8("80"), e8("100")) == e8("0.8")
    assert margin_ratio_e8(e8("80"), 0) == E8
    assert margin_ratio_e8(0, 0) == 0
    assert IsolatedPosition(e8("90"), e8("10"), 0, e8("50")).ratio_e8 == e8("0.5")


def test_the_published_results_of_the_liquidation_page() -> None:
    """Page b3c689c1f50a44cabb3a84e663b81d93, 2020-08-14."""
    for amount, entry, mark, result in (
        ("3683.979", "1456.84", "1335.18", "-448192.89"),
        ("109.488", "32481.98", "31967.27", "-56354.57"),
    ):
        cost = LINEAR.cost(D(entry), e8(amount))
        assert round(from_e8(result_e8(LINEAR, e8(amount), cost, e8(mark))), 2) == D(result)


def test_an_inverse_short_gains_the_coin_by_a_fall() -> None:
    """-1,000 USD from 50,000 to 40,000: 1,000 x (1 / 40,000 - 1 / 50,000)."""
    cost = INVERSE.cost(D(50_000), e8("-1000"))
    assert from_e8(result_e8(INVERSE, e8("-1000"), cost, e8("40000"))) == D("0.005")


@pytest.mark.parametrize(
    ("amount", "paid", "price"), [("2", "3", "101.5"), ("-2", "3", "98.5"), ("2", "-3", "98.5"), ("0", "3", "0")]
)
def test_what_was_paid_moves_the_break_even_price_against_the_holder(amount: str, paid: str, price: str) -> None:
    cost = LINEAR.cost(D(100), e8(amount))
    assert from_e8(break_even_price_e8(LINEAR, e8(amount), cost, e8(paid))) == D(price)


def test_an_inverse_longs_break_even_price_is_above_entry_by_what_it_paid() -> None:
    """1,000 USD at 50,000 are 0.02 BTC; 0.0002 BTC of fees: 1,000 / 0.0198."""
    cost = INVERSE.cost(D(50_000), e8("1000"))
    price = from_e8(break_even_price_e8(INVERSE, e8("1000"), cost, e8("0.0002")))
    assert price == round(D(1000) / D("0.0198"), 8)
