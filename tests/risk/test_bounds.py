"""What a user allows: which limits are on, and what they come to."""

from decimal import Decimal

import pytest

from connector.risk.bounds import LossBound, RiskBounds

D = Decimal


def test_nothing_is_bounded_unless_it_is_asked_for() -> None:
    assert not (RiskBounds().bounds_orders or RiskBounds().bounds_losses)
    assert RiskBounds().most_of("BTC") is None


@pytest.mark.parametrize(
    "bounds",
    [
        RiskBounds(max_position={"BTC": D(1)}),
        RiskBounds(max_position_notional=D(1)),
        RiskBounds(max_open_orders_notional=D(1)),
        RiskBounds(max_order_rate=1),
        RiskBounds(min_liquidation_distance=D(1)),
    ],
)
def test_each_limit_of_orders_has_orders_looked_at(bounds: RiskBounds) -> None:
    assert bounds.bounds_orders and not bounds.bounds_losses


def test_a_base_asset_has_its_own_bound_or_that_of_every_other() -> None:
    bounds = RiskBounds(max_position={"": D(3), "BTC": D("0.5")})
    assert (bounds.most_of("BTC"), bounds.most_of("ETH")) == (D("0.5"), D(3))
    assert RiskBounds(max_position={"BTC": D(1)}).most_of("ETH") is None


def test_a_part_of_the_equity_is_an_amount_by_what_there_was() -> None:
    assert LossBound(D(5), is_share=True).of(D(10_000)) == 500
    assert LossBound(D(300)).of(D(10_000)) == 300
    assert (str(LossBound(D("2.50"), is_share=True)), str(LossBound(D(300)))) == ("2.5 %", "300")
