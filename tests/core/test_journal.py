"""The journal's vocabulary."""

from dataclasses import replace

from connector.core.journal import NO_JOURNAL
from tests.companions.store.samples import changed, intended


def test_without_a_journal_nothing_is_in_trouble() -> None:
    NO_JOURNAL.append(intended())
    NO_JOURNAL.restate_by(tuple)
    assert NO_JOURNAL.trouble == ""


def test_an_order_that_stands_as_it_stood_is_the_same_whatever_the_reason_says() -> None:
    assert changed() == replace(changed(), reason="said twice")
    assert changed() != replace(changed(), lost=True)
