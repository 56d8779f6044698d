"""A listed symbol: its instrument, books, tape, mark price, last day and trading status in one place.

Retail price improvement orders rest in a book of their own: they are in no depth and no best price, and only takers
from the venue's app meet them, here the background's ("New order": RPI, as of 2025-11-18).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connector.simulator.errors import VenueError
from connector.simulator.ids import AggregateIds, Ids, UpdateIds
from connector.simulator.market.book import Book
from connector.simulator.market.funding_schedule import FundingSchedule
from connector.simulator.market.instruments import NEVER_MS, PENDING_TRADING, Instrument
from connector.simulator.market.mark_price import MarkPrice
from connector.simulator.market.orders import RPI, Order
from connector.simulator.market.positioning_history import PositioningHistory
from connector.simulator.market.rolling_day import RollingDay
from connector.simulator.market.tape import Tape

TRADING = "TRADING"
#: The venue's pages do not list it; it is met in the wild (2026).
TRADING_HALT = "TRADING_HALT"
SETTLING, CLOSE, DELIVERING = "SETTLING", "CLOSE", "DELIVERING"
#: Statuses in which a contract is over or in settlement; in all others but TRADING it is halted or not yet open.
CLOSED = ("PRE_SETTLE", SETTLING, CLOSE, DELIVERING, "DELIVERED")
#: All that there are.
STATUSES = (TRADING, PENDING_TRADING, TRADING_HALT, "TRADING_CANCEL_ONLY", "PRE_DELIVERING", *CLOSED)


@dataclass(slots=True, eq=False)
class Listing:
    """Everything about one symbol that the exchange lists."""

    instrument: Instrument
    book: Book
    tape: Tape
    mark_price: MarkPrice
    rpi_book: Book
    day: RollingDay
    #: That of exchangeInfo.
    status: str = TRADING
    #: That of its POSITION_RISK_CONTROL filter.
    control_side: str = "NONE"
    #: Who held how much of it, by period.
    positioning: PositioningHistory = field(default_factory=PositioningHistory)
    #: Codes that opening orders are refused with for the time being.
    opening_refused: tuple[int, ...] = ()
    #: Status and contract type behind those that are told for the time being.
    covered: tuple[str, str] | None = None
    #: When it is delivered; 0: never, or its date was over when the exchange began.
    delivers_ms: int = 0
    #: When it was delivered and at what price, in ticks.
    delivered: tuple[int, int] | None = None

    @property
    def symbol(self) -> str:
        return self.instrument.symbol

    @property
    def own_status(self) -> str:
        """What it is, whatever it is made to tell."""
        return self.status if self.covered is None else self.covered[0]

    def book_of(self, order: Order) -> Book:
        """Where an order rests."""
        return self.rpi_book if order.time_in_force == RPI else self.book


def listed(
    instrument: Instrument, ids: Ids, next_funding_ms: int, funding: FundingSchedule, start_ms: int = 0
) -> Listing:
    """A symbol with an empty book. One that is delivered at a date pays no funding."""
    symbol = instrument.symbol
    if instrument.is_dated:
        next_funding_ms, funding.fixed_e8 = NEVER_MS, 0
    next_update = UpdateIds(ids, symbol)
    book = Book(next_update)
    tape = Tape(AggregateIds(ids, symbol))
    mark_price = MarkPrice(instrument, book, tape, next_funding_ms, funding)
    day, status, control_side = RollingDay(tape), instrument.first_status, instrument.first_control_side
    is_to_come = start_ms < instrument.delivery_ms < NEVER_MS and status not in CLOSED
    return Listing(
        instrument,
        book,
        tape,
        mark_price,
        Book(next_update),
        day,
        status,
        control_side,
        delivers_ms=instrument.delivery_ms if is_to_come else 0,
    )


def listing_of(listings: Mapping[str, Listing], symbol: str) -> Listing:
    """The listing of that symbol, or -1121."""
    listing = listings.get(symbol)
    if listing is None:
        raise VenueError(-1121)
    return listing
