from connector.simulator.fixed_point import E8
from connector.simulator.market.orders import BUY, SELL
from tests.companions.simulator.traders import BTC, Desk, Trader, charge_of, long_of


def liquidation_price_e8(trader: Trader, side: str = "BOTH") -> int:
    margin_pools = trader.desk.engine.margin_pools
    return margin_pools.liquidation_price_e8(trader.account, margin_pools.charges(trader.account), (BTC, side))


def test_at_the_liquidation_price_the_margin_is_just_the_maintenance() -> None:
    for side in (BUY, SELL):
        desk = Desk()
        trader, other = desk.trader("7000"), desk.trader("1000000")
        other.limit(-side, "1", "60000")
        trader.market(side, "1")
        price_e8 = liquidation_price_e8(trader)
        desk.listing.mark_price.fix(price_e8)
        charge = charge_of(trader)
        margin_e8 = trader.account.wallet_e8 + charge.unrealised_e8
        assert abs(margin_e8 - charge.maintenance_e8) <= 2
        assert side * (60_000 * E8 - price_e8) > 0


def test_a_position_that_its_wallet_covers_wholly_is_never_liquidated() -> None:
    desk = Desk()
    trader = long_of(desk, "0.01")
    assert liquidation_price_e8(trader) == 0
