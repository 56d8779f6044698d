from dataclasses import replace
from decimal import Decimal

import pytest

from connector.simulator.accounts.margin import bankruptcy_ticks, clearance_fee_e8, deleveraging_score
from connector.simulator.accounts.positions import Position
from connector.simulator.fixed_point import E8, to_e8
from connector.simulator.market.default_instruments import BTCUSDT
from connector.simulator.market.orders import BUY, LONG, SELL, SHORT
from tests.companions.simulator.traders import Desk, charge_of, long_of, usdt


def test_hedge_mode_charges_each_side_for_itself() -> None:
    desk = Desk()
    trader = desk.trader()
    desk.engine.set_hedge(trader.id, True)
    trader.limit(BUY, "0.1", "59000", position_side=LONG)
    trader.limit(SELL, "0.1", "61000", position_side=SHORT)
    assert usdt(charge_of(trader, LONG).orders_e8) == 295
    assert usdt(charge_of(trader, SHORT).orders_e8) == 305


def test_a_gain_makes_up_for_margin_when_money_is_withdrawn() -> None:
    desk = Desk()
    trader = long_of(desk, "0.1")
    desk.mark("61000")
    margin_pools = desk.engine.margin_pools
    pool = margin_pools.of(trader.account, margin_pools.charges(trader.account), "USDT")
    assert usdt(pool.free_e8) == usdt(pool.withdrawable_e8) == trader.wallet + 100 - 305
    desk.mark("75000")
    pool = margin_pools.of(trader.account, margin_pools.charges(trader.account), "USDT")
    assert usdt(pool.free_e8) == trader.wallet + 1_500 - 375
    assert usdt(pool.withdrawable_e8) == trader.wallet


def test_maintenance_follows_the_bracket() -> None:
    desk = Desk()
    trader = long_of(desk, "10")
    assert usdt(charge_of(trader).maintenance_e8) == 600_000 * Decimal("0.005") - 300


@pytest.mark.parametrize(
    ("side", "margin", "price"),
    [
        (BUY, "100", "59000"),
        (SELL, "100", "61000"),
        (BUY, "99.996", "59000.1"),
        (SELL, "99.996", "60999.9"),
        (BUY, "-50", "60500"),
        (BUY, "1000", "57000"),
        (SELL, "1000", "63000"),
    ],
)
def test_a_bankrupt_position_goes_over_where_its_margin_is_used_up_at_most_at_the_take_bound(
    side: int, margin: str, price: str
) -> None:
    desk = Desk()
    position = Position(desk.listing.instrument, "BOTH")
    position.trade(side, 100, 600_000)
    desk.mark("60000")
    ticks = bankruptcy_ticks(position, to_e8(Decimal(margin)), desk.listing)
    assert Decimal(ticks) / 10 == Decimal(price)


def test_the_clearance_fee_is_a_share_of_the_notional_cut_to_what_is_left() -> None:
    assert clearance_fee_e8(1_000 * E8, 100 * E8, BTCUSDT) == 12 * E8 + E8 // 2
    assert clearance_fee_e8(1_000 * E8, 5, BTCUSDT) == 5
    assert clearance_fee_e8(1_000 * E8, -5, BTCUSDT) == 0


def test_the_clearance_fee_is_the_contracts_own() -> None:
    dear = replace(BTCUSDT, liquidation_fee=Decimal("0.04"))
    assert clearance_fee_e8(1_000 * E8, 100 * E8, dear) == 40 * E8


def test_gains_rank_by_leverage_and_losses_by_its_inverse() -> None:
    position = Position(Desk().listing.instrument, "BOTH")
    position.trade(BUY, 100, 600_000)
    up, down = 61_000 * E8, 59_000 * E8
    assert deleveraging_score(position, up, 500 * E8) > deleveraging_score(position, up, 5_000 * E8) > 0
    assert deleveraging_score(position, down, 5_000 * E8) < deleveraging_score(position, down, 500 * E8) < 0
