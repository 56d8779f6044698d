"""The margin that open orders hold beside their position.

Published ("Cost Required to Open a Position in Perpetual Futures", 87fa7ee33b574f7084d42bd2ce2e463b, 2026-01):

    cost            = initial margin at the assumed price + open loss
    assumed price   limit buy    its own price             limit sell    max(last x 1.0015, mark, its own price)
                    market buy   best ask x 1.0005         market sell   max(best bid, mark)
    open loss       = quantity x |min(0, direction x (mark - price))|, a market order's price being its assumed one

No fee is reserved. Inferred: the netting of buys and sells against the position (max(|P + B|, |P - A|) / L), that the
open loss falls on the share of a side's quantity that would open, and is part of the open orders' initial margin.
"""

from typing import NamedTuple

from connector.simulator.accounts.order_totals import OrderTotals, open_loss_e16, opening_notional_e16
from connector.simulator.fixed_point import E8, half_up
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import BUY, SELL


class Claim(NamedTuple):
    """An order as margin sees it: what it could still do."""

    side: int
    position_side: str
    lots: int
    #: Its own, by which it would lose at once.
    price_e8: int
    #: The one that its margin is reckoned by.
    assumed_e8: int


class Held(NamedTuple):
    """The position that open orders are netted against."""

    #: Signed: negative is short.
    lots: int
    #: Signed as well.
    notional_e8: int
    #: Its own initial margin.
    margin_e8: int
    leverage: int


def market_claim(side: int, position_side: str, lots: int, listing: Listing) -> Claim:
    """A market order, whose own price is the assumed one."""
    best = listing.book.best(-side)
    mark_e8 = listing.mark_price.mark_e8
    best_e8 = mark_e8 if best is None else best * listing.instrument.tick_e8
    price_e8 = best_e8 * 10_005 // 10_000 if side == BUY else max(best_e8, mark_e8)
    return Claim(side, position_side, lots, price_e8, price_e8)


def limit_claim(side: int, position_side: str, lots: int, ticks: int, listing: Listing) -> Claim:
    """A limit order of that price."""
    price_e8 = ticks * listing.instrument.tick_e8
    return Claim(side, position_side, lots, price_e8, max(price_e8, _least_e8(side, listing)))


def open_order_margin_e8(orders: OrderTotals, listing: Listing, held: Held, extra: Claim | None) -> tuple[int, int]:
    """The margin of one position side's open orders, and of `extra` as if it were open too; and the largest notional
    that the position could come to by them."""
    buys_e8, buy_loss_e8 = _side_total(orders, BUY, listing, held, extra)
    sells_e8, sell_loss_e8 = _side_total(orders, SELL, listing, held, extra)
    exposure_e8 = max(abs(held.notional_e8 + buys_e8), abs(held.notional_e8 - sells_e8))
    margin_e8 = max(0, half_up(exposure_e8, held.leverage) - held.margin_e8)
    return margin_e8 + buy_loss_e8 + sell_loss_e8, exposure_e8


def _side_total(orders: OrderTotals, side: int, listing: Listing, held: Held, extra: Claim | None) -> tuple[int, int]:
    """Notional at assumed prices, and open loss of what would open, of one side's orders and of `extra` beside them."""
    lots = orders.side(side).lots
    own = extra if extra is not None and extra.side == side else None
    if own is None and not lots:
        return 0, 0
    mark_e8, row = listing.mark_price.mark_e8, listing.instrument
    unit_e16 = row.tick_e8 * row.lot_e8
    least_e8 = _least_e8(side, listing)
    least = (-(-least_e8 // row.tick_e8), row.lot_e8 * least_e8)
    notional_e16 = opening_notional_e16(orders, side, unit_e16, least)
    loss_e16 = open_loss_e16(orders, side, unit_e16, row.lot_e8 * mark_e8)
    if own is not None:
        lots += own.lots
        notional_e16 += own.lots * row.lot_e8 * own.assumed_e8
        loss_e16 += own.lots * row.lot_e8 * max(0, side * (own.price_e8 - mark_e8))
    opening = max(0, lots - max(0, -side * held.lots))
    return half_up(notional_e16, E8), half_up(loss_e16 * opening, lots * E8)


def _least_e8(side: int, listing: Listing) -> int:
    """What no limit order of a side is assumed to trade below."""
    mark_price = listing.mark_price
    return 0 if side == BUY else max(mark_price.last_e8 * 10_015 // 10_000, mark_price.mark_e8)
