"""What the insurance fund can bear no longer: its positions go to those who gain by them, so that it ends at zero.

A price may jump over the point at which the fund is empty. What it holds is closed then where nothing is left of it,
not at the market's price: what it can't bear is borne by who is deleveraged. Inferred as a whole; the venue says that
deleveraging begins where the fund does not suffice ("Liquidation protocols").
"""

from collections.abc import Mapping

from connector.simulator.accounts.positions import Position
from connector.simulator.fixed_point import half_up
from connector.simulator.market.listing import Listing
from connector.simulator.risk.deleveraging import Deleveraging
from connector.simulator.risk.forced_orders import ForcedOrders
from connector.simulator.risk.insurance import InsuranceFund


def relieve(
    fund: InsuranceFund,
    deleveraging: Deleveraging,
    orders: ForcedOrders,
    listings: Mapping[str, Listing],
    now_ms: int,
) -> None:
    """Closes the fund's positions, those that lose most first, until no asset of it is below zero."""
    waiting = sorted(fund.account.held(), key=fund.result_e8)
    for number, position in enumerate(waiting):
        asset = position.instrument.quote
        if position.lots and fund.reserve_e8(asset) < 0:
            is_last = not any(other.instrument.quote == asset for other in waiting[number + 1 :])
            listing, side = listings[position.instrument.symbol], -1 if position.lots > 0 else 1
            ticks = _ticks(fund, listing, position, is_last=is_last)
            order = orders.own(fund.account, listing, side, abs(position.lots), ticks, now_ms)
            deleveraging.fill(listing, order, now_ms)


def _ticks(fund: InsuranceFund, listing: Listing, position: Position, *, is_last: bool) -> int:
    """Where nothing is left of the fund; but no better than what a position cost or is worth while others remain."""
    zero = fund.zero_ticks(position)
    if is_last:
        return zero
    side = 1 if position.lots > 0 else -1
    best_e8 = max(side * position.entry_e8(), side * listing.mark_price.mark_e8) * side
    best = max(1, half_up(best_e8, listing.instrument.tick_e8))
    return min(zero, best) if side > 0 else max(zero, best)
