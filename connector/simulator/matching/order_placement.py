"""An order's way from admission through the book: fills at once, rests, or expires.

place_order ──▶ admit ──▶ accept ──▶ walk ──▶ rest | expire
"""

from collections.abc import Mapping

from connector.simulator.accounts.accounts import Account
from connector.simulator.errors import VenueError
from connector.simulator.market.filters import bound_ticks
from connector.simulator.market.listing import Listing, listing_of
from connector.simulator.market.orders import (
    EXPIRED,
    FOK,
    IOC_REMAINDER,
    MARKET,
    MARKET_REMAINDER,
    Condition,
    Order,
    OrderRequest,
)
from connector.simulator.matching.admission import Admitted, admit, waits
from connector.simulator.matching.clearing import Clearing
from connector.simulator.matching.matching import fillable_lots, walk


def place_order(
    clearing: Clearing,
    listings: Mapping[str, Listing],
    account: Account,
    request: OrderRequest,
    now_ms: int,
    condition: Condition | None = None,
) -> Order:
    """Accepts and matches an order, or refuses it without a trace. `condition` is that of a triggered one."""
    listing = listing_of(listings, request.symbol)
    asked_ms = condition.asked_ms if condition else now_ms
    terms = admit(account, request, listing, clearing.margin_pools, asked_ms)
    order = drafted(request, terms, clearing.ids.next_order(request.symbol), account, now_ms)
    order.condition = condition
    if order.time_in_force == FOK and fillable_lots(clearing, listing, order) < order.lots:
        raise VenueError(-5021)
    clearing.accept(listing, order, now_ms)
    match(clearing, listing, order, now_ms)
    return order


def match(clearing: Clearing, listing: Listing, order: Order, now_ms: int) -> None:
    """Lets an open order that is in no book take what it can; what is left rests or expires."""
    is_market = order.kind == MARKET
    walk(clearing, listing, order, bound_ticks(order.side, listing) if is_market else order.price_ticks, now_ms)
    if not order.is_open:
        return
    if waits(order.kind, order.time_in_force):
        order.rests = True
        listing.book_of(order).add(order)
    else:
        clearing.end(listing, order, EXPIRED, MARKET_REMAINDER if is_market else IOC_REMAINDER, now_ms)


def drafted(request: OrderRequest, terms: Admitted, order_id: int, account: Account, now_ms: int) -> Order:
    """An admitted order that nobody knows of yet."""
    return Order(
        order_id=order_id,
        account_id=account.account_id,
        symbol=request.symbol,
        client_order_id=request.client_order_id or f"auto{order_id}",
        side=request.side,
        kind=request.kind,
        time_in_force=request.time_in_force,
        price_ticks=terms.ticks,
        lots=terms.lots,
        reduce_only=request.reduce_only,
        closes=terms.closes,
        position_side=request.position_side,
        self_trade_prevention=request.self_trade_prevention,
        price_match=request.price_match,
        good_till_ms=request.good_till_ms,
        created_ms=now_ms,
        updated_ms=now_ms,
    )
