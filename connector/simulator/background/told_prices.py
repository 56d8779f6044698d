"""Mark price, index and funding as a recording tells them: they stand in the place of the exchange's own.

A settlement is due here when the recording says that it was, or when this exchange's clock says so, whichever is first,
and once. Times that are over by this exchange's clock, those of an old recording, move nothing.
"""

from connector.simulator.background.recorded_traffic import FundingBounds, Priced
from connector.simulator.engine import Engine
from connector.simulator.fixed_point import to_e8
from connector.simulator.market.listing import Listing


def follow_prices(engine: Engine, told: Priced, listing: Listing, now_ms: int) -> None:
    """Takes over what a contract is marked at; the index is the caller's to move."""
    mark = listing.mark_price
    if mark.next_funding_ms <= told.at_ms < told.next_funding_ms:
        engine.settle_funding(listing, mark.next_funding_ms, now_ms)
    next_ms = told.next_funding_ms if told.next_funding_ms > now_ms else mark.next_funding_ms
    rate_e8 = None if told.rate is None else to_e8(told.rate)
    engine.tell_prices(listing.symbol, to_e8(told.mark), rate_e8, next_ms)


def follow_bounds(engine: Engine, told: FundingBounds, listing: Listing, now_ms: int) -> None:
    """Takes over interval, cap and floor."""
    cap_e8, floor_e8 = (None if bound is None else to_e8(bound) for bound in (told.cap, told.floor))
    fixed_e8 = listing.mark_price.funding.fixed_e8
    engine.adjust_funding(listing.symbol, now_ms, told.hours, cap_e8, floor_e8, fixed_e8)
