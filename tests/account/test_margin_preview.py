from dataclasses import replace
from decimal import Decimal

import pytest

from connector.account.margin_preview import MarginPreview
from connector.core.enums import OrderType, PositionAction, PositionMode
from connector.core.order_candidate import PerpetualOrderCandidate
from connector.core.reports import LeverageReport
from tests.companions.account.scenes import (
    BUY,
    LONG,
    SELL,
    SHORT,
    Desk,
    balance,
    candidate,
    desk_with,
    isolated,
    position,
    snapshot,
    working,
)

D = Decimal


def preview(desk: Desk, withheld: str = "0") -> MarginPreview:
    return MarginPreview(desk.ledger, desk.sources, {"USDT": D(withheld)})


def free(desk: Desk) -> Decimal:
    return preview(desk).available("USDT")


def test_all_of_an_idle_wallet_is_free() -> None:
    assert free(desk_with("1000")) == D(1000)


def test_an_asset_that_the_account_lacks_is_not_there() -> None:
    assert preview(desk_with("1000")).available("USDC") == 0


def test_working_orders_and_positions_of_all_pairs_hold_margin() -> None:
    """1000 - 3 x 100 / 10 - 2 x 90 / 10."""
    desk = desk_with("1000", position("3"))
    desk.orders = [working(BUY, "2", "90", trading_pair="ETH-USDT")]
    assert free(desk) == D(952)


def test_a_closing_order_holds_nothing() -> None:
    desk = desk_with("1000")
    desk.orders = [working(SELL, "3", "90", PositionAction.CLOSE)]
    assert free(desk) == D(1000)


def test_a_filled_up_order_holds_nothing() -> None:
    desk = desk_with("1000")
    desk.orders = [working(BUY, "0", "90")]
    assert free(desk) == D(1000)


def test_what_is_free_follows_the_mark_price_at_once() -> None:
    """At 110 a long of 3 from 100 has gained 30 and takes 33."""
    desk = desk_with("1000", position("3"))
    desk.mark("110")
    assert free(desk) == D(997)


def test_an_isolated_position_is_backed_by_its_own_wallet_and_its_orders_by_the_cross_wallet() -> None:
    desk = desk_with("1000", isolated(position("3")))
    desk.mark("50")
    assert free(desk) == D(1000)
    desk.orders = [working(BUY, "2", "40")]
    assert free(desk) == D(992)


def test_an_unconfirmed_leverage_counts_as_none_for_what_is_open() -> None:
    desk = Desk()
    desk.ledger.apply(snapshot(1_000, [balance("1000")]), 1_000)
    desk.orders = [working(BUY, "2", "90")]
    assert free(desk) == D(820)


def test_what_is_withheld_is_not_free() -> None:
    assert preview(desk_with("1000"), withheld="400").available("USDT") == D(600)


def test_an_order_costs_its_margin_and_its_fees() -> None:
    desk = desk_with("1000")
    desk.fee_rate = D("0.0005")
    cost = preview(desk).cost(candidate(BUY, "2", "90"))
    assert (cost.margin, cost.fees, cost.total) == (D(18), D("0.09"), D("18.09"))
    assert (cost.available, cost.leverage, cost.exposure, cost.asset) == (D(1000), 10, D(180), "USDT")


def test_a_quote_opposite_a_larger_one_costs_nothing_in_one_way_mode() -> None:
    desk = desk_with("1000")
    desk.orders = [working(SELL, "3", "110")]
    assert preview(desk).cost(candidate(BUY, "2", "90")).margin == 0


def test_in_hedge_mode_both_sides_cost() -> None:
    desk = desk_with("1000", position("1", side=LONG), position("-1", side=SHORT), mode=PositionMode.HEDGE)
    desk.orders = [working(SELL, "3", "110")]
    assert preview(desk).cost(candidate(BUY, "2", "90")).margin == D(18)


def test_what_is_granted_counts_for_what_follows() -> None:
    one = preview(desk_with("1000"))
    one.grant(candidate(BUY, "2", "90"))
    assert one.available("USDT") == D(982)
    assert one.cost(candidate(SELL, "1", "110")).margin == 0
    assert one.cost(candidate(BUY, "1", "90")).margin == D(9)


@pytest.mark.parametrize("asked", [candidate(SELL, "2", closes=True), candidate(BUY, "0")])
def test_granting_what_takes_nothing_takes_nothing(asked: PerpetualOrderCandidate) -> None:
    one = preview(desk_with("1000"))
    one.grant(asked)
    assert one.available("USDT") == D(1000)


def test_a_market_order_without_a_price_is_valued_at_the_assumed_one() -> None:
    """Best ask 101 and 0.05 %, which is 1.0505 above the mark of 100: 2 lose 2.101 at once."""
    asked = replace(candidate(BUY, "2", order_type=OrderType.MARKET), price=D("NaN"))
    assert preview(desk_with("1000")).cost(asked).margin == D("20.2101") + D("2.101")


def test_a_leverage_that_the_candidate_hopes_for_gives_way_to_the_confirmed_one() -> None:
    desk = desk_with("1000")
    asked = replace(candidate(BUY, "2", "90"), leverage=100)
    assert preview(desk).cost(asked).margin == D(18)
    desk.ledger.apply(LeverageReport("BTCUSDT", 5), 2_000)
    assert preview(desk).cost(asked).margin == D(36)


def test_a_side_that_would_outgrow_the_bracket_is_not_within_leverage() -> None:
    desk = desk_with("1000", position("3"), max_notional="500")
    asked = preview(desk)
    assert asked.cost(candidate(BUY, "2", "100")).is_within_leverage
    assert not asked.cost(candidate(BUY, "2.1", "100")).is_within_leverage
    assert asked.cost(candidate(SELL, "8", "100", closes=True)).is_within_leverage
