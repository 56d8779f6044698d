from decimal import Decimal

import pytest

from connector.simulator.accounts.margin import Pool
from connector.simulator.errors import VenueError
from connector.simulator.fixed_point import E8
from connector.simulator.market.orders import BUY, LIMIT, SELL, OrderRequest
from tests.companions.simulator.riskdesk import BTC, RiskDesk, e8
from tests.companions.simulator.traders import Trader


def pool(trader: Trader, asset: str = "USDT") -> Pool:
    margin_pools = trader.desk.engine.margin_pools
    return margin_pools.of(trader.account, margin_pools.charges(trader.account), asset)


def rich_in_bitcoin(desk: RiskDesk, usdt: str = "0") -> Trader:
    trader = desk.trader(usdt)
    desk.engine.transfer(trader.id, E8, desk.now_ms, "BTC")
    return trader


def test_in_single_asset_mode_an_asset_backs_its_own_contracts_alone() -> None:
    desk = RiskDesk()
    trader = rich_in_bitcoin(desk)
    assert (pool(trader).free_e8, pool(trader, "BTC").free_e8) == (0, E8)
    with pytest.raises(VenueError, match="-2019"):
        trader.limit(BUY, "0.01", "59000")


def test_in_multi_assets_mode_all_assets_back_all_contracts_less_their_haircut() -> None:
    desk = RiskDesk()
    trader = rich_in_bitcoin(desk, "100")
    desk.engine.account_settings.set_multi_assets(trader.account, True, desk.now_ms)
    assert pool(trader).free_e8 == e8("100") + e8("57000")
    trader.limit(BUY, "0.01", "59000")
    assert pool(trader).free_e8 == e8("57100") - e8("29.5")


def test_a_debt_counts_for_more_than_it_is() -> None:
    desk = RiskDesk()
    trader = desk.trader("1000")
    desk.engine.account_settings.set_multi_assets(trader.account, True, desk.now_ms)
    trader.account.wallets["BTC"] = -E8 // 1000
    assert pool(trader).margin_e8 == e8("1000") - e8("61.5")


def test_what_may_leave_a_wallet_is_bound_by_all_of_them() -> None:
    desk = RiskDesk()
    trader = rich_in_bitcoin(desk, "1000")
    desk.engine.account_settings.set_multi_assets(trader.account, True, desk.now_ms)
    desk.maker.limit(SELL, "9", "60000")
    trader.market(BUY, "9")
    margin_pools, found = desk.engine.margin_pools, desk.engine.margin_pools.charges(trader.account)
    assert 0 < margin_pools.withdrawable_e8(trader.account, found, "BTC") < E8
    assert margin_pools.withdrawable_e8(trader.account, found, "USDC") == 0
    assert margin_pools.available_e8(trader.account, found, "USDT") == pool(trader).free_e8


def test_charges_come_in_the_order_of_the_listings() -> None:
    desk = RiskDesk()
    trader = desk.trader("10000")
    trader.place(OrderRequest("ETHUSDT", BUY, LIMIT, Decimal("0.1"), Decimal(2900)))
    trader.limit(BUY, "0.01", "59000")
    assert list(desk.engine.margin_pools.charges(trader.account)) == [(BTC, "BOTH"), ("ETHUSDT", "BOTH")]


def test_an_isolated_position_is_backed_by_what_is_posted_for_it() -> None:
    desk = RiskDesk()
    trader = desk.long("1000", "0.1", isolated=True)
    desk.mark("59000")
    margin_pools, found = desk.engine.margin_pools, desk.engine.margin_pools.charges(trader.account)
    backing = margin_pools.backing(trader.account, found, (BTC, "BOTH"))
    assert (backing.wallet_e8, backing.unrealised_e8) == (e8("297"), e8("-100"))
    assert pool(trader).unrealised_e8 == 0


@pytest.mark.parametrize("side", [BUY, SELL])
def test_at_its_liquidation_price_an_isolated_margin_is_just_the_maintenance(side: int) -> None:
    desk = RiskDesk()
    trader = desk.holder(side, "100000", "1", isolated=True)
    margin_pools, key = desk.engine.margin_pools, (BTC, "BOTH")
    price_e8 = margin_pools.liquidation_price_e8(trader.account, margin_pools.charges(trader.account), key)
    desk.listing.mark_price.fix(price_e8)
    backing = margin_pools.backing(trader.account, margin_pools.charges(trader.account), key)
    assert abs(backing.margin_e8 - backing.maintenance_e8) <= 2
    assert side * (60_000 * E8 - price_e8) > 0


def test_at_its_liquidation_price_a_joint_pool_is_just_the_maintenance() -> None:
    desk = RiskDesk()
    trader = desk.trader("1000")
    desk.engine.transfer(trader.id, 5_000 * E8, desk.now_ms, "USDC")
    desk.engine.account_settings.set_multi_assets(trader.account, True, desk.now_ms)
    desk.maker.limit(SELL, "1", "60000")
    trader.market(BUY, "1")
    margin_pools, key = desk.engine.margin_pools, (BTC, "BOTH")
    desk.listing.mark_price.fix(
        margin_pools.liquidation_price_e8(trader.account, margin_pools.charges(trader.account), key)
    )
    assert abs(pool(trader).margin_e8 - pool(trader).maintenance_e8) <= 4
