from decimal import Decimal

from connector.simulator.engine import Engine
from connector.simulator.market.collateral_prices import CollateralPrices
from connector.simulator.market.default_instruments import BTCDOMUSDT, BTCUSDT, DEFAULT_INSTRUMENTS, XAUUSDT
from connector.simulator.payloads.index_payloads import (
    asset_index_row,
    asset_index_update,
    asset_symbols,
    composite_index,
    constituents,
    index_info_row,
)
from tests.companions.simulator.callers import names
from tests.companions.simulator.traders import START_MS


def engine() -> Engine:
    return Engine(START_MS, DEFAULT_INSTRUMENTS)


def test_an_assets_index_tells_price_buffers_and_rates() -> None:
    collateral = CollateralPrices(engine().listings)
    row, frame = (made("BTCUSD", collateral, START_MS) for made in (asset_index_row, asset_index_update))
    figures = {
        "index": "60000.00000000",
        "bidBuffer": "0.05000000",
        "askBuffer": "0.02500000",
        "bidRate": "57000.00000000",
        "askRate": "61500.00000000",
        "autoExchangeBidBuffer": "0.02500000",
        "autoExchangeAskBuffer": "0.01250000",
        "autoExchangeBidRate": "58500.00000000",
        "autoExchangeAskRate": "60750.00000000",
    }
    assert row == {"symbol": "BTCUSD", "time": START_MS, **figures}
    assert frame == {
        "e": "assetIndexUpdate",
        "E": START_MS,
        "s": "BTCUSD",
        **dict(zip("ibaBAqgQG", figures.values(), strict=True)),
    }
    assert "USDTUSD" in asset_symbols([])


def test_the_parts_of_a_composite_index_make_its_price() -> None:
    listings = engine().listings
    listed = {listing.instrument.base: listing for listing in listings.values()}
    frame = composite_index(listings[BTCDOMUSDT.symbol], listed, START_MS)
    parts = frame["c"]
    assert isinstance(parts, list) and set(frame) == names("e E s p C c")
    whole = sum(Decimal(part["w"]) * Decimal(part["i"]) for part in parts)
    assert abs(whole - Decimal(str(frame["p"]))) < Decimal("0.01")
    assert sum(Decimal(part["W"]) for part in parts) == 1
    row = index_info_row(listings[BTCDOMUSDT.symbol], listed, START_MS)
    assert isinstance(row["baseAssetList"], list)
    assert [entry["weightInQuantity"] for entry in row["baseAssetList"]] == [part["w"] for part in parts]


def test_components_that_are_not_listed_are_left_out() -> None:
    alone = Engine(START_MS, (BTCDOMUSDT,)).listings[BTCDOMUSDT.symbol]
    assert composite_index(alone, {"BTCDOM": alone}, START_MS)["c"] == []


def test_the_price_of_traditional_finance_is_shown_as_minus_one() -> None:
    listings = engine().listings
    coin, gold = (constituents(listings[row.symbol], START_MS)["constituents"] for row in (BTCUSDT, XAUUSDT))
    assert isinstance(coin, list) and isinstance(gold, list)
    assert {row["price"] for row in coin} == {"60000.00000000"}
    assert {row["price"] for row in gold} == {"-1"}
    assert sum(Decimal(row["weight"]) for row in coin) == 1
