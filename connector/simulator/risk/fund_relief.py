"""What the insurance fund can bear no longer: its positions go to those who gain by them, so that it ends at zero.

A price may jump over the point at which the fund is empty. It closes then at the price where nothing is left of it, not
at the market's: what it can't bear is borne by who is deleveraged. Inferred as a whole; the venue says that
deleveraging begins where the fund does not suffice ("Liquidation protocols").
"""

from collections.abc import Mapping

from connector.simulator.accounts.positions import Position
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

    def result_e8(position: Position) -> int:
        return position.unrealised_e8(listings[position.instrument.symbol].mark_price.mark_e8)

    for position in sorted(fund.account.held(), key=result_e8):
        listing = listings[position.instrument.symbol]
        if position.lots and fund.equity_e8(position.instrument.quote) < 0:
            side, ticks = -1 if position.lots > 0 else 1, fund.zero_ticks(position)
            order = orders.own(fund.account, listing, side, abs(position.lots), ticks, now_ms)
            deleveraging.fill(listing, order, now_ms)
