import pytest

from connector.venue.error_codes import RULES
from connector.venue.refusals import PASSING, REFUSALS, Paused, Reread


@pytest.mark.parametrize("code", [-4140, -4141, -4105, -4106, -4107, -4400, -4408, -4411])
def test_one_refusal_by_a_rule_of_the_venue_is_enough(code: int) -> None:
    assert REFUSALS[code].after == 1
    assert code in RULES


def test_what_passes_by_itself_pauses_nothing() -> None:
    assert not PASSING & REFUSALS.keys()


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_a_remedy_that_is_promised_in_words_is_one_that_is_done(code: int) -> None:
    """ "... is read again" and "... are read again" are no mere words."""
    words = RULES[code].remedy if code in RULES else ""
    promised = {"rules": Reread.RULES, "position": Reread.POSITION, "mode": Reread.MODE}
    if "read again" in words:
        assert [kind for name, kind in promised.items() if name in words] == [REFUSALS[code].reread]


def test_every_promise_has_a_row() -> None:
    assert {code for code, rule in RULES.items() if "read again" in rule.remedy} <= REFUSALS.keys()
    assert {rule.pauses for rule in REFUSALS.values()} == set(Paused)
