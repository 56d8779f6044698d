"""REST: market data."""

from connector.simulator import market_payloads as told
from connector.simulator.calls import Call
from connector.simulator.instrument_payloads import exchange_info
from connector.simulator.refusals import Refusal

DEPTH_LIMITS = (5, 10, 20, 50, 100, 500, 1000)
AGGREGATE_WINDOW_DAYS = 1


def ping(call: Call) -> object:
    return {}


def server_time(call: Call) -> object:
    return {"serverTime": call.now_ms}


def information(call: Call) -> object:
    """All contracts, or the one of the undocumented `symbol`."""
    return exchange_info([listing.instrument for listing in call.listings()], call.now_ms)


def depth(call: Call) -> object:
    listing = call.listing()
    limit = call.params.optional_integer("limit")
    if limit is not None and limit not in DEPTH_LIMITS:
        raise Refusal(-4021, limit)
    return told.depth(listing, limit or 500, call.now_ms)


def trades(call: Call) -> object:
    """The latest trades, the oldest first."""
    listing, limit = call.listing(), call.params.limit(500, 1000)
    return [told.trade_row(trade, listing.instrument) for trade in list(listing.tape.trades)[-limit:]]


def aggregate_trades(call: Call) -> object:
    """The latest aggregates, or those from an id or in a window, the oldest first."""
    listing, limit = call.listing(), call.params.limit(500, 1000)
    from_id = call.params.optional_integer("fromId")
    start, end = call.params.window(AGGREGATE_WINDOW_DAYS)
    if from_id is not None and (start is not None or end is not None):
        raise Refusal(-1128)
    rows = [
        trade
        for trade in listing.tape.aggregates
        if trade.aggregate_id >= (from_id or 0)
        and trade.time_ms >= (start or 0)
        and (end is None or trade.time_ms <= end)
    ]
    kept = rows[-limit:] if from_id is None and start is None else rows[:limit]
    return [told.aggregate_row(trade, listing.instrument) for trade in kept]


def book_ticker(call: Call) -> object:
    rows = [told.book_ticker_row(listing, call.now_ms) for listing in call.listings()]
    return rows[0] if call.names_symbol else rows


def price(call: Call) -> object:
    rows = [told.price_row(listing, call.now_ms) for listing in call.listings()]
    return rows[0] if call.names_symbol else rows


def premium_index(call: Call) -> object:
    rows = [told.premium_index(listing, call.now_ms) for listing in call.listings()]
    return rows[0] if call.names_symbol else rows


def funding_rate(call: Call) -> object:
    """The settlements of a window, or the latest ones, the oldest first."""
    symbols = {listing.symbol for listing in call.listings()}
    limit = call.params.limit(100, 1000)
    start, end = call.params.window(most_days=36_500)
    rows = [
        settlement
        for settlement in call.floor.engine.settlements
        if settlement.symbol in symbols
        and settlement.funding_ms >= (start or 0)
        and (end is None or settlement.funding_ms <= end)
    ]
    kept = rows[-limit:] if start is None else rows[:limit]
    return [told.funding_rate_row(settlement) for settlement in kept]


def funding_info(call: Call) -> object:
    return [told.funding_info_row(listing) for listing in call.floor.engine.listings.values()]
