"""REST: indices, what makes them, and the hours of traditional markets."""

from connector.simulator.errors import VenueError
from connector.simulator.market.trading_hours import schedule
from connector.simulator.payloads import index_payloads
from connector.simulator.rest.request import Request


def asset_index(request: Request) -> object:
    """The index of one margin asset, or of all of them."""
    collateral = request.engine.collateral
    symbol, known = request.params.optional("symbol"), index_payloads.asset_symbols(request.engine.listings.values())
    if symbol is None:
        return [index_payloads.asset_index_row(one, collateral, request.now_ms) for one in known]
    if symbol not in known:
        raise VenueError(-1121)
    return index_payloads.asset_index_row(symbol, collateral, request.now_ms)


def index_info(request: Request) -> object:
    """The contracts on an index of several assets, or the one of `symbol`; -1121 where it is on no such index."""
    listed = {listing.instrument.base: listing for listing in reversed(request.engine.listings.values())}
    composite = [listing for listing in request.listings() if listing.instrument.components]
    rows = [index_payloads.index_info_row(listing, listed, request.now_ms) for listing in composite]
    if not request.names_symbol:
        return rows
    if not rows:
        raise VenueError(-1121)
    return rows[0]


def constituents(request: Request) -> object:
    return index_payloads.constituents(request.listing(), request.now_ms)


def trading_schedule(request: Request) -> object:
    return schedule(request.now_ms)
