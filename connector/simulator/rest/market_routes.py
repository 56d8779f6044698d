"""REST: books, trades, prices, days and funding."""

from collections.abc import Collection

from connector.simulator.errors import VenueError
from connector.simulator.history import page
from connector.simulator.market.candles import DAY_MS, HOUR_MS
from connector.simulator.payloads import market_payloads
from connector.simulator.payloads.day_payloads import day_row
from connector.simulator.payloads.instrument_payloads import exchange_info
from connector.simulator.payloads.odd_contracts import odd_rows
from connector.simulator.rest.request import Request
from connector.simulator.streams import rpi_depth as rpi

DEPTH_LIMITS = (5, 10, 20, 50, 100, 500, 1000)
RPI_LEVELS = 1000
AGGREGATE_LOOK_BACK_MS = 48 * HOUR_MS
MONTH_DAYS, ANY_DISTANCE_DAYS = 30, 36_500


def ping(request: Request) -> object:
    return {}


def server_time(request: Request) -> object:
    return {"serverTime": request.now_ms}


def information(request: Request) -> object:
    """All contracts: the venue ignores `symbol` here, one that does not exist too (measured 2026-09-15)."""
    rate_limits = request.runtime.rate_limits
    limits = {"rateLimits": [rate_limits.weight_limit(), *reversed(rate_limits.order_limits())]}
    answer = exchange_info(request.engine.listings.values(), request.now_ms) | limits
    rows = answer["symbols"]
    if request.runtime.faults.standing("odd_contracts") and isinstance(rows, list):
        answer["symbols"] = [*rows, *odd_rows(rows[0])]
    return answer


def depth(request: Request) -> object:
    listing = request.listing()
    return market_payloads.depth(listing, _levels(request, DEPTH_LIMITS, 500), request.now_ms)


def _levels(request: Request, offered: Collection[int], default: int) -> int:
    """How many levels are wanted: -1130 beyond 1,000, -4021 within them where it is none of the offered numbers."""
    wanted = request.params.limit(default, max(DEPTH_LIMITS))
    if wanted not in offered:
        raise VenueError(-4021, wanted)
    return wanted


def trades(request: Request) -> object:
    """The latest trades, the oldest first."""
    listing, limit = request.listing(), request.params.limit(500, 1000)
    return [market_payloads.trade_row(trade, listing.instrument) for trade in page([listing.tape.trades], limit)]


def historical_trades(request: Request) -> object:
    """The trades from an id on, or the latest ones, of a month at most."""
    listing, limit = request.listing(), request.params.limit(100, 500)
    from_id = request.params.optional_integer("fromId")
    since_ms = request.now_ms - MONTH_DAYS * DAY_MS
    rows = page([listing.tape.trades], limit, from_id=from_id)
    return [market_payloads.trade_row(trade, listing.instrument) for trade in rows if trade.time_ms >= since_ms]


def rpi_depth(request: Request) -> object:
    """The book with retail price improvement orders, always 1,000 levels of it."""
    listing, levels = request.listing(), _levels(request, (RPI_LEVELS,), RPI_LEVELS)
    return rpi.rpi_depth(listing, levels, request.now_ms)


def aggregate_trades(request: Request) -> object:
    """The latest aggregates, or those from an id or in a window of an hour, the oldest first; 48 hours back."""
    listing, limit = request.listing(), request.params.limit(500, 1000)
    from_id = request.params.optional_integer("fromId")
    start, end = request.params.window(ANY_DISTANCE_DAYS)
    if from_id is not None and (start is not None or end is not None):
        raise VenueError(-1128)
    if start is not None and end is not None and end - start >= HOUR_MS:
        raise VenueError(-1127, 1)
    since_ms = request.now_ms - AGGREGATE_LOOK_BACK_MS
    rows = page([listing.tape.aggregates], limit, from_id=from_id, start_ms=start, end_ms=end)
    return [market_payloads.aggregate_row(trade, listing.instrument) for trade in rows if trade.time_ms >= since_ms]


def book_ticker(request: Request) -> object:
    rows = [market_payloads.book_ticker_row(listing, request.now_ms) for listing in request.listings()]
    return rows[0] if request.names_symbol else rows


def price(request: Request) -> object:
    rows = [market_payloads.price_row(listing, request.now_ms) for listing in request.listings()]
    return rows[0] if request.names_symbol else rows


def day_tickers(request: Request) -> object:
    rows = [day_row(listing, request.now_ms) for listing in request.listings()]
    return rows[0] if request.names_symbol else rows


def open_interest(request: Request) -> object:
    """What all longs hold together: as much as all shorts."""
    listing, symbol = request.listing(), request.params.text("symbol")
    accounts = request.engine.accounts.values()
    positions = (held for account in accounts for (of, _), held in account.positions.items() if of == symbol)
    lots = sum(max(0, position.lots) for position in positions)
    return {"openInterest": listing.instrument.quantity_text(lots), "symbol": symbol, "time": request.now_ms}


def premium_index(request: Request) -> object:
    rows = [market_payloads.premium_index(listing, request.now_ms) for listing in request.listings()]
    return rows[0] if request.names_symbol else rows


def funding_rate(request: Request) -> object:
    """The settlements of a window, or the latest ones, the oldest first."""
    symbols = {listing.symbol for listing in request.listings()}
    limit = request.params.limit(100, 1000)
    start, end = request.params.window(ANY_DISTANCE_DAYS)
    rows = [
        settlement
        for settlement in request.engine.settlements
        if settlement.symbol in symbols
        and settlement.funding_ms >= (start or 0)
        and (end is None or settlement.funding_ms <= end)
    ]
    kept = rows[-limit:] if start is None else rows[:limit]
    return [market_payloads.funding_rate_row(settlement) for settlement in kept]


def funding_info(request: Request) -> object:
    listings = request.engine.listings.values()
    return [market_payloads.funding_info_row(listing) for listing in listings if not listing.instrument.is_dated]
