"""REST: books, trades, prices, days and funding."""

from connector.simulator.errors import VenueError
from connector.simulator.history import page
from connector.simulator.market.candles import DAY_MS, HOUR_MS
from connector.simulator.payloads import market_payloads as told
from connector.simulator.payloads.day_payloads import day_row
from connector.simulator.payloads.instrument_payloads import exchange_info
from connector.simulator.rest.request import Request
from connector.simulator.streams import rpi_depth as rpi

DEPTH_LIMITS = (5, 10, 20, 50, 100, 500, 1000)
RPI_LEVELS = 1000
AGGREGATE_LOOK_BACK_MS = 48 * HOUR_MS
MONTH_DAYS, ANY_DISTANCE_DAYS = 30, 36_500


def ping(call: Request) -> object:
    return {}


def server_time(call: Request) -> object:
    return {"serverTime": call.now_ms}


def information(call: Request) -> object:
    """All contracts, or the one of the undocumented `symbol`."""
    pace = call.runtime.rate_limits
    limits = {"rateLimits": [pace.weight_limit(), *pace.order_limits()]}
    return exchange_info(call.listings(), call.now_ms) | limits


def depth(call: Request) -> object:
    listing = call.listing()
    limit = call.params.optional_integer("limit")
    if limit is not None and limit not in DEPTH_LIMITS:
        raise VenueError(-4021, limit)
    return told.depth(listing, limit or 500, call.now_ms)


def trades(call: Request) -> object:
    """The latest trades, the oldest first."""
    listing, limit = call.listing(), call.params.limit(500, 1000)
    return [told.trade_row(trade, listing.instrument) for trade in page([listing.tape.trades], limit)]


def historical_trades(call: Request) -> object:
    """The trades from an id on, or the latest ones, of a month at most."""
    listing, limit = call.listing(), call.params.limit(100, 500)
    from_id = call.params.optional_integer("fromId")
    since_ms = call.now_ms - MONTH_DAYS * DAY_MS
    rows = page([listing.tape.trades], limit, from_id=from_id)
    return [told.trade_row(trade, listing.instrument) for trade in rows if trade.time_ms >= since_ms]


def rpi_depth(call: Request) -> object:
    """The book with retail price improvement orders, always 1,000 levels of it."""
    listing = call.listing()
    limit = call.params.optional_integer("limit")
    if limit not in (None, RPI_LEVELS):
        raise VenueError(-4021, limit)
    return rpi.rpi_depth(listing, RPI_LEVELS, call.now_ms)


def aggregate_trades(call: Request) -> object:
    """The latest aggregates, or those from an id or in a window of an hour, the oldest first; 48 hours back."""
    listing, limit = call.listing(), call.params.limit(500, 1000)
    from_id = call.params.optional_integer("fromId")
    start, end = call.params.window(ANY_DISTANCE_DAYS)
    if from_id is not None and (start is not None or end is not None):
        raise VenueError(-1128)
    if start is not None and end is not None and end - start >= HOUR_MS:
        raise VenueError(-1127, 1)
    since_ms = call.now_ms - AGGREGATE_LOOK_BACK_MS
    rows = page([listing.tape.aggregates], limit, from_id=from_id, start_ms=start, end_ms=end)
    return [told.aggregate_row(trade, listing.instrument) for trade in rows if trade.time_ms >= since_ms]


def book_ticker(call: Request) -> object:
    rows = [told.book_ticker_row(listing, call.now_ms) for listing in call.listings()]
    return rows[0] if call.names_symbol else rows


def price(call: Request) -> object:
    rows = [told.price_row(listing, call.now_ms) for listing in call.listings()]
    return rows[0] if call.names_symbol else rows


def day_tickers(call: Request) -> object:
    rows = [day_row(listing, call.now_ms) for listing in call.listings()]
    return rows[0] if call.names_symbol else rows


def open_interest(call: Request) -> object:
    """What all longs hold together: as much as all shorts."""
    listing, symbol = call.listing(), call.params.text("symbol")
    accounts = call.runtime.engine.accounts.values()
    positions = (held for account in accounts for (of, _), held in account.positions.items() if of == symbol)
    lots = sum(max(0, position.lots) for position in positions)
    return {"openInterest": listing.instrument.quantity_text(lots), "symbol": symbol, "time": call.now_ms}


def premium_index(call: Request) -> object:
    rows = [told.premium_index(listing, call.now_ms) for listing in call.listings()]
    return rows[0] if call.names_symbol else rows


def funding_rate(call: Request) -> object:
    """The settlements of a window, or the latest ones, the oldest first."""
    symbols = {listing.symbol for listing in call.listings()}
    limit = call.params.limit(100, 1000)
    start, end = call.params.window(ANY_DISTANCE_DAYS)
    rows = [
        settlement
        for settlement in call.runtime.engine.settlements
        if settlement.symbol in symbols
        and settlement.funding_ms >= (start or 0)
        and (end is None or settlement.funding_ms <= end)
    ]
    kept = rows[-limit:] if start is None else rows[:limit]
    return [told.funding_rate_row(settlement) for settlement in kept]


def funding_info(call: Request) -> object:
    return [told.funding_info_row(listing) for listing in call.runtime.engine.listings.values()]
