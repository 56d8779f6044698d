"""Bots that run recklessly into a crash or a squeeze: their limits hold, whatever they do.

`scripts/test --long` runs a thousand; each says what it came to.
"""

import sys
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.companions.risk.limit_runs import Outcome, outcome_of, plan_of
from tests.companions.risk.reckless_strategies import STRATEGIES

D = Decimal
#: So many runs to a test.
CHUNK = 5
#: A hundred of all strategies together, and a thousand.
FIRST = [pytest.param(start, id=f"{start}-{start + CHUNK - 1}") for start in range(0, 25, CHUNK)]
FURTHER = [
    pytest.param(start, id=f"{start}-{start + CHUNK - 1}", marks=pytest.mark.long) for start in range(25, 250, CHUNK)
]
#: The dearest that a base unit becomes in a squeeze.
HIGHEST_PRICE = 70_000


def line(outcome: Outcome) -> str:
    """What it came to, in words."""
    struck = ", ".join(event.reason.partition(";")[0] for event in outcome.strikes) or "nothing struck"
    plan, quoting = outcome.plan, f"quoting {outcome.quoting} of {outcome.looks} looks"
    return f"{plan.seed} {plan.script.name}: {outcome.fills} fills, equity {outcome.equity:.2f}, {struck}, {quoting}"


@pytest.mark.parametrize("first", FIRST + FURTHER)
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_no_limit_is_passed_and_nobody_is_wiped_out(strategy: str, first: int) -> None:
    outcomes = [outcome_of(plan_of(strategy, seed)) for seed in range(first, first + CHUNK)]
    told = "\n".join(map(line, outcomes))
    sys.stdout.write(f"{told}\n")
    for outcome in outcomes:
        in_flight = {
            "max_position": outcome.largest_order,
            "max_position_notional": outcome.largest_order * HIGHEST_PRICE,
            "max_open_orders_notional": outcome.largest_order * HIGHEST_PRICE,
            "max_order_rate": D(1),
        }
        assert [name for name, past in outcome.passed.items() if past > in_flight[name]] == [], line(outcome)
        assert outcome.late_marks == 0, f"a mark price past the bound struck nothing: {line(outcome)}"
        assert not (outcome.has_shipped_limits and outcome.is_wiped_out), line(outcome)
    shipped = [outcome for outcome in outcomes if outcome.has_shipped_limits]
    looks, quoting = sum(one.looks for one in shipped), sum(one.quoting for one in shipped)
    assert quoting * 2 >= looks, told


def test_without_limits_the_same_runs_pass_them_all() -> None:
    """Else nothing would be seen above."""
    passed: Counter[str] = Counter()
    for seed in (2, 3, 5, 7):
        reckless = {"leverage": 50, "order_amount": D("0.4"), "stop_loss_spread": 0, "replace_on_touch": "off"}
        plan = plan_of("perpetual_market_making", seed)
        outcome = outcome_of(replace(plan, changes={**plan.changes, **reckless}, limits=None))
        passed.update(outcome.passed)
        passed["late"] += outcome.late_marks
        passed["wiped out"] += outcome.is_wiped_out
    assert not {"max_position", "max_position_notional", "max_open_orders_notional", "late"} - passed.keys(), passed
    assert passed["wiped out"] and passed["late"], passed
