"""The way of a conditional order into the book."""

from itertools import product

import pytest

from connector.core.enums import TriggerState
from connector.orders.trigger import TRIGGER_MOVES, next_trigger

T = TriggerState
EVERY = list(product(TriggerState, TriggerState))
RANK = {T.WAITING: 0, T.TRIGGERING: 1, T.REFUSED: 2, T.TRIGGERED: 3}


def test_every_word_has_an_answer_in_every_place() -> None:
    assert set(TRIGGER_MOVES) == set(EVERY)


@pytest.mark.parametrize(("place", "word"), EVERY)
def test_no_word_leads_back(place: TriggerState, word: TriggerState) -> None:
    assert RANK[next_trigger(place, word)] == max(RANK[place], RANK[word])


@pytest.mark.parametrize("words", list(product(TriggerState, repeat=3)))
def test_in_whatever_order_words_come_they_lead_to_the_same_place(words: tuple[TriggerState, ...]) -> None:
    places = set()
    for order in (words, words[::-1], (words[1], words[2], words[0])):
        place = T.WAITING
        for word in order:
            place = next_trigger(place, word)
        places.add(place)
    assert len(places) == 1
