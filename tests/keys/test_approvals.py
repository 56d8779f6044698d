"""An approval covers one thing, up to a bound, for one user, for a while."""

from dataclasses import replace

import pytest

from connector.core.faults import ConfigFault
from connector.keys.approvals import Approval, Approved, approvals_of, span_s, text_of, until
from connector.keys.machine_user import machine_user

NOW = 1_764_000_000.0
ONE = Approval(Approved.LEVERAGE, 75, machine_user(), int(NOW), int(NOW) + 3_600)


def test_it_covers_its_thing_up_to_its_bound_while_it_lasts() -> None:
    assert ONE.holds(Approved.LEVERAGE, 75, NOW)
    assert ONE.holds(Approved.LEVERAGE, 51, NOW + 3_599)
    assert not ONE.holds(Approved.LEVERAGE, 76, NOW)
    assert not ONE.holds(Approved.UNLOCK, 0, NOW)
    assert not ONE.holds(Approved.LEVERAGE, 75, NOW + 3_600)


def test_a_clock_before_its_beginning_and_another_user_have_none() -> None:
    assert not ONE.holds(Approved.LEVERAGE, 75, NOW - 1)
    assert not replace(ONE, user="0:somebody-else").holds(Approved.LEVERAGE, 75, NOW)


def test_the_longest_of_several_counts() -> None:
    longer = replace(ONE, until_s=int(NOW) + 7_200)
    assert until((ONE, longer), Approved.LEVERAGE, 75, NOW) == NOW + 7_200
    assert until((ONE, longer), Approved.LEVERAGE, 100, NOW) == 0


@pytest.mark.parametrize(("text", "seconds"), [("1m", 60), ("8h", 28_800), (" 30D ", 2_592_000), ("90d", 7_776_000)])
def test_spans_are_minutes_hours_and_days(text: str, seconds: int) -> None:
    assert span_s(text) == seconds


@pytest.mark.parametrize("text", ["", "0m", "91d", "8", "8s", "for ever", "-8h", "1.5h", "99999d", "inf"])
def test_no_approval_is_for_good(text: str) -> None:
    with pytest.raises(ConfigFault, match="must be 1m to 90d"):
        span_s(text)


def test_what_was_sealed_is_what_was_approved() -> None:
    assert approvals_of(text_of((ONE,))) == (ONE,)
    assert approvals_of(None) == ()
