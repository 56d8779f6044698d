"""Changing the price and quantity of a resting order ("Modify order", rules as of 2026-09).

A change that the filters, the margin or the account refuses leaves the order as it was. The order is cancelled where
the new quantity is no more than what is filled, or where a post-only order would take at its new price. Whatever
changes, the order goes to the end of the queue at its price.
"""

from collections.abc import Mapping

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.records import Amendment
from connector.simulator.errors import VenueError
from connector.simulator.market.listing import TRADING, Listing, listing_of
from connector.simulator.market.orders import AMENDMENT, CANCELED, GTX, LIMIT, RPI, AmendRequest, Order
from connector.simulator.matching.admission import admit_amendment
from connector.simulator.matching.clearing import Clearing
from connector.simulator.matching.matching import crosses
from connector.simulator.matching.order_placement import match


def amend_order(
    clearing: Clearing, listings: Mapping[str, Listing], account: Account, ask: AmendRequest, now_ms: int
) -> Order:
    """Changes an open order and matches it anew, or cancels it, or refuses."""
    listing = listing_of(listings, ask.symbol)
    order = _amendable(account, ask, listing)
    terms = admit_amendment(account, order, ask, listing, clearing.margin_pools)
    if (terms.ticks, terms.lots) == (order.price_ticks, order.lots):
        raise VenueError(-5027)
    if order.amendments >= listing.instrument.max_amendments:
        raise VenueError(-5026)
    would_take = order.time_in_force in (GTX, RPI) and crosses(listing.book, order.side, terms.ticks)
    if terms.lots <= order.filled_lots or would_take:
        clearing.end(listing, order, CANCELED, 0, now_ms)
        return order
    order.price_match = ask.price_match
    record = Amendment(
        amendment_id=clearing.ids.next_amendment(),
        symbol=order.symbol,
        order_id=order.order_id,
        client_order_id=order.client_order_id,
        time_ms=now_ms,
        ticks=(order.price_ticks, terms.ticks),
        lots=(order.lots, terms.lots),
        count=order.amendments + 1,
        modify_id=ask.modify_id,
    )
    _change(clearing, listing, account, order, record)
    match(clearing, listing, order, now_ms)
    return order


def _amendable(account: Account, ask: AmendRequest, listing: Listing) -> Order:
    order = account.find(ask.symbol, ask.order_id, ask.client_order_id)
    if order is None:
        raise VenueError(-2013)
    if order.kind != LIMIT:
        raise VenueError(-5025)
    if not order.is_open:
        raise VenueError(-2013)
    if listing.status != TRADING:
        raise VenueError(-5024)
    if order.side != ask.side:
        raise VenueError(-1117)
    if ask.reduce_only and not order.reduce_only:
        raise VenueError(-5047)
    return order


def _change(clearing: Clearing, listing: Listing, account: Account, order: Order, record: Amendment) -> None:
    """Takes the order out of its queue and gives it its new terms; it is in no book afterwards."""
    listing.book_of(order).remove(order)
    order.rests = False
    order.amendments, order.updated_ms = record.count, record.time_ms
    account.amend(order, record)
    clearing.report_order(listing, order, AMENDMENT, record.time_ms, modify_id=record.modify_id)
