"""REST: candles of trades, and of index, mark price and premium."""

from collections.abc import Callable, Collection

from connector.simulator.market.candles import INTERVALS, WIDTHS_MS, Bar, Candles
from connector.simulator.market.listing import Listing
from connector.simulator.market.mark_price import MarkPrice
from connector.simulator.payloads.candle_payloads import sampled_row, traded_row
from connector.simulator.rest.request import Request

DEFAULT_ROWS, MOST_ROWS = 500, 1500
_ANY_DISTANCE_DAYS = 36_500


def klines(request: Request) -> object:
    return _traded(request, request.listing(), INTERVALS)


def continuous_klines(request: Request) -> object:
    """Candles of a pair's contract of one type; the only ones with seconds."""
    listing = request.listing_of_type()
    return [] if listing is None else _traded(request, listing, WIDTHS_MS)


def index_price_klines(request: Request) -> object:
    return _sampled(request, request.listings_of_pair()[0], lambda mark_price: mark_price.index_candles)


def mark_price_klines(request: Request) -> object:
    return _sampled(request, request.listing(), lambda mark_price: mark_price.mark_candles)


def premium_index_klines(request: Request) -> object:
    return _sampled(request, request.listing(), lambda mark_price: mark_price.premium_candles)


def _traded(request: Request, listing: Listing, intervals: Collection[str]) -> list[list[object]]:
    interval, bars = _page(request, listing.tape.candles, intervals)
    return [traded_row(bar, interval, listing.instrument) for bar in bars]


def _sampled(request: Request, listing: Listing, candles_of: Callable[[MarkPrice], Candles]) -> list[list[object]]:
    interval, bars = _page(request, candles_of(listing.mark_price), INTERVALS)
    return [sampled_row(bar, interval) for bar in bars]


def _page(request: Request, candles: Candles, intervals: Collection[str]) -> tuple[str, list[Bar]]:
    interval = request.params.choice("interval", intervals, -1120)
    limit = request.params.limit(DEFAULT_ROWS, MOST_ROWS)
    start, end = request.params.window(_ANY_DISTANCE_DAYS)
    return interval, candles.series(interval, request.now_ms).page(limit, start, end)
