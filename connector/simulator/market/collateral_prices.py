"""What an asset is worth as margin: its index in USD, at a bid rate where it is held, at an ask rate where it is owed.

    bid rate  = index x (1 - bid buffer)      what a held unit counts for
    ask rate  = index x (1 + ask buffer)      what an owed unit counts for, and what margin in the asset costs

Both pairs of buffers, and the rates of the automatic exchange beside them, are published for each asset ("Multi-Assets
Mode Asset Index"; "How to Calculate Margin in Multi-Assets Mode", c983a9268cfa4e70a4916c276bb3b7bc, 2022-07-06). The
buffers here are the exchange's own choice, in the venue's magnitude.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from connector.simulator.fixed_point import E8, half_up, to_e8
from connector.simulator.market.listing import Listing


@dataclass(frozen=True, slots=True)
class MarginAsset:
    """An asset that can back positions."""

    asset: str
    #: The contract whose index prices it; empty where the price is fixed.
    priced_by: str
    #: Its price where no contract does it.
    fixed_e8: int
    bid_buffer_e8: int
    ask_buffer_e8: int
    exchange_bid_buffer_e8: int
    exchange_ask_buffer_e8: int
    #: The balance below which a debt is paid by exchanging other assets.
    exchange_below_e8: int


def _row(asset: str, priced_by: str, price: str, buffers: str, below: str) -> MarginAsset:
    """A row from texts; `buffers` are those of bid and ask, then those of the automatic exchange's bid and ask."""
    figures = (to_e8(Decimal(figure)) for figure in (price, *buffers.split(), below))
    return MarginAsset(asset, priced_by, *figures)


#: Every asset that a futures wallet can hold, in the order in which balances are told.
ASSETS: dict[str, MarginAsset] = {
    row.asset: row
    for row in (
        _row("USDT", "", "1", "0 0 0 0", "-10000"),
        _row("BTC", "BTCUSDT", "60000", "0.05 0.025 0.025 0.0125", "-0.1"),
        _row("BNB", "BNBUSDT", "600", "0.1 0.05 0.05 0.025", "-10"),
        _row("ETH", "ETHUSDT", "3000", "0.05 0.025 0.025 0.0125", "-5"),
        _row("USDC", "USDCUSDT", "1", "0.001 0.0005 0.0005 0.00025", "-10000"),
        _row("BFUSD", "", "1", "0.001 0.0005 0.0005 0.00025", "-10000"),
    )
}


def margin_asset(asset: str) -> MarginAsset:
    """The row of an asset; one at one USD for the margin asset of a contract that stands in no row."""
    return ASSETS.get(asset) or _row(asset, f"{asset}USDT", "1", "0 0 0 0", "-10000")


def margin_assets(listings: Iterable[Listing]) -> list[str]:
    """Every asset of a wallet, those that contracts are margined in among them."""
    return list(dict.fromkeys([*ASSETS, *(listing.instrument.quote for listing in listings)]))


@dataclass(slots=True, eq=False)
class CollateralPrices:
    """Values of assets in USD (1e-8), read off the listings' index prices as they are at the moment."""

    _listings: Mapping[str, Listing]
    #: Rows that differ from the ones an exchange begins with.
    changed: dict[str, MarginAsset] = field(default_factory=dict)

    def row(self, asset: str) -> MarginAsset:
        return self.changed.get(asset) or margin_asset(asset)

    def index_e8(self, asset: str) -> int:
        row = self.row(asset)
        listing = self._listings.get(row.priced_by)
        return row.fixed_e8 if listing is None else listing.mark_price.index_e8

    def bid_e8(self, asset: str) -> int:
        """What a held unit counts for."""
        return half_up(self.index_e8(asset) * (E8 - self.row(asset).bid_buffer_e8), E8)

    def ask_e8(self, asset: str) -> int:
        """What an owed unit counts for."""
        return half_up(self.index_e8(asset) * (E8 + self.row(asset).ask_buffer_e8), E8)

    def exchange_bid_e8(self, asset: str) -> int:
        """What the automatic exchange pays for a unit."""
        return half_up(self.index_e8(asset) * (E8 - self.row(asset).exchange_bid_buffer_e8), E8)

    def exchange_ask_e8(self, asset: str) -> int:
        """What the automatic exchange takes for a unit."""
        return half_up(self.index_e8(asset) * (E8 + self.row(asset).exchange_ask_buffer_e8), E8)

    def backing_e8(self, asset: str, amount_e8: int) -> int:
        """What `amount_e8` of an asset, held or owed, counts for in USD."""
        return half_up(amount_e8 * (self.bid_e8(asset) if amount_e8 >= 0 else self.ask_e8(asset)), E8)

    def need_e8(self, asset: str, amount_e8: int) -> int:
        """What a margin of `amount_e8` in an asset takes in USD."""
        return half_up(amount_e8 * self.ask_e8(asset), E8)

    def in_asset_e8(self, asset: str, usd_e8: int) -> int:
        """How much of an asset a figure in USD is, rounded down."""
        return usd_e8 * E8 // self.ask_e8(asset)
