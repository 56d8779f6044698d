"""A listed symbol: its instrument, book, tape and quotes in one place."""

from dataclasses import dataclass

from connector.simulator.book import Book
from connector.simulator.ids import Ids
from connector.simulator.instruments import Instrument
from connector.simulator.quotes import Quotes
from connector.simulator.tape import Tape


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    instrument: Instrument
    book: Book
    tape: Tape
    quotes: Quotes

    @property
    def symbol(self) -> str:
        return self.instrument.symbol


def listed(instrument: Instrument, ids: Ids, next_funding_ms: int) -> Listing:
    """A symbol with an empty book."""
    symbol = instrument.symbol
    book = Book(ids.next_update)
    tape = Tape(lambda: ids.next_aggregate(symbol))
    return Listing(instrument, book, tape, Quotes(instrument, book, tape, next_funding_ms))
