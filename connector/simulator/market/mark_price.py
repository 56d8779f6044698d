"""Index, mark price and funding forecast of one symbol.

    index   what the background model says, or the start price where no background runs
    mark    the median of the index with the last settled rate's share of the interval that is left, of the index with
            the average by which the mid of the book was above it for 30 s, and of the last trade: neither a stray
            trade nor a thin book moves it
    rate    by the contract's funding schedule from the average premium, later samples weighing more

Source: "Mark price" and "Funding rate" of the FAQ, the formulas in force since 2025-09-18.
"""

from collections import deque

from connector.simulator.fixed_point import E8, half_up, to_e8
from connector.simulator.market.book import Book, Level
from connector.simulator.market.candles import Candles, sample
from connector.simulator.market.funding_schedule import FundingSchedule
from connector.simulator.market.instruments import Instrument
from connector.simulator.market.orders import BUY, SELL
from connector.simulator.market.tape import Tape

#: Notional (USDT) at which the impact prices of the premium are read off the book.
IMPACT_NOTIONAL = 25_000
SAMPLE_MS = 1000
#: Over so many samples the mid's distance from the index is averaged.
BASIS_SAMPLES = 30
#: The mark's average forgets with this many samples.
AVERAGE_OVER = 64


class MarkPrice:
    """Moved by `move`, several times a second; candles are of samples, one a second.

    `fix` nails the mark price where a test wants it.
    """

    def __init__(
        self, instrument: Instrument, book: Book, tape: Tape, next_funding_ms: int, funding: FundingSchedule
    ) -> None:
        self._instrument, self._book, self._tape = instrument, book, tape
        self.funding = funding
        self.index_e8 = self.mark_e8 = self.average_e8 = to_e8(instrument.start_price)
        self._fixed_e8: int | None = None
        self.next_funding_ms = next_funding_ms
        self.rate_e8 = self._settled_e8 = funding.rate_e8(0)
        self._bases: deque[int] = deque(maxlen=BASIS_SAMPLES)
        self._mean_basis_e8: int | None = None
        self._now_ms = next_funding_ms - funding.interval_ms
        self._samples = self._weighted = 0
        self._sampled_ms = 0
        self.premium_e8 = 0
        self.mark_candles, self.index_candles, self.premium_candles = Candles(), Candles(), Candles()

    @property
    def last_e8(self) -> int:
        """The last trade's price, or the mark where nothing traded yet."""
        ticks = self._tape.last_ticks
        return self.mark_e8 if ticks is None else ticks * self._instrument.tick_e8

    def fix(self, mark_e8: int | None) -> None:
        """Nails the mark price; None lets it move again."""
        self._fixed_e8 = mark_e8
        self.mark_e8 = self._mark_e8()

    def fix_rate(self, rate_e8: int | None) -> None:
        """Nails the funding rate; None lets it follow the premium again."""
        self.funding.fixed_e8 = rate_e8
        if rate_e8 is not None:
            self.rate_e8 = rate_e8

    def move(self, index_e8: int | None, now_ms: int, *, may_sample: bool = True) -> bool:
        """Reads the market: `index_e8` None leaves the index where it is. Whether a sample was due and taken."""
        if index_e8 is not None:
            self.index_e8 = index_e8
        self._now_ms = now_ms
        is_due = may_sample and not 0 <= now_ms - self._sampled_ms < SAMPLE_MS
        if is_due:
            self._bases.append(self._basis_e8())
            self._mean_basis_e8 = half_up(sum(self._bases), len(self._bases))
        self.mark_e8 = self._mark_e8()
        if is_due:
            self._sampled_ms = now_ms
            self._sample(now_ms)
        return is_due

    def settled(self, next_funding_ms: int) -> None:
        """A new funding interval begins: its forecast starts from no samples."""
        self.next_funding_ms = next_funding_ms
        self._settled_e8 = self.rate_e8
        self._samples = self._weighted = 0

    def _mark_e8(self) -> int:
        if self._fixed_e8 is not None:
            return self._fixed_e8
        index_e8, last = self.index_e8, self._tape.last
        last_e8 = index_e8 if last is None else last.ticks * self._instrument.tick_e8
        averaged_e8 = index_e8 + (self._basis_e8() if self._mean_basis_e8 is None else self._mean_basis_e8)
        if last_e8 == averaged_e8:
            return last_e8
        left_ms = max(0, self.next_funding_ms - self._now_ms)
        funded_e8 = index_e8 + half_up(index_e8 * self._settled_e8 * left_ms, E8 * self.funding.interval_ms)
        low_e8, high_e8 = (last_e8, averaged_e8) if last_e8 < averaged_e8 else (averaged_e8, last_e8)
        return low_e8 if funded_e8 < low_e8 else min(funded_e8, high_e8)

    def _basis_e8(self) -> int:
        """How far the mid of the book is above the index; nothing where a side is empty."""
        bid, ask = self._book.best(BUY), self._book.best(SELL)
        if bid is None or ask is None:
            return 0
        return (bid + ask) * self._instrument.tick_e8 // 2 - self.index_e8

    def _sample(self, now_ms: int) -> None:
        self.average_e8 += half_up(self.mark_e8 - self.average_e8, AVERAGE_OVER)
        self._samples += 1
        self.premium_e8 = self._premium_e8()
        self._weighted += self._samples * self.premium_e8
        weights = self._samples * (self._samples + 1) // 2
        self.rate_e8 = self.funding.rate_e8(half_up(self._weighted, weights))
        self.mark_candles.add(sample(now_ms, self.mark_e8))
        self.index_candles.add(sample(now_ms, self.index_e8))
        self.premium_candles.add(sample(now_ms, self.premium_e8))

    def _premium_e8(self) -> int:
        bid_e8 = self._impact_e8(self._book.levels(BUY, 50))
        ask_e8 = self._impact_e8(self._book.levels(SELL, 50))
        above = max(0, bid_e8 - self.index_e8)
        below = max(0, self.index_e8 - ask_e8)
        return half_up((above - below) * E8, self.index_e8)

    def _impact_e8(self, levels: list[Level]) -> int:
        """The average price at which the impact notional would be done; the index where the side is empty."""
        tick_e8 = self._instrument.tick_e8
        left_e16, lots_e8 = IMPACT_NOTIONAL * E8 * E8, 0
        for ticks, lots in levels:
            value_e16 = self._instrument.value_e16(ticks, lots)
            if value_e16 >= left_e16:
                lots_e8 += half_up(left_e16, ticks * tick_e8)
                left_e16 = 0
                break
            left_e16 -= value_e16
            lots_e8 += lots * self._instrument.lot_e8
        return half_up(IMPACT_NOTIONAL * E8 * E8 - left_e16, lots_e8) if lots_e8 else self.index_e8
