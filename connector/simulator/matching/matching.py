"""The walk of a taking order through the book: who trades next, and when it stops.

Self-trade prevention follows the taker's mode ("Self-trade prevention"; that the taker decides is inferred):

    EXPIRE_MAKER   the resting order ends, the walk goes on
    EXPIRE_TAKER   the taking order ends
    EXPIRE_BOTH    both end
    NONE           the account trades with itself

Accounts of one trade group are as one account to it.

It never cuts a FOK short ("Regular orders": prevention is for GTC, IOC and GTD): `fillable_lots` walks on paper
first, and a FOK that an own order would stop is refused.

Retail price improvement orders are met by the background's market orders alone, after public ones of their price
(that they come last at a price is inferred).
"""

from collections.abc import Collection

from connector.simulator.market.book import Book
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import (
    BY_SELF_TRADE,
    EXPIRE_BOTH,
    EXPIRE_MAKER,
    EXPIRE_TAKER,
    EXPIRED_IN_MATCH,
    IOC,
    IOC_BY_SELF_TRADE,
    MARKET,
    NONE,
    Order,
)
from connector.simulator.matching.clearing import Clearing, surplus_reducers


def crosses(book: Book, side: int, ticks: int) -> bool:
    """Whether an order of that side and price would take."""
    best = book.best(-side)
    return best is not None and side * best <= side * ticks


def fillable_lots(clearing: Clearing, listing: Listing, taker: Order) -> int:
    """How much of `taker` the walk would fill, with nothing touched.

    Left out are own orders where the mode prevents them, and resting orders that only reduce a position which the
    walk itself uses up.
    """
    found, paper, owner = 0, _DryRun(clearing, listing), _owner_of(clearing, taker)
    for maker in listing.book.orders_from_best(-taker.side):
        if found == taker.lots or taker.side * maker.price_ticks > taker.side * taker.price_ticks:
            break
        if maker.account_id in owner and taker.self_trade_prevention != NONE:
            if taker.self_trade_prevention != EXPIRE_MAKER:
                break
        elif maker not in paper.gone:
            lots = min(maker.open_lots, taker.lots - found)
            found += lots
            paper.gone.add(maker)
            paper.move(maker, lots)
            paper.move(taker, lots)
            paper.trim(maker)
    return found


class _DryRun:
    """Positions as a walk on paper changes them, and the orders that are gone by it."""

    def __init__(self, clearing: Clearing, listing: Listing) -> None:
        self._clearing, self._listing = clearing, listing
        self._held: dict[tuple[int, str], int] = {}
        self.gone = set[Order]()

    def move(self, order: Order, lots: int) -> None:
        self._held[order.account_id, order.position_side] = self._lots(order) + order.side * lots

    def trim(self, order: Order) -> None:
        account = self._clearing.accounts[order.account_id]
        surplus = surplus_reducers(account, order.symbol, order.position_side, self._lots(order), self.gone)
        self.gone.update(surplus)

    def _lots(self, order: Order) -> int:
        held = self._held.get((order.account_id, order.position_side))
        if held is not None:
            return held
        account = self._clearing.accounts[order.account_id]
        return account.position(self._listing.instrument, order.position_side).lots


def walk(clearing: Clearing, listing: Listing, taker: Order, bound_ticks: int, now_ms: int) -> None:
    """Matches `taker` up to `bound_ticks`."""
    meets_rpi = taker.kind == MARKET and clearing.accounts[taker.account_id].is_house
    owner = _owner_of(clearing, taker)
    while taker.is_open:
        maker = _next_maker(listing, taker.side, meets_rpi)
        if maker is None or taker.side * maker.price_ticks > taker.side * bound_ticks:
            break
        if maker.account_id in owner and taker.self_trade_prevention != NONE:
            _prevent(clearing, listing, taker, maker, now_ms)
        else:
            clearing.trade(listing, taker, maker, min(taker.open_lots, maker.open_lots), now_ms)


def _owner_of(clearing: Clearing, order: Order) -> Collection[int]:
    """The accounts between which the order is no trade: its own, and those of the same trade group."""
    return clearing.accounts[order.account_id].trade_group or (order.account_id,)


def _next_maker(listing: Listing, side: int, meets_rpi: bool) -> Order | None:
    maker = listing.book.first(-side)
    if not meets_rpi:
        return maker
    hidden = listing.rpi_book.first(-side)
    if hidden is None or (maker is not None and side * maker.price_ticks <= side * hidden.price_ticks):
        return maker
    return hidden


def _prevent(clearing: Clearing, listing: Listing, taker: Order, maker: Order, now_ms: int) -> None:
    mode = taker.self_trade_prevention
    if mode in (EXPIRE_MAKER, EXPIRE_BOTH):
        clearing.end(listing, maker, EXPIRED_IN_MATCH, BY_SELF_TRADE, now_ms)
    if mode in (EXPIRE_TAKER, EXPIRE_BOTH):
        reason = IOC_BY_SELF_TRADE if taker.time_in_force == IOC else BY_SELF_TRADE
        clearing.end(listing, taker, EXPIRED_IN_MATCH, reason, now_ms)
