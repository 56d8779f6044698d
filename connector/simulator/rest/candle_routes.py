"""REST: candles of trades, and of index, mark price and premium."""

from collections.abc import Callable, Collection

from connector.simulator.errors import VenueError
from connector.simulator.market.candles import INTERVALS, WIDTHS_MS, Bar, Candles
from connector.simulator.market.instruments import CONTRACT_TYPES
from connector.simulator.market.listing import Listing
from connector.simulator.market.mark_price import MarkPrice
from connector.simulator.payloads.candle_payloads import sampled_row, traded_row
from connector.simulator.rest.request import Request

DEFAULT_ROWS, MOST_ROWS = 500, 1500
_ANY_DISTANCE_DAYS = 36_500


def klines(call: Request) -> object:
    return _traded(call, call.listing(), INTERVALS)


def continuous_klines(call: Request) -> object:
    """Candles of a pair's contract of one type; the only ones with seconds."""
    listing = _of_pair(call)
    wanted = call.params.choice("contractType", CONTRACT_TYPES, -4104)
    if wanted != listing.instrument.contract_type:
        return []
    return _traded(call, listing, WIDTHS_MS)


def index_price_klines(call: Request) -> object:
    return _sampled(call, _of_pair(call), lambda quotes: quotes.index_candles)


def mark_price_klines(call: Request) -> object:
    return _sampled(call, call.listing(), lambda quotes: quotes.mark_candles)


def premium_index_klines(call: Request) -> object:
    return _sampled(call, call.listing(), lambda quotes: quotes.premium_candles)


def _of_pair(call: Request) -> Listing:
    pair = call.params.text("pair")
    listings = call.runtime.engine.listings.values()
    found = next((listing for listing in listings if listing.instrument.pair == pair), None)
    if found is None:
        raise VenueError(-4144)
    return found


def _traded(call: Request, listing: Listing, intervals: Collection[str]) -> list[list[object]]:
    interval, bars = _page(call, listing.tape.candles, intervals)
    return [traded_row(bar, interval, listing.instrument) for bar in bars]


def _sampled(call: Request, listing: Listing, candles_of: Callable[[MarkPrice], Candles]) -> list[list[object]]:
    interval, bars = _page(call, candles_of(listing.quotes), INTERVALS)
    return [sampled_row(bar, interval) for bar in bars]


def _page(call: Request, candles: Candles, intervals: Collection[str]) -> tuple[str, list[Bar]]:
    interval = call.params.choice("interval", intervals, -1120)
    limit = call.params.limit(DEFAULT_ROWS, MOST_ROWS)
    start, end = call.params.window(_ANY_DISTANCE_DAYS)
    return interval, candles.series(interval, call.now_ms).page(limit, start, end)
