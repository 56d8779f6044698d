"""A password is long enough, and a weak one has its hint."""

from connector.core.secrets import Secret
from connector.keys.password_rules import LEAST_LETTERS, hint_about, too_short
from tests.companions.keys.stores import PASSWORD


def test_the_shortest_one_that_will_do() -> None:
    assert too_short(Secret("a" * (LEAST_LETTERS - 1))) == "a password has at least 12 letters, this one 11"
    assert too_short(Secret("a" * LEAST_LETTERS)) == ""


def test_a_weak_one_has_a_hint_which_does_not_show_it() -> None:
    for weak in ("password1234", "aaaaaaaaaaaaaaaa", "binanceperpetual", "qwertyuiop[]"):
        hint = hint_about(Secret(weak))
        assert hint.startswith("this password is soon guessed")
        assert weak not in hint
    assert hint_about(Secret(PASSWORD)) == ""


def test_a_very_long_one_is_read_too() -> None:
    assert hint_about(Secret("tin horse over the hill " * 40)) == ""
