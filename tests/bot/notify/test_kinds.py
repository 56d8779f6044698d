"""What messages are about, as a person says it."""

import pytest

from connector.bot.notify.kinds import MEANINGS, USUAL, Kind, kinds_of
from connector.core.faults import ConfigFault
from tests.companions.documents.pages import page


def test_each_kind_has_a_meaning_and_stands_in_the_page() -> None:
    for kind in Kind:
        assert f"| `{kind}` | {MEANINGS[kind]} |" in page("monitoring.md")


def test_the_usual_ones_are_those_that_do_not_come_all_day() -> None:
    assert frozenset(Kind) - USUAL == {Kind.FUNDING, Kind.FILL}


def test_names_add_up() -> None:
    assert kinds_of("usual") == USUAL
    assert kinds_of("all") == frozenset(Kind)
    assert kinds_of("usual, fill") == USUAL | {Kind.FILL}
    assert kinds_of("ban,margin") == {Kind.BAN, Kind.MARGIN}


@pytest.mark.parametrize("text", ["", "usual,", "fills", "USUAL"])
def test_a_name_that_is_none_is_told_with_those_that_are(text: str) -> None:
    with pytest.raises(ConfigFault, match="is nothing that messages are about; use usual, all, run, margin"):
        kinds_of(text)
