from itertools import groupby
from random import Random
from statistics import mean

from connector.simulator.background import flow_model as flow
from connector.simulator.background.taker_flow import TakerFlow
from connector.simulator.market.orders import BUY, SELL

#: The side, what it knew, and how many came: of each group that came together.
Group = tuple[int, float | None, int]


def groups(takers: TakerFlow, most: int) -> list[Group]:
    found: list[Group] = []
    while len(found) < most:
        takers.next_gap_ms()
        many = 1
        while not takers.is_last:
            assert takers.next_gap_ms() == 0
            many += 1
        found.append((takers.side, takers.knows, many))
    return found


def test_takers_come_as_often_as_recorded_most_of_them_together() -> None:
    takers = TakerFlow(Random(1), flow.INFORMED)
    gaps = [takers.next_gap_ms() for _ in range(60_000)]
    assert 0.7 < gaps.count(0) / len(gaps) < 0.76
    assert 50 < 1000 / mean(gaps) < 60, "some of them meet two makers, which makes 62 trades a second"


def test_the_side_is_remembered_for_seconds() -> None:
    """Recorded correlations: 0.24 with the next group's side, 0.12 with the tenth's, 0.05 with the fiftieth's."""
    sides = [side for side, _, _ in groups(TakerFlow(Random(2), flow.INFORMED), 60_000)]
    seen = {lag: mean(a * b for a, b in zip(sides, sides[lag:], strict=False)) for lag in (1, 10, 50)}
    assert 0.2 < seen[1] < 0.28
    assert 0.09 < seen[10] < 0.15
    assert 0.0 < seen[50] < 0.07


def test_those_who_know_come_in_numbers_the_more_they_know() -> None:
    found = groups(TakerFlow(Random(3), flow.INFORMED), 30_000)
    knowing = [(knows, many) for _, knows, many in found if knows is not None]
    assert 0.065 < len(knowing) / len(found) < 0.085
    little = mean(many for knows, many in knowing if knows < 0.3)
    much = mean(many for knows, many in knowing if knows > 0.7)
    assert much > 1.5 * little > 5 * mean(many for _, knows, many in found if knows is None)


def test_none_knows_where_nobody_is_to() -> None:
    assert {knows for _, knows, _ in groups(TakerFlow(Random(4), 0.0), 2_000)} == {None}


def test_a_group_that_comes_for_a_reason_is_on_its_side_and_knows() -> None:
    takers = TakerFlow(Random(5), 0.0)
    for side in (BUY, SELL):
        takers.come(side)
        assert takers.side == side and takers.knows is not None


def test_both_sides_come_alike_often() -> None:
    sides = [side for side, _, _ in groups(TakerFlow(Random(6), flow.INFORMED), 60_000)]
    assert abs(mean(sides)) < 0.05
    assert max(len(list(run)) for _, run in groupby(sides)) > 10
