"""What an asset is worth as margin: its index in USD, less a haircut when held, plus one when owed.

Source: "Multi-Assets Mode Asset Index". The buffers are the exchange's own choice, in the venue's magnitude.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from connector.simulator.fixed_point import E8, half_up, to_e8
from connector.simulator.market.listing import Listing


@dataclass(frozen=True, slots=True)
class MarginAsset:
    """An asset that can back positions."""

    asset: str
    #: The contract whose index prices it.
    priced_by: str
    #: Its price where that is not listed.
    fixed_e8: int
    buffer_e8: int
    exchange_buffer_e8: int
    #: The balance below which a debt is paid by exchanging other assets.
    exchange_below_e8: int


def _row(asset: str, priced_by: str, price: str, buffer: str, exchange_buffer: str, below: str) -> MarginAsset:
    figures = (to_e8(Decimal(figure)) for figure in (price, buffer, exchange_buffer, below))
    return MarginAsset(asset, priced_by, *figures)


#: Every asset that a futures wallet can hold, in the order in which balances are told.
ASSETS: dict[str, MarginAsset] = {
    row.asset: row
    for row in (
        _row("USDT", "", "1", "0", "0", "-10000"),
        _row("BTC", "BTCUSDT", "60000", "0.05", "0.025", "-0.1"),
        _row("BNB", "BNBUSDT", "600", "0.1", "0.05", "-10"),
        _row("ETH", "ETHUSDT", "3000", "0.05", "0.025", "-5"),
        _row("USDC", "USDCUSDT", "1", "0.001", "0.0005", "-10000"),
        _row("BFUSD", "", "1", "0.001", "0.0005", "-10000"),
    )
}


class CollateralPrices:
    """Values of assets in USD (1e-8), read off the listings' index prices."""

    def __init__(self, listings: Mapping[str, Listing]) -> None:
        self._listings = listings

    def index_e8(self, asset: str) -> int:
        row = ASSETS[asset]
        listing = self._listings.get(row.priced_by)
        return row.fixed_e8 if listing is None else listing.mark_price.index_e8

    def bid_e8(self, asset: str) -> int:
        """What a held unit counts for."""
        return half_up(self.index_e8(asset) * (E8 - ASSETS[asset].buffer_e8), E8)

    def ask_e8(self, asset: str) -> int:
        """What an owed unit counts for."""
        return half_up(self.index_e8(asset) * (E8 + ASSETS[asset].buffer_e8), E8)

    def exchange_bid_e8(self, asset: str) -> int:
        """What the automatic exchange pays for a unit."""
        return half_up(self.index_e8(asset) * (E8 - ASSETS[asset].exchange_buffer_e8), E8)

    def exchange_ask_e8(self, asset: str) -> int:
        """What the automatic exchange takes for a unit."""
        return half_up(self.index_e8(asset) * (E8 + ASSETS[asset].exchange_buffer_e8), E8)

    def backing_e8(self, asset: str, amount_e8: int) -> int:
        """What `amount_e8` of an asset, held or owed, counts for in USD."""
        return half_up(amount_e8 * (self.bid_e8(asset) if amount_e8 >= 0 else self.ask_e8(asset)), E8)

    def value_e8(self, asset: str, amount_e8: int) -> int:
        """`amount_e8` of an asset in USD at its index."""
        return half_up(amount_e8 * self.index_e8(asset), E8)
