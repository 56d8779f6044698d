from decimal import Decimal

import pytest

from connector.account.collateral import (
    MarginTerms,
    MarketPrices,
    OpeningOrder,
    PairMargin,
    assumed_price,
    available_balance,
    exposure,
    open_loss,
    pair_margin,
)
from connector.core.enums import PositionMode, TradeType
from connector.venue.contracts import LINEAR
from tests.companions.account.scenes import BOTH, BUY, FLAT_PRICES, LONG, SELL, SHORT

D = Decimal


def terms(
    mode: PositionMode = PositionMode.ONEWAY, leverage: int = 10, prices: MarketPrices = FLAT_PRICES
) -> MarginTerms:
    return MarginTerms(LINEAR, D(1), mode, leverage, prices)


def order(side: TradeType, amount: str, price: str | None) -> OpeningOrder:
    return OpeningOrder(side, D(amount), None if price is None else D(price))


#: Mark 100, last 99 (so a short is priced at 100 or above), leverage 10.
#: Positions, buys, sells → margin of positions, of orders.
NETTED = [
    ("a buy alone", "0", ["2@90"], [], "0", "18"),
    ("a sell alone, priced at the mark when below it", "0", [], ["2@95"], "0", "20"),
    ("quotes on both sides: the larger is charged", "0", ["2@90"], ["2@110"], "0", "22"),
    ("a long and a buy beside it", "3", ["2@90"], [], "30", "18"),
    ("a long and a sell that only reduces it", "3", [], ["2@110"], "30", "0"),
    ("a long and a sell that turns it round", "3", [], ["8@110"], "30", "28"),
    ("a short and a buy that only reduces it", "-3", ["2@90"], [], "30", "0"),
    ("a short and quotes on both sides", "-3", ["2@90"], ["2@110"], "30", "22"),
]


def listed(side: TradeType, orders: list[str]) -> list[OpeningOrder]:
    return [order(side, *text.split("@")) for text in orders]


@pytest.mark.parametrize(
    ("position", "buys", "sells", "of_positions", "of_orders"),
    [row[1:] for row in NETTED],
    ids=[row[0] for row in NETTED],
)
def test_one_way_pairs_are_netted(
    position: str, buys: list[str], sells: list[str], of_positions: str, of_orders: str
) -> None:
    taken = pair_margin({BOTH: D(position)}, listed(BUY, buys) + listed(SELL, sells), terms())
    assert (taken.positions, taken.orders) == (D(of_positions), D(of_orders))


def test_in_hedge_mode_each_side_takes_its_own() -> None:
    """Long 3 x 100 / 10, short 1 x 100 / 10; buy 2 x 90 / 10 and sell 2 x 110 / 10 beside them."""
    orders = [order(BUY, "2", "90"), order(SELL, "2", "110")]
    taken = pair_margin({LONG: D(3), SHORT: D(-1)}, orders, terms(PositionMode.HEDGE))
    assert taken == PairMargin(positions=D(40), orders=D(40), open_loss=D(0))
    assert taken.total == D(80)


def test_nothing_open_takes_nothing() -> None:
    assert pair_margin({}, [], terms()).total == 0


@pytest.mark.parametrize(
    ("side", "price", "assumed"),
    [
        (BUY, "90", "90"),
        (BUY, "120", "120"),
        (SELL, "110", "110"),
        (SELL, "95", "100"),  # the mark
        (BUY, None, "101.0505"),  # best ask + 0.05 %
        (SELL, None, "100"),  # the mark is above the best bid
    ],
)
def test_each_side_is_valued_at_its_assumed_price(side: TradeType, price: str | None, assumed: str) -> None:
    assert assumed_price(order(side, "1", price), FLAT_PRICES) == D(assumed)


def test_a_short_is_valued_at_the_last_trade_marked_up_when_that_is_highest() -> None:
    prices = MarketPrices(mark=D(100), last=D(100), best_bid=D(99), best_ask=D(101))
    assert assumed_price(order(SELL, "1", "95"), prices) == D("100.15")


@pytest.mark.parametrize(
    ("side", "price", "loss"),
    [(BUY, "103", "6"), (BUY, "97", "0"), (SELL, "97", "6"), (SELL, "103", "0"), (BUY, None, "2.101")],
)
def test_an_order_through_the_mark_loses_at_once(side: TradeType, price: str | None, loss: str) -> None:
    assert open_loss(order(side, "2", price), terms()) == D(loss)


def test_the_cost_of_an_order_through_the_mark_is_its_margin_and_its_loss() -> None:
    """Buy 2 at 103: 2 x 103 / 10 + 2 x 3."""
    assert pair_margin({}, [order(BUY, "2", "103")], terms()).total == D("26.6")


@pytest.mark.parametrize(
    ("position", "orders", "loss"),
    [
        ("0", ["2@97", "1@94"], "12"),
        ("1", ["2@97", "1@94"], "8"),  # one of three closes
        ("3", ["2@97", "1@94"], "0"),
        ("5", ["2@97"], "0"),
        ("-5", ["2@97"], "6"),
    ],
)
def test_open_loss_falls_on_the_share_that_would_open(position: str, orders: list[str], loss: str) -> None:
    assert pair_margin({BOTH: D(position)}, listed(SELL, orders), terms()).open_loss == D(loss)


def test_in_hedge_mode_an_opening_order_closes_nothing() -> None:
    taken = pair_margin({LONG: D(3), SHORT: D(-3)}, [order(SELL, "2", "97")], terms(PositionMode.HEDGE))
    assert taken.open_loss == D(6)


def test_exposure_is_what_each_side_would_reach() -> None:
    orders = [order(BUY, "2", "90"), order(SELL, "5", "110")]
    assert exposure({BOTH: D(3)}, orders, terms()) == {BUY: D(480), SELL: D(250)}


@pytest.mark.parametrize(
    ("wallet", "unrealized", "margin", "free"),
    [("1000", "0", "300", "700"), ("1000", "50", "300", "750"), ("1000", "-800", "300", "0")],
)
def test_available_counts_profits_and_is_never_negative(wallet: str, unrealized: str, margin: str, free: str) -> None:
    assert available_balance(D(wallet), D(unrealized), D(margin)) == D(free)
