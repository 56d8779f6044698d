"""What stands behind an isolated position: what a fill posts, what closing gives back, what its owner may move.

Published:

    posted by opening    entry notional / leverage + opening loss - the fee, so that a position opened away from the
                         mark isn't liquidated by that alone       87fa7ee33b574f7084d42bd2ce2e463b, 2026-01
    may be removed       max(0, min(iw - maintenance, iw + result - mark x |size| / L))            360038447311, 2026-01
    may be added         max(0, min(cross wallet - isolated order margin - cross maintenance, what is free))   the same

Inferred: that the opening loss is that of the fill's price against the mark at that moment; that opening posts no more
than the cross wallet holds; that closing gives the closed share back, with its result and less its fee, and that what
a part of a position loses beyond its share is taken from the rest, before the cross wallet; that a fee in another
asset is none of the position's.
"""

from dataclasses import dataclass

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.margin import Charge, Pool
from connector.simulator.accounts.positions import Position, Realised
from connector.simulator.fixed_point import E8, half_up


@dataclass(frozen=True, slots=True)
class IsolatedFill:
    """A fill of an isolated position."""

    #: +1 or -1.
    side: int
    price_e8: int
    lots: int
    realised: Realised
    #: Of the whole fill, in the position's margin asset.
    fee_e8: int


def post(account: Account, position: Position, fill: IsolatedFill, mark_e8: int) -> None:
    """Sets what stands behind a position that took a fill, before the fill's result and fee are booked."""
    opened_lots = fill.realised.opened_lots
    opened_fee_e8 = half_up(fill.fee_e8 * opened_lots, fill.lots)
    result_e8 = fill.realised.booked_e8 - (fill.fee_e8 - opened_fee_e8)
    if opened_lots < fill.lots:
        short_e8 = max(0, -fill.realised.returned_e8 - result_e8)
        position.isolated_e8 -= min(max(0, position.isolated_e8), short_e8)
    if opened_lots:
        cross_e8 = account.cross_wallet_e8(position.instrument.quote) + result_e8
        wanted_e8 = _opening_e8(position, fill, mark_e8, account.leverage(position.instrument.symbol))
        position.isolated_e8 += max(0, min(wanted_e8, cross_e8) - opened_fee_e8)


def _opening_e8(position: Position, fill: IsolatedFill, mark_e8: int, leverage: int) -> int:
    """Entry margin and opening loss of what a fill opened."""
    quantity_e8 = fill.realised.opened_lots * position.instrument.lot_e8
    notional_e8 = half_up(quantity_e8 * fill.price_e8, E8)
    loss_e8 = half_up(quantity_e8 * max(0, fill.side * (fill.price_e8 - mark_e8)), E8)
    return half_up(notional_e8, leverage) + loss_e8


def removable_e8(row: Charge) -> int:
    """The most that may be taken from an isolated position."""
    posted_e8 = row.isolated_e8 or 0
    return max(0, min(posted_e8 - row.maintenance_e8, posted_e8 + row.unrealised_e8 - row.position_e8))


def addable_e8(cross: Pool) -> int:
    """The most that may be given to an isolated position out of its asset's cross pool."""
    return max(0, min(cross.wallet_e8 - cross.isolated_orders_e8 - cross.maintenance_e8, cross.free_e8))
