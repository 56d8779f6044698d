"""REST: indices, what makes them, and the hours of traditional markets."""

from connector.simulator.errors import VenueError
from connector.simulator.market.collateral_prices import CollateralPrices
from connector.simulator.market.trading_hours import schedule
from connector.simulator.payloads import index_payloads as told
from connector.simulator.rest.request import Request


def asset_index(call: Request) -> object:
    """The index of one margin asset, or of all of them."""
    collateral = CollateralPrices(call.runtime.engine.listings)
    symbol = call.params.optional("symbol")
    if symbol is None:
        return [told.asset_index_row(one, collateral, call.now_ms) for one in told.ASSET_SYMBOLS]
    if symbol not in told.ASSET_SYMBOLS:
        raise VenueError(-1121)
    return told.asset_index_row(symbol, collateral, call.now_ms)


def index_info(call: Request) -> object:
    """The contracts on an index of several assets: a list, of one row where `symbol` names it."""
    listed = {listing.instrument.base: listing for listing in call.runtime.engine.listings.values()}
    composite = [listing for listing in call.listings() if listing.instrument.components]
    return [told.index_info_row(listing, listed, call.now_ms) for listing in composite]


def constituents(call: Request) -> object:
    return told.constituents(call.listing(), call.now_ms)


def trading_schedule(call: Request) -> object:
    return schedule(call.now_ms)
