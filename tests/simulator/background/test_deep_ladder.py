from random import Random

from connector.simulator.background.deep_ladder import (
    CALM_TICKS,
    LOST_TICKS,
    MOST_A_STEP,
    NEAREST_TICKS,
    SLACK,
    DeepLadder,
    Rung,
)
from connector.simulator.market.orders import BUY, SELL

BEST = {BUY: 600_000, SELL: 600_001}


class Built:
    """A ladder and the best prices that it stands behind."""

    def __init__(self, levels: int = 1_000) -> None:
        self.ladder, self.best, self.posted = DeepLadder(Random(1), levels), dict(BEST), 0
        self.prices: dict[int, set[int]] = {BUY: set(), SELL: set()}

    def step(self) -> int:
        """How many orders one step came to."""
        many = 0
        for side in (BUY, SELL):
            for gone in self.ladder.trim(side):
                self.prices[side].remove(gone.ticks)
                many += 1
            for ticks in self.ladder.missing(side, self.best[side]):
                assert ticks not in self.prices[side]
                self.prices[side].add(ticks)
                self.posted += 1
                self.ladder.add(side, Rung(0, f"{self.posted}", ticks, 1))
                many += 1
        return many

    def move(self, by: int) -> int:
        """Moves both best prices, and tells how many orders were in the way."""
        self.best = {side: ticks + by for side, ticks in self.best.items()}
        gone = [(side, rung) for side in (BUY, SELL) for rung in self.ladder.withdraw(side, self.best[side])]
        for side, rung in gone:
            self.prices[side].remove(rung.ticks)
        return len(gone)

    def settle(self) -> None:
        while self.step():
            pass


def test_it_is_built_step_by_step_to_as_many_orders_as_asked_for() -> None:
    built = Built()
    assert built.step() == 2 * MOST_A_STEP
    built.settle()
    for side in (BUY, SELL):
        assert len(built.prices[side]) == 1_000
        assert all(side * (built.best[side] - ticks) >= NEAREST_TICKS for ticks in built.prices[side])
        assert max(side * (built.best[side] - ticks) for ticks in built.prices[side]) < 2_000


def test_where_none_is_asked_for_none_is() -> None:
    assert Built(levels=0).step() == 0


def test_only_what_the_price_comes_near_to_is_withdrawn() -> None:
    built = Built()
    built.settle()
    near = sum(ticks < BEST[SELL] + 100 + NEAREST_TICKS for ticks in built.prices[SELL])
    assert built.move(100) == near > 30
    assert not any(ticks < BEST[SELL] + 100 + NEAREST_TICKS for ticks in built.prices[SELL])


def test_a_price_that_comes_and_goes_leaves_no_hole_and_no_surplus() -> None:
    built, draw = Built(), Random(2)
    built.settle()
    for _ in range(400):
        built.move(draw.choice((-90, -30, -8, 8, 30, 90)))
        built.step()
    built.step()
    built.settle()
    for side in (BUY, SELL):
        assert 1_000 <= len(built.prices[side]) <= 1_000 * SLACK
        near = [ticks for ticks in built.prices[side] if side * (built.best[side] - ticks) < 300]
        assert 120 < len(near) < 200


def test_while_the_price_runs_nothing_is_posted() -> None:
    built = Built()
    built.settle()
    before = built.posted
    for _ in range(20):
        built.move(CALM_TICKS + 1)
        built.step()
    assert built.posted == before
    built.step()
    assert built.posted > before


def test_far_away_it_is_built_anew_and_the_old_one_taken_down() -> None:
    built = Built()
    built.settle()
    built.move(10 * LOST_TICKS)
    most = max(built.step() for _ in range(100))
    assert most <= 4 * MOST_A_STEP
    built.settle()
    for side in (BUY, SELL):
        assert 1_000 <= len(built.prices[side]) <= 1_000 * SLACK
        assert max(side * (built.best[side] - ticks) for ticks in built.prices[side]) < 2_500


def test_the_first_is_the_one_that_would_trade_first() -> None:
    built = Built()
    built.settle()
    for side, nearest in ((BUY, max), (SELL, min)):
        first = built.ladder.first(side)
        assert first is not None and first.ticks == nearest(built.prices[side])
        assert built.ladder.drop_first(side) is first
        ticks = built.ladder.any_ticks(side)
        assert ticks is not None and built.ladder.drop(side, ticks).ticks == ticks


def test_bids_end_above_nothing() -> None:
    ladder = DeepLadder(Random(1), 1_000)
    for _ in range(100):
        for ticks in ladder.missing(BUY, 200):
            assert ticks > 0
            ladder.add(BUY, Rung(0, "", ticks, 1))
