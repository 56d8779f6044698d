"""The end of a contract: open orders expire, and every position is settled at the mark without a fee.

Longs are set against shorts at the mark price, rounded to a tick, outside book and tape; what one side gains the other
loses. The venue's pages name the orders' client ids and the expiry reason, no more: that the settlement's fills are
told CALCULATED like other orders of the exchange is inferred.
"""

from collections import deque

from connector.simulator.fixed_point import half_up
from connector.simulator.market.listing import SETTLING, Listing
from connector.simulator.market.orders import BUY, BY_DELISTING, EXPIRED, SELL, Order
from connector.simulator.matching.clearing import Clearing
from connector.simulator.risk.forced_orders import Close, ForcedOrders


def wind_up(clearing: Clearing, forced: ForcedOrders, listing: Listing, now_ms: int) -> None:
    """Leaves a contract SETTLING, without an order and without a position."""
    listing.status = SETTLING
    for account in clearing.accounts.values():
        for order in list(account.orders_of(listing.symbol).values()):
            clearing.end(listing, order, EXPIRED, BY_DELISTING, now_ms)
    _settle(clearing, forced, listing, now_ms)


def _settle(clearing: Clearing, forced: ForcedOrders, listing: Listing, now_ms: int) -> None:
    ticks = half_up(listing.mark_price.mark_e8, listing.instrument.tick_e8)
    queues: dict[int, deque[Order]] = {BUY: deque(), SELL: deque()}
    for account in list(clearing.holders.get(listing.symbol, {}).values()):
        for position in account.held():
            if position.instrument.symbol == listing.symbol:
                close = Close(position, abs(position.lots), ticks)
                queues[close.side].append(forced.settle(account, listing, close, now_ms))
    buys, sells = queues[BUY], queues[SELL]
    while buys and sells:
        lots = min(buys[0].open_lots, sells[0].open_lots)
        clearing.trade_aside(listing, buys[0], sells[0], lots, ticks, now_ms)
        for queue in (buys, sells):
            if not queue[0].open_lots:
                queue.popleft()
