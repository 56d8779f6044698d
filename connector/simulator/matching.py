"""The walk of a taking order through the book: who trades next, and when it stops.

Self-trade prevention follows the taker's mode ("Self-trade prevention"; that the taker decides is inferred):

    EXPIRE_MAKER   the resting order ends, the walk goes on
    EXPIRE_TAKER   the taking order ends
    EXPIRE_BOTH    both end
"""

from connector.simulator.book import Book
from connector.simulator.clearing import Clearing
from connector.simulator.listing import Listing
from connector.simulator.orders import (
    BY_SELF_TRADE,
    EXPIRE_BOTH,
    EXPIRE_MAKER,
    EXPIRE_TAKER,
    EXPIRED_IN_MATCH,
    IOC,
    IOC_BY_SELF_TRADE,
    Order,
)


def crosses(book: Book, side: int, ticks: int) -> bool:
    """Whether an order of that side and price would take."""
    best = book.best(-side)
    return best is not None and side * best <= side * ticks


def fillable_lots(book: Book, side: int, ticks: int, account_id: int, wanted: int) -> int:
    """How much an order could take at once from others, counted up to `wanted`."""
    found = 0
    for maker in book.orders_from_best(-side):
        if side * maker.price_ticks > side * ticks or found >= wanted:
            break
        found += maker.open_lots if maker.account_id != account_id else 0
    return found


def walk(clearing: Clearing, listing: Listing, taker: Order, bound_ticks: int, now_ms: int) -> bool:
    """Matches `taker` up to `bound_ticks`. True if self-trade prevention ended a resting order on the way."""
    prevented = False
    while taker.is_open and crosses(listing.book, taker.side, bound_ticks):
        maker = listing.book.first(-taker.side)
        if maker is None:
            break
        if maker.account_id == taker.account_id:
            prevented = True
            _prevent(clearing, listing, taker, maker, now_ms)
        else:
            clearing.trade(listing, taker, maker, min(taker.open_lots, maker.open_lots), now_ms)
    return prevented


def _prevent(clearing: Clearing, listing: Listing, taker: Order, maker: Order, now_ms: int) -> None:
    mode = taker.self_trade_prevention
    if mode in (EXPIRE_MAKER, EXPIRE_BOTH):
        clearing.end(listing, maker, EXPIRED_IN_MATCH, BY_SELF_TRADE, now_ms)
    if mode in (EXPIRE_TAKER, EXPIRE_BOTH):
        reason = IOC_BY_SELF_TRADE if taker.time_in_force == IOC else BY_SELF_TRADE
        clearing.end(listing, taker, EXPIRED_IN_MATCH, reason, now_ms)
