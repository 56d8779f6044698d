"""Where positions are liquidated ("Liquidation price"): the mark at which what backs them is just their maintenance."""

from collections.abc import Iterable

from connector.simulator.accounts.positions import Position
from connector.simulator.fixed_point import E8, half_up
from connector.simulator.market.listing import Listing


def liquidation_price_e8(backing_e8: int, listing: Listing, held: Iterable[Position]) -> int:
    """The mark price at which positions of one symbol are liquidated; 0 where no price does it.

    `backing_e8` is the wallet that backs them, with results and without maintenance of whatever else it backs.
    """
    positions = list(held)
    lot_e8, price_e8 = listing.instrument.lot_e8, listing.mark_price.mark_e8
    for _ in listing.instrument.brackets:
        rows = [listing.instrument.bracket_of(abs(position.notional_e8(price_e8))) for position in positions]
        over_e16 = backing_e8 * E8 + sum(
            row.cum_e8 * E8 * bool(position.lots) - position.cost_e16
            for row, position in zip(rows, positions, strict=True)
        )
        under_e16 = lot_e8 * sum(
            abs(position.lots) * row.rate_e8 - position.lots * E8 for row, position in zip(rows, positions, strict=True)
        )
        found_e8 = half_up(over_e16 * E8, under_e16) if under_e16 else 0
        if found_e8 == price_e8 or found_e8 <= 0:
            return max(0, found_e8)
        price_e8 = found_e8
    return price_e8
