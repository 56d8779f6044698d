import pytest

from connector.simulator.errors import VenueError
from connector.simulator.ids import Ids
from connector.simulator.market.default_instruments import ETHUSDT
from connector.simulator.market.funding_schedule import FundingSchedule
from connector.simulator.market.listing import listed, listing_of
from connector.simulator.market.orders import BUY, SELL


def test_a_symbol_begins_with_an_empty_book_at_its_start_price() -> None:
    listing = listed(ETHUSDT, Ids(1_000), next_funding_ms=5_000, funding=FundingSchedule(8_000))
    assert (listing.book.best(BUY), listing.book.best(SELL), listing.tape.last_ticks) == (None, None, None)
    assert listing.mark_price.mark_e8 == 3_000 * 10**8
    assert listing.mark_price.next_funding_ms == 5_000


def test_a_symbol_that_nobody_lists_is_refused() -> None:
    listings = {"ETHUSDT": listed(ETHUSDT, Ids(1_000), 5_000, FundingSchedule(8_000))}
    assert listing_of(listings, "ETHUSDT") is listings["ETHUSDT"]
    with pytest.raises(VenueError, match="-1121"):
        listing_of(listings, "NOPE")
