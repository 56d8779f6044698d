"""The way of a conditional order into the book: where each word of the venue leads from each place.

    WAITING ──▶ TRIGGERING ──▶ TRIGGERED     its child is, or was, in the book
       │            └────────▶ REFUSED       the venue did not take the child
       └── any later word ───────▲

Whether it was cancelled, expired or filled is the order's state (`life_cycle`), whichever family told it. Nothing leads
back: the venue tells the child and the conditional order by events whose order is not fixed ("Algo orders"), so that an
older word may come after a newer one, and a word of the child alone proves that it was triggered.
"""

from typing import Final

from connector.core.enums import TriggerState

_WAITING, _TRIGGERING = TriggerState.WAITING, TriggerState.TRIGGERING
_TRIGGERED, _REFUSED = TriggerState.TRIGGERED, TriggerState.REFUSED

#: Every pair of place and word there is; the drawing above is this table.
TRIGGER_MOVES: Final[dict[tuple[TriggerState, TriggerState], TriggerState]] = {
    (_WAITING, _WAITING): _WAITING,
    (_WAITING, _TRIGGERING): _TRIGGERING,
    (_WAITING, _TRIGGERED): _TRIGGERED,
    (_WAITING, _REFUSED): _REFUSED,
    (_TRIGGERING, _WAITING): _TRIGGERING,  # an old word
    (_TRIGGERING, _TRIGGERING): _TRIGGERING,
    (_TRIGGERING, _TRIGGERED): _TRIGGERED,
    (_TRIGGERING, _REFUSED): _REFUSED,
    (_TRIGGERED, _WAITING): _TRIGGERED,
    (_TRIGGERED, _TRIGGERING): _TRIGGERED,
    (_TRIGGERED, _TRIGGERED): _TRIGGERED,
    (_TRIGGERED, _REFUSED): _TRIGGERED,  # its child was seen: it was taken
    (_REFUSED, _WAITING): _REFUSED,
    (_REFUSED, _TRIGGERING): _REFUSED,
    (_REFUSED, _TRIGGERED): _TRIGGERED,  # a child that is seen outranks the word that there is none
    (_REFUSED, _REFUSED): _REFUSED,
}


def next_trigger(place: TriggerState, word: TriggerState) -> TriggerState:
    """The place after a report."""
    return TRIGGER_MOVES[place, word]
