"""REST: orders, their trades and their changes looked up."""

from collections.abc import Callable
from itertools import islice

from connector.simulator.errors import VenueError
from connector.simulator.history import page
from connector.simulator.market.orders import CANCELED, EXPIRED, Order
from connector.simulator.payloads.order_payloads import all_orders_row, amendment_row, order_row, user_trade
from connector.simulator.rest.order_routes import order_names
from connector.simulator.rest.request import Request

_DAY_MS = 86_400_000
#: How long an order, its trades and changes are found, and an order that ended without a fill.
KEPT_MS, KEPT_UNFILLED_MS = 90 * _DAY_MS, 3 * _DAY_MS


def query(request: Request) -> object:
    """An order in whatever state, unless the look-up lags behind it."""
    listing = request.listing()
    order = request.account.find(listing.symbol, *order_names(request.params))
    lag_ms = request.runtime.faults.standing_ms("not_found_lag")
    if order is None or not _is_kept(order, request.now_ms) or 0 <= request.now_ms - order.created_ms < lag_ms:
        raise VenueError(-2013)
    return order_row(order, listing.instrument)


def query_open(request: Request) -> object:
    """An order while it is open."""
    listing = request.listing()
    order = request.account.find(listing.symbol, *order_names(request.params))
    if order is None or not order.is_open:
        raise VenueError(-2013)
    return order_row(order, listing.instrument)


def open_orders(request: Request) -> object:
    return [
        order_row(order, listing.instrument)
        for listing in request.listings()
        for order in request.account.orders_of(listing.symbol).values()
    ]


def all_orders(request: Request) -> object:
    """Orders from an id or of a window, or the latest ones, the oldest first."""
    listings = {listing.symbol: listing for listing in request.listings()}
    from_id = request.params.optional_integer("orderId")
    start_ms, end_ms = request.params.window(most_days=7)
    placed = [request.account.placed[symbol] for symbol in listings if symbol in request.account.placed]
    limit = request.params.limit(500, 1000)
    rows = page(placed, limit, from_id=from_id, start_ms=start_ms, end_ms=end_ms, wanted=kept_at(request.now_ms))
    return [all_orders_row(order, listings[order.symbol].instrument) for order in rows]


def kept_at(now_ms: int) -> Callable[[Order], bool]:
    """Whether an order is still found: 90 days, three where it ended without a fill ("All orders")."""
    return lambda order: _is_kept(order, now_ms)


def _is_kept(order: Order, now_ms: int) -> bool:
    ended_unfilled = order.status in (CANCELED, EXPIRED) and not order.filled_lots
    return now_ms - order.created_ms <= (KEPT_UNFILLED_MS if ended_unfilled else KEPT_MS)


def user_trades(request: Request) -> object:
    """Trades of an order, from an id or of a window, or the latest ones, the oldest first."""
    listing = request.listing()
    order_id = request.params.optional_integer("orderId")
    from_id = request.params.optional_integer("fromId")
    start_ms, end_ms = request.params.window(most_days=7)
    if from_id is not None and (start_ms is not None or end_ms is not None):
        raise VenueError(-1128)
    account, symbol = request.account, listing.symbol
    history = account.trades.get(symbol) if order_id is None else account.trades_of_order.get((symbol, order_id))
    limit = request.params.limit(500, 1000)
    rows = page(
        [history],
        limit,
        from_id=from_id,
        start_ms=start_ms,
        end_ms=end_ms,
        wanted=lambda trade: request.now_ms - trade.time_ms <= KEPT_MS,
    )
    return [user_trade(trade, listing.instrument) for trade in rows]


def amendments(request: Request) -> object:
    """The changes of one order or of a symbol, the latest first."""
    listing, account = request.listing(), request.account
    order_id = request.params.optional_integer("orderId")
    client_id = request.params.optional("origClientOrderId")
    start_ms, end_ms = request.params.window(most_days=7)
    limit = request.params.limit(50, 100)
    history = account.amendments.get((listing.symbol, None))
    if order_id is not None or client_id is not None:
        order = account.find(listing.symbol, order_id, client_id)
        history = account.amendments.get((listing.symbol, order.order_id)) if order else None
    if history is None:
        return []
    since_ms = max(start_ms or 0, request.now_ms - KEPT_MS)
    rows = islice(history.found(None, since_ms, end_ms, latest=True), limit)
    return [amendment_row(row, listing.instrument) for row in rows]
