"""The choices that no page makes, by hand: mark 100, last 99 (a sell is assumed at 100 or above), leverage 10."""

from decimal import Decimal

import pytest

from connector.account.inferred import HeldPosition, OpeningOrder, isolated_posting_e8, opening_share, side_margin
from connector.account.order_cost import order_prices
from connector.core.amounts import E8, from_e8, to_e8
from connector.venue.contracts import INVERSE, LINEAR

D = Decimal
PRICES = tuple(price * E8 for price in (100, 99, 99, 101))


def orders(is_buy: bool, *texts: str) -> list[OpeningOrder]:
    found = []
    for text in texts:
        amount, price = (to_e8(D(part)) for part in text.split("@"))
        prices = order_prices(is_buy=is_buy, price_e8=price, prices_e8=PRICES)
        found.append(OpeningOrder(is_buy, amount, prices))
    return found


@pytest.mark.parametrize(
    ("position", "buys", "sells", "of_position", "of_orders"),
    [
        ("0", ["2@90"], [], "0", "18"),
        ("0", [], ["2@95"], "0", "30"),
        ("0", ["2@90"], ["2@110"], "0", "22"),
        ("3", ["2@90"], [], "30", "18"),
        ("3", [], ["2@110"], "30", "0"),
        ("3", [], ["8@110"], "30", "28"),
        ("-3", ["2@90"], [], "30", "0"),
        ("-3", ["2@90"], ["2@110"], "30", "22"),
    ],
    ids=[
        "a buy alone",
        "a sell alone, assumed at mark when below it, with its open loss",
        "quotes on both sides: the larger is charged",
        "a long and a buy beside it",
        "a long and a sell that only reduces it",
        "a long and a sell that turns it round",
        "a short and a buy that only reduces it",
        "a short and quotes on both sides",
    ],
)
def test_one_way_pairs_are_netted(
    position: str, buys: list[str], sells: list[str], of_position: str, of_orders: str
) -> None:
    held = HeldPosition(LINEAR, 10, PRICES[0], to_e8(D(position)))
    found = side_margin(held, [*orders(True, *buys), *orders(False, *sells)])
    assert (from_e8(found.position_e8), from_e8(found.orders_e8)) == (D(of_position), D(of_orders))


def test_open_loss_falls_on_the_share_that_opens() -> None:
    """Short 3 and buys of 4 at 110: 1 of 4 opens; |-300 + 440| is less than 300, and 40 x 1 / 4 is lost at once."""
    held = HeldPosition(LINEAR, 10, PRICES[0], -3 * E8)
    assert from_e8(side_margin(held, orders(True, "4@110")).orders_e8) == 10
    assert (opening_share(4, 3), opening_share(2, 3), opening_share(2, -3)) == (1, 0, 2)


def test_a_side_is_rounded_once_and_an_order_never() -> None:
    """Three orders of 0.333 of a unit of 1e-8 each come to one unit of 1e-8 of notional, and a tenth is none."""
    held = HeldPosition(LINEAR, 1, PRICES[0])
    tiny = orders(True, "0.00000001@0.333") * 3
    assert side_margin(held, tiny).orders_e8 == 1


def test_an_isolated_position_is_posted_its_entry_margin_and_what_it_lost_at_once() -> None:
    """2 bought at 110 with mark at 100: 220 / 10 + 20."""
    posted = isolated_posting_e8(LINEAR, 2 * E8, 10, is_buy=True, price_e8=110 * E8, mark_e8=100 * E8)
    assert from_e8(posted) == 42
    assert from_e8(isolated_posting_e8(LINEAR, 2 * E8, 10, is_buy=False, price_e8=110 * E8, mark_e8=100 * E8)) == 22


def test_an_inverse_pair_is_netted_in_its_coin() -> None:
    """Long 1,000 USD at mark 100 are 10 coins; sells of 3,000 at 100 turn it to -20: 2 at leverage 10."""
    held = HeldPosition(INVERSE, 10, PRICES[0], 1_000 * E8)
    prices = order_prices(is_buy=False, price_e8=100 * E8, prices_e8=PRICES)
    found = side_margin(held, [OpeningOrder(False, 3_000 * E8, prices)])
    assert (from_e8(found.position_e8), from_e8(found.orders_e8), from_e8(found.exposure_e8)) == (1, 1, 20)
