"""The book with retail price improvement orders: as rpiDepth and its stream tell it, and as nothing else does.

Such an order is hidden where it would cross the public book ("RPI Order Book", as of 2025-11-26).
"""

from connector.simulator.market.book import Level
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.payloads.market_payloads import Payload, levels_text

ALL_LEVELS = 1_000_000


def rpi_update_id(listing: Listing) -> int:
    """The latest of both books' ids, which are of one space."""
    return max(listing.book.update_id, listing.rpi_book.update_id)


def rpi_levels(listing: Listing, side: int, most: int) -> list[Level]:
    """Up to `most` levels of both books together, the best first."""
    lots_at = dict(listing.book.levels(side, most))
    opposite = listing.book.best(-side)
    for ticks, lots in listing.rpi_book.levels(side, ALL_LEVELS):
        if opposite is None or side * ticks < side * opposite:
            lots_at[ticks] = lots_at.get(ticks, 0) + lots
    return sorted(lots_at.items(), key=lambda level: -side * level[0])[:most]


def rpi_depth(listing: Listing, most: int, now_ms: int) -> Payload:
    """The answer of rpiDepth."""
    return {
        "lastUpdateId": rpi_update_id(listing),
        "E": now_ms,
        "T": now_ms,
        "bids": levels_text(rpi_levels(listing, BUY, most), listing.instrument),
        "asks": levels_text(rpi_levels(listing, SELL, most), listing.instrument),
    }
