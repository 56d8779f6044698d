"""Guesses are counted and slowed, whatever the clock says; a code and a recovery code serve once."""

from dataclasses import replace

from connector.core.secrets import Secret
from connector.keys.factor_state import FREE_TRIES, FactorState, hash_of
from connector.keys.one_time_codes import code_at

SECRET = Secret("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
NOW = 1_764_000_000.0
NEW = FactorState(SECRET, (hash_of("AAAAA-BBBBB"), hash_of("CCCCC-DDDDD")))


def code(now_s: float) -> str:
    return code_at(SECRET, int(now_s) // 30)


def after_wrong(count: int, now_s: float = NOW) -> FactorState:
    state = NEW
    for _ in range(count):
        state = state.trying(now_s)
    return state


def test_five_tries_are_free_and_then_the_pause_doubles_to_a_day() -> None:
    assert [after_wrong(count).pause_left_s(NOW) for count in range(FREE_TRIES)] == [0] * 5
    pauses = [after_wrong(count).pause_left_s(NOW) for count in range(5, 20)]
    assert pauses[:6] == [30, 60, 120, 240, 480, 960]
    assert pauses[-1] == 86_400
    assert after_wrong(5).pause_left_s(NOW + 29) == 1
    assert after_wrong(5).pause_left_s(NOW + 30) == 0
    assert after_wrong(10_000).pause_left_s(NOW) == 86_400


def test_a_clock_that_is_set_back_begins_the_pause_anew() -> None:
    assert after_wrong(6).pause_left_s(NOW - 1_000_000) == 60


def test_guessing_for_a_year_finds_nothing() -> None:
    """With every pause waited for: how many tries a year gives, of a million codes."""
    state, now_s, tries = NEW, NOW, 0
    while now_s < NOW + 365 * 86_400:
        state = state.trying(now_s)
        tries += 1
        now_s += state.pause_left_s(now_s) or 1
    assert tries < 400


def test_a_good_code_ends_the_count_and_serves_once() -> None:
    good = after_wrong(3).trying(NOW).with_code(code(NOW), NOW)
    assert good is not None
    assert (good.failures, good.pause_left_s(NOW)) == (0, 0)
    assert good.trying(NOW).with_code(code(NOW), NOW) is None
    assert good.trying(NOW + 30).with_code(code(NOW), NOW + 30) is None
    assert good.trying(NOW + 30).with_code(code(NOW + 30), NOW + 30) is not None


def test_a_clock_set_back_brings_an_old_code_that_nobody_used_not_to_life() -> None:
    """Somebody looked over a shoulder an hour ago, and owns the clock now."""
    seen = NEW.seen(NOW)
    hour_ago = NOW - 3_600
    assert seen.trying(hour_ago).with_code(code(hour_ago), hour_ago) is None
    assert NEW.trying(hour_ago).with_code(code(hour_ago), hour_ago) is not None


def test_a_recovery_code_serves_once() -> None:
    used = after_wrong(2).with_recovery("AAAAA-BBBBB")
    assert used is not None
    assert (used.failures, len(used.recovery)) == (0, 1)
    assert used.with_recovery("AAAAA-BBBBB") is None
    assert NEW.with_recovery("AAAAA-BBBBC") is None


def test_what_was_sealed_is_the_state_and_what_is_shown_is_not_the_secret() -> None:
    state = replace(after_wrong(7), leverage_above=20, last_step=5)
    again = FactorState.of(state.text())
    assert again.secret.reveal() == SECRET.reveal()
    assert again.text() == state.text()
    assert SECRET.reveal() not in repr(state)
    assert "AAAAA" not in state.text()
