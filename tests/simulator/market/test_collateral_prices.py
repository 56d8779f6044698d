from connector.simulator.fixed_point import E8
from connector.simulator.market.collateral_prices import ASSETS, CollateralPrices
from tests.companions.simulator.traders import BTC, Desk


def test_an_asset_is_priced_by_its_contracts_index() -> None:
    desk = Desk()
    collateral = desk.engine.collateral
    desk.engine.move_prices({BTC: 50_000 * E8}, desk.now_ms)
    assert collateral.index_e8("BTC") == 50_000 * E8
    assert (collateral.bid_e8("BTC"), collateral.ask_e8("BTC")) == (47_500 * E8, 51_250 * E8)
    assert (collateral.exchange_bid_e8("BTC"), collateral.exchange_ask_e8("BTC")) == (48_750 * E8, 50_625 * E8)


def test_an_asset_whose_contract_is_not_listed_has_a_fixed_price() -> None:
    collateral = CollateralPrices({})
    assert {asset: collateral.index_e8(asset) for asset in ASSETS} == {
        asset: row.fixed_e8 for asset, row in ASSETS.items()
    }


def test_what_is_held_counts_for_less_than_what_is_owed() -> None:
    collateral = CollateralPrices({})
    assert collateral.backing_e8("BTC", E8) == 57_000 * E8
    assert collateral.backing_e8("BTC", -E8) == -61_500 * E8
    assert collateral.need_e8("BTC", E8) == 61_500 * E8
    assert collateral.in_asset_e8("BTC", 61_500 * E8) == E8
    assert collateral.backing_e8("USDT", -7) == -7
    for asset in ASSETS:
        assert 0 < collateral.bid_e8(asset) <= collateral.index_e8(asset) <= collateral.ask_e8(asset)
