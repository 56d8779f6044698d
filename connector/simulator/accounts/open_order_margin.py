"""The margin that open orders hold beside their position.

Inferred, as the protocol page marks it: the netting of buys and sells against the position (max(|P + B|, |P - A|) / L),
the assumed price of sells, that the open loss counts for the part of a side that would open, and is part of the open
orders' initial margin.
"""

from dataclasses import dataclass
from typing import NamedTuple

from connector.simulator.accounts.order_totals import OrderTotals, open_loss_e16, opening_notional_e16
from connector.simulator.fixed_point import E8, half_up
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import BUY, SELL


@dataclass(frozen=True, slots=True)
class Claim:
    """An order as margin sees it: what it could still do."""

    side: int
    position_side: str
    lots: int
    #: The price that it is assumed to get.
    price_e8: int


class Held(NamedTuple):
    """The position that open orders are netted against."""

    #: Signed: negative is short.
    notional_e8: int
    #: Its own initial margin.
    margin_e8: int
    leverage: int


def taking_claim(side: int, position_side: str, lots: int, listing: Listing) -> Claim:
    """A market order at the price it is assumed to get: ask + 0.05 % to buy, max(bid, mark) to sell."""
    best = listing.book.best(-side)
    mark_e8 = listing.mark_price.mark_e8
    best_e8 = mark_e8 if best is None else best * listing.instrument.tick_e8
    price_e8 = best_e8 * 10_005 // 10_000 if side == BUY else max(best_e8, mark_e8)
    return Claim(side, position_side, lots, price_e8)


def open_order_margin_e8(
    orders: OrderTotals, listing: Listing, held: Held, extra: Claim | None
) -> tuple[int, int]:
    """The margin of one position side's open orders, and of `extra` as if it were open too; and the largest notional
    that the position could come to by them."""
    buys_e8, buy_loss_e8 = _side_total(orders, BUY, listing, extra)
    sells_e8, sell_loss_e8 = _side_total(orders, SELL, listing, extra)
    held_e8 = held.notional_e8
    exposure_e8 = max(abs(held_e8 + buys_e8), abs(held_e8 - sells_e8))
    loss_e8 = _opening_part(buys_e8, -held_e8, buy_loss_e8) + _opening_part(sells_e8, held_e8, sell_loss_e8)
    return max(0, half_up(exposure_e8, held.leverage) - held.margin_e8) + loss_e8, exposure_e8


def _side_total(orders: OrderTotals, side: int, listing: Listing, extra: Claim | None) -> tuple[int, int]:
    """Notional at assumed prices, and open loss, of one side's opening orders and of `extra` if it is of that side."""
    has_extra = extra is not None and extra.side == side
    if not has_extra and not orders.side(side).lots:
        return 0, 0
    mark_price, row = listing.mark_price, listing.instrument
    unit_e16 = row.tick_e8 * row.lot_e8
    least_e8 = 0 if side == BUY else max(mark_price.last_e8 * 10_015 // 10_000, mark_price.mark_e8)
    least = (-(-least_e8 // row.tick_e8), row.lot_e8 * least_e8)
    notional_e16 = opening_notional_e16(orders, side, unit_e16, least)
    loss_e16 = open_loss_e16(orders, side, unit_e16, row.lot_e8 * mark_price.mark_e8)
    if extra is not None and has_extra:
        notional_e16 += extra.lots * row.lot_e8 * max(extra.price_e8, least_e8)
        loss_e16 += extra.lots * row.lot_e8 * max(0, side * (extra.price_e8 - mark_price.mark_e8))
    return half_up(notional_e16, E8), half_up(loss_e16, E8)


def _opening_part(orders_e8: int, closable_e8: int, loss_e8: int) -> int:
    """The share of a side's open loss that belongs to what would open, after what would close."""
    opening_e8 = orders_e8 - max(0, closable_e8)
    return half_up(loss_e8 * opening_e8, orders_e8) if opening_e8 > 0 else 0
