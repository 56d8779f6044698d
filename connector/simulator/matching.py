"""The walk of a taking order through the book: who trades next, and when it stops.

Self-trade prevention follows the taker's mode ("Self-trade prevention"; that the taker decides is inferred):

    EXPIRE_MAKER   the resting order ends, the walk goes on
    EXPIRE_TAKER   the taking order ends
    EXPIRE_BOTH    both end

It never cuts a FOK short ("Regular orders": prevention is for GTC, IOC and GTD): `fillable_lots` walks on paper
first, and a FOK that an own order would stop is refused.
"""

from connector.simulator.book import Book
from connector.simulator.clearing import Clearing, surplus_reducers
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


def fillable_lots(clearing: Clearing, listing: Listing, taker: Order) -> int:
    """How much of `taker` the walk would fill, with nothing touched.

    Left out are own orders, and resting orders that only reduce a position which the walk itself uses up.
    """
    found, gone = 0, set[Order]()
    held: dict[tuple[int, str], int] = {}
    for maker in listing.book.orders_from_best(-taker.side):
        if found == taker.lots or taker.side * maker.price_ticks > taker.side * taker.price_ticks:
            break
        if maker.account_id == taker.account_id:
            if taker.self_trade_prevention != EXPIRE_MAKER:
                break
        elif maker not in gone:
            lots = min(maker.open_lots, taker.lots - found)
            found += lots
            account, key = clearing.accounts[maker.account_id], (maker.account_id, maker.position_side)
            before = held.get(key, account.position(listing.instrument, maker.position_side).lots)
            held[key] = before + maker.side * lots
            gone.add(maker)
            gone.update(surplus_reducers(account, listing.symbol, maker.position_side, held[key], gone))
    return found


def walk(clearing: Clearing, listing: Listing, taker: Order, bound_ticks: int, now_ms: int) -> None:
    """Matches `taker` up to `bound_ticks`."""
    while taker.is_open and crosses(listing.book, taker.side, bound_ticks):
        maker = listing.book.first(-taker.side)
        if maker is None:
            break
        if maker.account_id == taker.account_id:
            _prevent(clearing, listing, taker, maker, now_ms)
        else:
            clearing.trade(listing, taker, maker, min(taker.open_lots, maker.open_lots), now_ms)


def _prevent(clearing: Clearing, listing: Listing, taker: Order, maker: Order, now_ms: int) -> None:
    mode = taker.self_trade_prevention
    if mode in (EXPIRE_MAKER, EXPIRE_BOTH):
        clearing.end(listing, maker, EXPIRED_IN_MATCH, BY_SELF_TRADE, now_ms)
    if mode in (EXPIRE_TAKER, EXPIRE_BOTH):
        reason = IOC_BY_SELF_TRADE if taker.time_in_force == IOC else BY_SELF_TRADE
        clearing.end(listing, taker, EXPIRED_IN_MATCH, reason, now_ms)
