from connector.simulator.collateral import ASSETS, Collateral
from connector.simulator.fixed_point import E8
from tests.simulator.traders import Desk


def test_an_asset_is_worth_less_when_held_and_more_when_owed() -> None:
    collateral = Collateral(Desk().engine.listings)
    for asset in ASSETS:
        bid_e8, index_e8, ask_e8 = collateral.bid_e8(asset), collateral.index_e8(asset), collateral.ask_e8(asset)
        assert 0 < bid_e8 <= index_e8 <= ask_e8
    assert collateral.backing_e8("BTC", E8) == collateral.bid_e8("BTC")
    assert collateral.backing_e8("BTC", -E8) == -collateral.ask_e8("BTC")


def test_an_asset_is_priced_by_its_contracts_index() -> None:
    desk = Desk()
    collateral = Collateral(desk.engine.listings)
    desk.listing.quotes.move(50_000 * E8, desk.now_ms)
    assert collateral.index_e8("BTC") == 50_000 * E8
    assert collateral.value_e8("BTC", 2 * E8) == 100_000 * E8
    assert collateral.exchange_bid_e8("BTC") < 50_000 * E8 < collateral.exchange_ask_e8("BTC")
