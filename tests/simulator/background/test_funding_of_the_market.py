"""What a position costs for being held in the background market: mark, premium and funding over simulated hours."""

from collections.abc import Sequence
from statistics import mean, quantiles

import pytest

from connector.core.clock import ManualClock
from connector.simulator.market.default_instruments import BTCUSDC, BTCUSDT, XRPUSDT
from connector.simulator.market.instruments import Instrument
from connector.simulator.runtime import Runtime
from connector.simulator.settings import SimulatorSettings
from tests.companions.simulator.callers import START_MS

HOUR_S = 3_600
INTEREST = 1e-4


class Watch:
    """An exchange on which nobody trades but the background, and what its marks and settlements were."""

    def __init__(self, seed: int, listed: Sequence[Instrument], eight_hours_s: float) -> None:
        self.clock = ManualClock(START_MS)
        self.runtime = Runtime(
            SimulatorSettings(
                seed=seed,
                clock=self.clock,
                instruments=tuple(listed),
                funding_first_s=eight_hours_s,
                funding_interval_s=eight_hours_s,
            )
        )
        #: |mark - index| / index, once a second.
        self.distances: list[float] = []

    def go_on(self, seconds: float) -> None:
        for number in range(round(seconds * 20)):
            self.runtime.pulse()
            if number % 20 == 0:
                for listing in self.runtime.engine.listings.values():
                    found = listing.mark_price
                    self.distances.append(abs(found.mark_e8 / found.index_e8 - 1))
            self.clock.advance(50)

    def rates(self) -> list[float]:
        return [row.rate_e8 / 1e8 for row in self.runtime.engine.settlements]


def assert_near_the_index(distances: list[float]) -> None:
    hundredths = quantiles(distances, n=100)
    assert hundredths[49] < 0.0005
    assert hundredths[98] < 0.002


def test_the_mark_follows_the_index_and_funding_stays_near_its_interest() -> None:
    rates, distances = [], []
    for seed in (1, 2):
        watch = Watch(seed, (BTCUSDT, XRPUSDT), 8)
        watch.go_on(8 * 20 + 1)
        rates += watch.rates()
        distances += watch.distances
    assert len(rates) == 2 * 2 * 20
    assert abs(mean(rates) - INTEREST) < 5e-5
    assert_near_the_index(distances)


@pytest.mark.long
@pytest.mark.timeout(3_600)
def test_over_twenty_seeds_of_ninety_intervals_funding_averages_its_interest() -> None:
    rates: dict[str, list[float]] = {BTCUSDT.symbol: [], BTCUSDC.symbol: []}
    distances = []
    for seed in range(1, 21):
        watch = Watch(seed, (BTCUSDT, BTCUSDC), 8)
        watch.go_on(8 * 90 + 1)
        for row in watch.runtime.engine.settlements:
            rates[row.symbol].append(row.rate_e8 / 1e8)
        distances += watch.distances
    for found in rates.values():
        assert len(found) == 20 * 90
        assert abs(mean(found) - INTEREST) < 5e-5
    assert_near_the_index(distances)


@pytest.mark.long
@pytest.mark.timeout(3_600)
def test_over_a_day_of_three_intervals_of_eight_hours_funding_averages_its_interest() -> None:
    watch = Watch(1, (XRPUSDT,), 8 * HOUR_S)
    for _ in range(24):
        watch.go_on(HOUR_S)
    watch.go_on(1)
    assert len(watch.rates()) == 3
    assert abs(mean(watch.rates()) - INTEREST) < 5e-5
    assert_near_the_index(watch.distances)
