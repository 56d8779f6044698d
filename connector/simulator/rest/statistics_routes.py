"""REST: the venue's statistics of a contract (`/futures/data`), of what happened on this exchange itself."""

from collections.abc import Callable
from typing import TypeVar

from connector.simulator.accounts.positioning import positioning_of
from connector.simulator.errors import VenueError
from connector.simulator.market.candles import DAY_MS, opening_ms
from connector.simulator.market.listing import Listing
from connector.simulator.market.positioning_history import PERIODS, Positioning
from connector.simulator.payloads import statistics_payloads as payloads
from connector.simulator.rest.request import Request

Row = TypeVar("Row")
DEFAULT_ROWS, MOST_ROWS = 30, 500
#: How far back a start may lie.
LOOK_BACK_DAYS = 30


def open_interest(request: Request) -> object:
    listing = request.listing()
    return [payloads.open_interest_row(row, listing.instrument) for row in _rows(request, listing)]


def all_accounts(request: Request) -> object:
    return _ratios(request, lambda row: (row.long_accounts, row.short_accounts))


def top_accounts(request: Request) -> object:
    return _ratios(request, lambda row: (row.top_long_accounts, row.top_short_accounts))


def top_positions(request: Request) -> object:
    return _ratios(request, lambda row: (row.top_long_lots, row.top_short_lots))


def taker_volumes(request: Request) -> object:
    """What takers bought and sold by period; one in which nobody bought, or nobody sold, has no row."""
    listing = request.listing()
    period, limit, start_ms, end_ms = _terms(request)
    bars = listing.tape.candles.series(period, request.now_ms).bars
    found = (payloads.taker_row(bar, listing.instrument) for bar in bars if _is_within(bar.open_ms, start_ms, end_ms))
    return _page([row for row in found if row is not None], limit, start_ms)


def basis(request: Request) -> object:
    """Of a pair's contract of one type."""
    listing = request.listing_of_type()
    if listing is None:
        _terms(request)
        return []
    return [payloads.basis_row(row, listing.instrument) for row in _rows(request, listing)]


def delivery_prices(request: Request) -> object:
    """Of the pair's contracts whose date has come."""
    return [payloads.delivery_row(listing) for listing in request.listings_of_pair() if listing.delivered]


def _ratios(request: Request, sides: Callable[[Positioning], tuple[int, int]]) -> object:
    """Shares of longs and shorts; a moment at which nobody was long, or nobody short, has no row."""
    listing = request.listing()
    found = (payloads.ratio_row(listing.symbol, *sides(row), row.time_ms) for row in _rows(request, listing))
    return [row for row in found if row is not None]


def _rows(request: Request, listing: Listing) -> list[Positioning]:
    """The periods of a window that have ended, and the one that runs as it stands now."""
    period, limit, start_ms, end_ms = _terms(request)
    holders = request.engine.clearing.holders.get(listing.symbol, {})
    running = positioning_of(listing, holders.values(), opening_ms(period, request.now_ms))
    ended = (row for row in listing.positioning.rows[period] if row.time_ms < running.time_ms)
    rows = [row for row in (*ended, running) if _is_within(row.time_ms, start_ms, end_ms)]
    return _page(rows, limit, start_ms)


def _page(rows: list[Row], limit: int, start_ms: int | None) -> list[Row]:
    """The first rows from a start on, else the latest ones."""
    return rows[-limit:] if start_ms is None else rows[:limit]


def _is_within(time_ms: int, start_ms: int | None, end_ms: int | None) -> bool:
    return (start_ms is None or start_ms <= time_ms) and (end_ms is None or time_ms <= end_ms)


def _terms(request: Request) -> tuple[str, int, int | None, int | None]:
    """Period, rows wanted and window; -1130 for a start of more than 30 days ago."""
    params = request.params
    period = params.text("period")
    if period not in PERIODS:
        raise VenueError(-1130, "period")
    limit = params.limit(DEFAULT_ROWS, MOST_ROWS)
    start_ms, end_ms = params.window(LOOK_BACK_DAYS)
    if start_ms is not None and start_ms < request.now_ms - LOOK_BACK_DAYS * DAY_MS:
        raise VenueError(-1130, text="parameter 'startTime' is invalid.")
    return period, limit, start_ms, end_ms
