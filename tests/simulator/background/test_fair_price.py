from itertools import pairwise
from random import Random
from statistics import mean, pstdev

from connector.simulator.background import flow_model as flow
from connector.simulator.background.fair_price import FairPrice
from connector.simulator.fixed_point import E8


def premiums(seed: int, steps: int) -> list[float]:
    fair, found = FairPrice(Random(seed), 60_000.0), []
    for _ in range(steps):
        fair.wander()
        found.append(1 - fair.index_e8() / E8 / fair.value)
    return found


def test_the_contract_stands_above_its_index_by_the_interest_on_average() -> None:
    found = [premium for seed in range(20) for premium in premiums(seed, 20_000)[::100]]
    assert abs(mean(found) - flow.PREMIUM) < 5e-5
    assert 0.8 < pstdev(found) / flow.PREMIUM_SPREAD < 1.2


def test_the_index_never_jumps_away_from_a_price_that_rests() -> None:
    found = premiums(1, 2_000)
    assert max(abs(after - before) for before, after in pairwise(found)) < 5e-5


def test_a_script_scales_it_once_for_each_factor() -> None:
    fair = FairPrice(Random(1), 100.0)
    assert fair.scale(1.1) and not fair.scale(1.1)
    assert abs(fair.value - 110) < 1e-9
    fair.jump(0.1)
    assert fair.scale(1.0)
    assert abs(fair.value - 110) < 1e-9


def test_what_follows_another_price_stays_near_it_and_keeps_its_own_script() -> None:
    fair = FairPrice(Random(1), 60_000.0)
    fair.follow(50_000.0)
    assert abs(fair.value / 50_000 - 1) < 1e-3
    fair.scale(0.9)
    fair.follow(40_000.0)
    assert abs(fair.value / 36_000 - 1) < 1e-3
