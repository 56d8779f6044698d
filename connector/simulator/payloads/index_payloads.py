"""Indices as REST and their streams tell them: of margin assets, of composite contracts, and what makes a price.

Source: "Multi-Assets Mode Asset Index", "Composite Index Symbol Information", "Query Index Price Constituents".
"""

from collections.abc import Iterable, Mapping

from connector.simulator.fixed_point import E8, e8_text, half_up, to_e8
from connector.simulator.market.collateral_prices import CollateralPrices, margin_assets
from connector.simulator.market.instruments import TRADIFI_PERPETUAL
from connector.simulator.market.listing import Listing
from connector.simulator.payloads.market_payloads import Payload

#: Where index prices are said to come from, all at the same price here.
_EXCHANGES = ("binance", "okex", "coinbase", "bybit")
_DOLLAR = "USD"


def asset_symbols(listings: Iterable[Listing]) -> list[str]:
    """What assetIndex is asked by. Since 2026-06-30 the assets of coin-margined contracts have an index too."""
    return [f"{asset}{_DOLLAR}" for asset in margin_assets(listings)]


def asset_index_row(symbol: str, collateral: CollateralPrices, now_ms: int) -> Payload:
    """A row of assetIndex; `symbol` is `<asset>USD`."""
    figures = _figures(symbol.removesuffix(_DOLLAR), collateral)
    names = (
        "index",
        "bidBuffer",
        "askBuffer",
        "bidRate",
        "askRate",
        "autoExchangeBidBuffer",
        "autoExchangeAskBuffer",
        "autoExchangeBidRate",
        "autoExchangeAskRate",
    )
    return {"symbol": symbol, "time": now_ms, **dict(zip(names, figures, strict=True))}


def asset_index_update(symbol: str, collateral: CollateralPrices, now_ms: int) -> Payload:
    """A frame of assetIndex."""
    figures = _figures(symbol.removesuffix(_DOLLAR), collateral)
    return {"e": "assetIndexUpdate", "E": now_ms, "s": symbol, **dict(zip("ibaBAqgQG", figures, strict=True))}


def _figures(asset: str, collateral: CollateralPrices) -> list[str]:
    """Index, buffers, rates, and the same of the automatic exchange."""
    row = collateral.row(asset)
    return [
        e8_text(figure_e8)
        for figure_e8 in (
            collateral.index_e8(asset),
            row.bid_buffer_e8,
            row.ask_buffer_e8,
            collateral.bid_e8(asset),
            collateral.ask_e8(asset),
            row.exchange_bid_buffer_e8,
            row.exchange_ask_buffer_e8,
            collateral.exchange_bid_e8(asset),
            collateral.exchange_ask_e8(asset),
        )
    ]


def _components(listing: Listing, listed: Mapping[str, Listing]) -> list[tuple[str, int, int, int]]:
    """Base asset, quantity in one unit of the index, share and price of each component that is listed here.

    The quantities are such that each component's part of the price is its share.
    """
    whole_e8 = listing.mark_price.index_e8
    rows = []
    for base, share in listing.instrument.components:
        if base in listed:
            share_e8, price_e8 = to_e8(share), listed[base].mark_price.index_e8
            rows.append((base, half_up(whole_e8 * share_e8, price_e8), share_e8, price_e8))
    return rows


def composite_index(listing: Listing, listed: Mapping[str, Listing], now_ms: int) -> Payload:
    """A frame of compositeIndex; `listed` are the listings by base asset."""
    return {
        "e": "compositeIndex",
        "E": now_ms,
        "s": listing.symbol,
        "p": e8_text(listing.mark_price.index_e8),
        "C": "baseAsset",
        "c": [
            {"b": base, "q": "USDT", "w": e8_text(held_e8), "W": e8_text(share_e8), "i": e8_text(price_e8)}
            for base, held_e8, share_e8, price_e8 in _components(listing, listed)
        ],
    }


def index_info_row(listing: Listing, listed: Mapping[str, Listing], now_ms: int) -> Payload:
    """A row of indexInfo."""
    return {
        "symbol": listing.symbol,
        "time": now_ms,
        "component": "baseAsset",
        "baseAssetList": [
            {
                "baseAsset": base,
                "quoteAsset": "USDT",
                "weightInQuantity": e8_text(held_e8),
                "weightInPercentage": e8_text(share_e8),
            }
            for base, held_e8, share_e8, _ in _components(listing, listed)
        ],
    }


def constituents(listing: Listing, now_ms: int) -> Payload:
    """The answer of constituents; prices of traditional finance are shown as -1."""
    row = listing.instrument
    price = "-1" if row.contract_type == TRADIFI_PERPETUAL else e8_text(listing.mark_price.index_e8)
    weight = e8_text(E8 // len(_EXCHANGES))
    return {
        "symbol": row.symbol,
        "time": now_ms,
        "constituents": [
            {"exchange": exchange, "symbol": row.symbol, "price": price, "weight": weight} for exchange in _EXCHANGES
        ],
    }
