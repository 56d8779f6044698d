"""Mark price, index and funding as a recording tells them."""

from dataclasses import replace
from decimal import Decimal

from connector.core.clock import ManualClock
from connector.simulator.background.recorded_traffic import FundingBounds, Priced
from connector.simulator.background.told_prices import follow_bounds, follow_prices
from connector.simulator.fixed_point import to_e8
from connector.simulator.runtime import Runtime
from tests.companions.simulator.callers import QUIET, START_MS

D = Decimal
BTC = "BTCUSDT"
HOURS_8 = 8 * 3_600_000


class Told:
    """An exchange whose funding lasts as long as the venue's, and what it is told."""

    def __init__(self) -> None:
        self.clock = ManualClock(START_MS)
        settings = replace(QUIET, clock=self.clock, funding_first_s=28_800, funding_interval_s=28_800)
        self.runtime = Runtime(settings)
        self.engine = self.runtime.engine
        self.listing = self.engine.listings[BTC]

    def prices(self, next_ms: int, at_ms: int, rate: str | None = "0.0003", mark: str = "61000.5") -> None:
        told = Priced(at_ms, BTC, D(mark), D("61001"), None if rate is None else D(rate), next_ms)
        follow_prices(self.engine, told, self.listing, self.clock.now_ms())

    @property
    def settled(self) -> list[tuple[int, int]]:
        return [(row.funding_ms, row.rate_e8) for row in self.engine.settlements]


def test_mark_rate_and_next_time_stand_until_the_next_word() -> None:
    told = Told()
    told.prices(START_MS + 5_000, START_MS)
    mark = told.listing.mark_price
    told.engine.move_prices({BTC: to_e8(D(59_000))}, told.clock.now_ms())
    assert (mark.mark_e8, mark.rate_e8, mark.next_funding_ms) == (to_e8(D("61000.5")), 30_000, START_MS + 5_000)
    told.prices(START_MS + 5_000, START_MS, mark="62000")
    assert mark.mark_e8 == to_e8(D(62_000))


def test_a_settlement_is_done_once_when_our_clock_is_first() -> None:
    told = Told()
    told.prices(START_MS + 5_000, START_MS)
    told.clock.advance(5_100)
    told.engine.advance(told.clock.now_ms())
    assert told.settled == [(START_MS + 5_000, 30_000)]
    told.prices(START_MS + 5_000, START_MS + 4_900, rate="0.0009")
    told.engine.advance(told.clock.now_ms())
    told.prices(START_MS + 5_000 + HOURS_8, START_MS + 5_000, rate="0.0001")
    told.engine.advance(told.clock.now_ms())
    assert len(told.settled) == 1
    assert told.listing.mark_price.next_funding_ms == START_MS + 5_000 + HOURS_8


def test_a_settlement_is_done_once_when_the_recordings_clock_is_first() -> None:
    told = Told()
    told.prices(START_MS + 5_000, START_MS)
    told.clock.advance(1_000)
    told.prices(START_MS + 5_000 + HOURS_8, START_MS + 5_000, rate="0.0001")
    assert told.settled == [(START_MS + 5_000, 30_000)], "at the rate that was told before it"
    told.clock.advance(10_000)
    told.engine.advance(told.clock.now_ms())
    assert len(told.settled) == 1


def test_a_next_time_that_is_moved_settles_nothing() -> None:
    told = Told()
    told.prices(START_MS + HOURS_8, START_MS)
    told.prices(START_MS + HOURS_8 // 8, START_MS + 1_000)
    assert told.settled == []
    assert told.listing.mark_price.next_funding_ms == START_MS + HOURS_8 // 8


def test_times_of_an_old_recording_move_nothing() -> None:
    told = Told()
    before = told.listing.mark_price.next_funding_ms
    told.prices(1_000_000, 999_000)
    assert (told.listing.mark_price.next_funding_ms, told.settled) == (before, [])


def test_a_contract_without_a_rate_goes_on_with_its_own() -> None:
    told = Told()
    told.prices(START_MS + HOURS_8, START_MS, rate=None)
    assert told.listing.mark_price.funding.fixed_e8 is None


def test_interval_and_bounds_are_taken_over_and_the_rate_stays_as_told() -> None:
    told = Told()
    told.prices(START_MS + HOURS_8, START_MS)
    follow_bounds(told.engine, FundingBounds(0, BTC, 4, D("0.003"), None), told.listing, START_MS)
    funding = told.listing.mark_price.funding
    assert (funding.hours, funding.cap_e8, funding.floor_e8, funding.fixed_e8) == (4, 300_000, -2_000_000, 30_000)
