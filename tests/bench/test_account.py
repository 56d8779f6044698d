"""What `scripts/bench account` judges by: bounds of either twin, and that what is open costs nothing."""

from dataclasses import replace

from tests.bench.account import BOUNDS, Figure, figure_of, uneven, verdict
from tests.bench.account_load import Load

FINE = [figure_of("compiled", "one order", orders, [2.0, 1.0, 4.0]) for orders in (0, 1_000)]


def test_the_median_counts_and_least_and_most_stand_beside_it() -> None:
    assert FINE[0] == Figure("compiled", "one order", 0, 2.0, 1.0, 4.0, 5.0)
    assert figure_of("plain", "one order", 0, [2.0]).bound_us == 15.0


def test_a_figure_beyond_its_bound_fails_the_run() -> None:
    assert verdict(FINE) == 0
    assert verdict([*FINE, figure_of("plain", "a ladder of 20", 0, [120.0])]) == 0
    assert verdict([*FINE, figure_of("plain", "a ladder of 20", 0, [120.1])]) == 1


def test_a_question_that_costs_more_with_more_open_fails_the_run() -> None:
    dearer = [FINE[0], replace(FINE[1], us=2.41)]
    assert uneven([FINE[0], replace(FINE[1], us=2.4)]) == []
    assert uneven(dearer) == ["one order, compiled: 1.21 x from the least load to the dearest"]
    assert verdict(dearer) == 1


def test_twins_are_not_measured_against_each_other() -> None:
    assert verdict([*FINE, figure_of("plain", "one order", 0, [5.0])]) == 0


def test_every_bound_is_of_something_that_is_measured() -> None:
    costs = Load(20).measure()
    assert set(costs) == set(BOUNDS)
    assert min(costs.values()) > 0
