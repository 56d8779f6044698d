"""REST: indices, what makes them, and the hours of traditional markets."""

from connector.simulator import index_payloads as told
from connector.simulator.calls import Call
from connector.simulator.collateral import Collateral
from connector.simulator.refusals import Refusal
from connector.simulator.trading_hours import schedule


def asset_index(call: Call) -> object:
    """The index of one margin asset, or of all of them."""
    collateral = Collateral(call.floor.engine.listings)
    symbol = call.params.optional("symbol")
    if symbol is None:
        return [told.asset_index_row(one, collateral, call.now_ms) for one in told.ASSET_SYMBOLS]
    if symbol not in told.ASSET_SYMBOLS:
        raise Refusal(-1121)
    return told.asset_index_row(symbol, collateral, call.now_ms)


def index_info(call: Call) -> object:
    """The contracts on an index of several assets: a list, of one row where `symbol` names it."""
    listed = {listing.instrument.base: listing for listing in call.floor.engine.listings.values()}
    composite = [listing for listing in call.listings() if listing.instrument.components]
    return [told.index_info_row(listing, listed, call.now_ms) for listing in composite]


def constituents(call: Call) -> object:
    return told.constituents(call.listing(), call.now_ms)


def trading_schedule(call: Call) -> object:
    return schedule(call.now_ms)
