"""The life of an order: where each word of the venue leads from each state.

                          ┌───────────────── OUTCOME_UNKNOWN ──────────────┐
                          │                                                ▼
    tracked ──▶ PENDING_CREATE ──▶ OPEN ──▶ PARTIALLY_FILLED         PENDING_UNKNOWN
                   │    │           │  ▲           │    ▲               │   │   │
                   │    │     CANCEL_  CANCEL_     │    └── any word ───┘   │   │
                   │    │  REQUESTED   REFUSED     │        of life         │   │
                   │    │           ▼  │           │                        │   │
                   │    │      PENDING_CANCEL ◀────┤                        │   │
                   │    │           ▲  MODIFY_     │                        │   │
                   │    │  CANCEL_  │ REQUESTED    │                        │   │
                   │    │ REQUESTED │              ▼                        │   │
                   │    │      PENDING_MODIFY ── MODIFIED, MODIFY_REFUSED   │   │
                   │    │           │            ──▶ OPEN, PARTIALLY_FILLED │   │
                   │    ▼           ▼                                       │   │
                   │  FILLED · CANCELED · EXPIRED  ◀────────────────────────┘   │
                   └─ REJECTED ─▶ FAILED ◀───────── REJECTED or NOT_FOUND ──────┘
                                    ▲
                                    └── ABSENT, TRIGGER_REFUSED: from every state that is not final

* Nothing leaves a final state by a word. Fills alone outrank the table: when those that are booked make up the
  amount, the order is FILLED whatever was said of it ("the venue's position is the truth; trades explain it").
* A refusal cannot unmake an order that was seen alive: it answers a second request with the same id.
* NOT_FOUND proves absence only where the outcome was unknown and the look-up says that the request can no longer
  arrive. Before the ack the look-up may have outrun the request; of a living order it says that the venue's read
  side lags (-2013, "Codes that matter"): the order is lost from sight, not gone.
* ABSENT is what a look-up alone can't say: orders, open orders and trades were read, and none is its own. An order
  of an exchange that was reset, or that has thrown its history away, ends so.
* TRIGGER_REFUSED ends a conditional order that lived: its price was reached, and the venue did not take what it became.
  Where it waits for its price is no state of its own: `trigger` has that.
* OUTCOME_UNKNOWN speaks of the create request: it says nothing of an order that was seen alive.
* A cancel that is asked for before the ack leaves the state alone: that the ack is missing matters more. That it is
  wanted (CANCEL_WANTED) is no state but a mark on the order, which stays until the order is over.
* A change that is not answered (MODIFY_UNKNOWN) is no state of its own: the order is PENDING_MODIFY until it is known
  what became of it. MODIFIED speaks of the change that is awaited, or of one that somebody else made.
* A cancel outranks a change: what is said of a change while a cancel is on its way changes nothing.
* STILL_LISTED speaks of an order that is over here: it becomes a ghost, which wants cancelling, and keeps its state.
"""

from typing import Final

from connector.core.enums import FINAL_STATES, OrderState
from connector.core.reports import OrderStatus

_CREATE, _UNKNOWN = OrderState.PENDING_CREATE, OrderState.PENDING_UNKNOWN
_OPEN, _PARTIAL = OrderState.OPEN, OrderState.PARTIALLY_FILLED
_MODIFY, _CANCEL = OrderState.PENDING_MODIFY, OrderState.PENDING_CANCEL
_FILLED, _CANCELED = OrderState.FILLED, OrderState.CANCELED
_EXPIRED, _FAILED = OrderState.EXPIRED, OrderState.FAILED

#: Every pair of state and status there is; the drawing above is this table.
MOVES: Final[dict[tuple[OrderState, OrderStatus], OrderState]] = {
    (_CREATE, OrderStatus.NEW): _OPEN,
    (_CREATE, OrderStatus.PARTIALLY_FILLED): _PARTIAL,  # the fill may outrun the ack
    (_CREATE, OrderStatus.FILLED): _FILLED,
    (_CREATE, OrderStatus.CANCELED): _CANCELED,
    (_CREATE, OrderStatus.EXPIRED): _EXPIRED,
    (_CREATE, OrderStatus.REJECTED): _FAILED,
    (_CREATE, OrderStatus.OUTCOME_UNKNOWN): _UNKNOWN,
    (_CREATE, OrderStatus.NOT_FOUND): _CREATE,  # the look-up outran the request
    (_CREATE, OrderStatus.CANCEL_REQUESTED): _CREATE,
    (_CREATE, OrderStatus.CANCEL_REFUSED): _CREATE,
    (_CREATE, OrderStatus.CANCEL_WANTED): _CREATE,
    (_CREATE, OrderStatus.MODIFY_REQUESTED): _CREATE,
    (_CREATE, OrderStatus.MODIFIED): _OPEN,
    (_CREATE, OrderStatus.MODIFY_REFUSED): _CREATE,
    (_CREATE, OrderStatus.MODIFY_UNKNOWN): _CREATE,
    (_CREATE, OrderStatus.STILL_LISTED): _OPEN,
    (_CREATE, OrderStatus.UNCHANGED): _CREATE,
    (_UNKNOWN, OrderStatus.NEW): _OPEN,
    (_UNKNOWN, OrderStatus.PARTIALLY_FILLED): _PARTIAL,
    (_UNKNOWN, OrderStatus.FILLED): _FILLED,
    (_UNKNOWN, OrderStatus.CANCELED): _CANCELED,
    (_UNKNOWN, OrderStatus.EXPIRED): _EXPIRED,
    (_UNKNOWN, OrderStatus.REJECTED): _FAILED,
    (_UNKNOWN, OrderStatus.OUTCOME_UNKNOWN): _UNKNOWN,
    (_UNKNOWN, OrderStatus.NOT_FOUND): _FAILED,  # it never lived
    (_UNKNOWN, OrderStatus.CANCEL_REQUESTED): _UNKNOWN,
    (_UNKNOWN, OrderStatus.CANCEL_REFUSED): _UNKNOWN,
    (_UNKNOWN, OrderStatus.CANCEL_WANTED): _UNKNOWN,
    (_UNKNOWN, OrderStatus.MODIFY_REQUESTED): _UNKNOWN,
    (_UNKNOWN, OrderStatus.MODIFIED): _OPEN,
    (_UNKNOWN, OrderStatus.MODIFY_REFUSED): _UNKNOWN,
    (_UNKNOWN, OrderStatus.MODIFY_UNKNOWN): _UNKNOWN,
    (_UNKNOWN, OrderStatus.STILL_LISTED): _OPEN,
    (_UNKNOWN, OrderStatus.UNCHANGED): _UNKNOWN,
    (_OPEN, OrderStatus.NEW): _OPEN,
    (_OPEN, OrderStatus.PARTIALLY_FILLED): _PARTIAL,
    (_OPEN, OrderStatus.FILLED): _FILLED,
    (_OPEN, OrderStatus.CANCELED): _CANCELED,
    (_OPEN, OrderStatus.EXPIRED): _EXPIRED,
    (_OPEN, OrderStatus.REJECTED): _OPEN,  # the answer to a second request
    (_OPEN, OrderStatus.OUTCOME_UNKNOWN): _OPEN,  # the stream was faster than the timeout
    (_OPEN, OrderStatus.NOT_FOUND): _OPEN,  # lost from sight
    (_OPEN, OrderStatus.CANCEL_REQUESTED): _CANCEL,
    (_OPEN, OrderStatus.CANCEL_REFUSED): _OPEN,
    (_OPEN, OrderStatus.CANCEL_WANTED): _OPEN,
    (_OPEN, OrderStatus.MODIFY_REQUESTED): _MODIFY,
    (_OPEN, OrderStatus.MODIFIED): _OPEN,
    (_OPEN, OrderStatus.MODIFY_REFUSED): _OPEN,
    (_OPEN, OrderStatus.MODIFY_UNKNOWN): _OPEN,
    (_OPEN, OrderStatus.STILL_LISTED): _OPEN,
    (_OPEN, OrderStatus.UNCHANGED): _OPEN,
    (_PARTIAL, OrderStatus.NEW): _PARTIAL,  # an old word
    (_PARTIAL, OrderStatus.PARTIALLY_FILLED): _PARTIAL,
    (_PARTIAL, OrderStatus.FILLED): _FILLED,
    (_PARTIAL, OrderStatus.CANCELED): _CANCELED,
    (_PARTIAL, OrderStatus.EXPIRED): _EXPIRED,
    (_PARTIAL, OrderStatus.REJECTED): _PARTIAL,
    (_PARTIAL, OrderStatus.OUTCOME_UNKNOWN): _PARTIAL,
    (_PARTIAL, OrderStatus.NOT_FOUND): _PARTIAL,
    (_PARTIAL, OrderStatus.CANCEL_REQUESTED): _CANCEL,
    (_PARTIAL, OrderStatus.CANCEL_REFUSED): _PARTIAL,
    (_PARTIAL, OrderStatus.CANCEL_WANTED): _PARTIAL,
    (_PARTIAL, OrderStatus.MODIFY_REQUESTED): _MODIFY,
    (_PARTIAL, OrderStatus.MODIFIED): _PARTIAL,
    (_PARTIAL, OrderStatus.MODIFY_REFUSED): _PARTIAL,
    (_PARTIAL, OrderStatus.MODIFY_UNKNOWN): _PARTIAL,
    (_PARTIAL, OrderStatus.STILL_LISTED): _PARTIAL,
    (_PARTIAL, OrderStatus.UNCHANGED): _PARTIAL,
    (_MODIFY, OrderStatus.NEW): _MODIFY,  # said before the change arrived
    (_MODIFY, OrderStatus.PARTIALLY_FILLED): _MODIFY,
    (_MODIFY, OrderStatus.FILLED): _FILLED,
    (_MODIFY, OrderStatus.CANCELED): _CANCELED,  # a new total that is filled already ends it
    (_MODIFY, OrderStatus.EXPIRED): _EXPIRED,
    (_MODIFY, OrderStatus.REJECTED): _MODIFY,
    (_MODIFY, OrderStatus.OUTCOME_UNKNOWN): _MODIFY,
    (_MODIFY, OrderStatus.NOT_FOUND): _MODIFY,
    (_MODIFY, OrderStatus.CANCEL_WANTED): _MODIFY,
    (_MODIFY, OrderStatus.CANCEL_REQUESTED): _CANCEL,
    (_MODIFY, OrderStatus.CANCEL_REFUSED): _MODIFY,
    (_MODIFY, OrderStatus.MODIFY_REQUESTED): _MODIFY,
    (_MODIFY, OrderStatus.MODIFIED): _OPEN,  # its fills lead on to PARTIALLY_FILLED
    (_MODIFY, OrderStatus.MODIFY_REFUSED): _OPEN,
    (_MODIFY, OrderStatus.MODIFY_UNKNOWN): _MODIFY,  # until a look-up tells
    (_MODIFY, OrderStatus.STILL_LISTED): _MODIFY,
    (_MODIFY, OrderStatus.UNCHANGED): _MODIFY,
    (_CANCEL, OrderStatus.NEW): _CANCEL,  # said before the cancel arrived
    (_CANCEL, OrderStatus.PARTIALLY_FILLED): _CANCEL,
    (_CANCEL, OrderStatus.FILLED): _FILLED,  # the fill won the race
    (_CANCEL, OrderStatus.CANCELED): _CANCELED,
    (_CANCEL, OrderStatus.EXPIRED): _EXPIRED,
    (_CANCEL, OrderStatus.REJECTED): _CANCEL,
    (_CANCEL, OrderStatus.OUTCOME_UNKNOWN): _CANCEL,
    (_CANCEL, OrderStatus.NOT_FOUND): _CANCEL,
    (_CANCEL, OrderStatus.CANCEL_REQUESTED): _CANCEL,
    (_CANCEL, OrderStatus.CANCEL_REFUSED): _OPEN,  # its fills lead on to PARTIALLY_FILLED
    (_CANCEL, OrderStatus.CANCEL_WANTED): _CANCEL,
    (_CANCEL, OrderStatus.MODIFY_REQUESTED): _CANCEL,
    (_CANCEL, OrderStatus.MODIFIED): _CANCEL,
    (_CANCEL, OrderStatus.MODIFY_REFUSED): _CANCEL,
    (_CANCEL, OrderStatus.MODIFY_UNKNOWN): _CANCEL,
    (_CANCEL, OrderStatus.STILL_LISTED): _CANCEL,
    (_CANCEL, OrderStatus.UNCHANGED): _CANCEL,
    # A silence in the history is the end, whatever was seen before.
    (_CREATE, OrderStatus.ABSENT): _FAILED,
    (_UNKNOWN, OrderStatus.ABSENT): _FAILED,
    (_OPEN, OrderStatus.ABSENT): _FAILED,
    (_PARTIAL, OrderStatus.ABSENT): _FAILED,
    (_MODIFY, OrderStatus.ABSENT): _FAILED,
    (_CANCEL, OrderStatus.ABSENT): _FAILED,
    (_CREATE, OrderStatus.TRIGGER_REFUSED): _FAILED,
    (_UNKNOWN, OrderStatus.TRIGGER_REFUSED): _FAILED,
    (_OPEN, OrderStatus.TRIGGER_REFUSED): _FAILED,
    (_PARTIAL, OrderStatus.TRIGGER_REFUSED): _PARTIAL,  # its child trades: it was taken
    (_MODIFY, OrderStatus.TRIGGER_REFUSED): _FAILED,
    (_CANCEL, OrderStatus.TRIGGER_REFUSED): _FAILED,
} | {(final, status): final for final in FINAL_STATES for status in OrderStatus}

#: Words that only an order which the venue has, or had, can earn.
WORDS_OF_LIFE: Final = frozenset(
    {
        OrderStatus.NEW,
        OrderStatus.PARTIALLY_FILLED,
        OrderStatus.FILLED,
        OrderStatus.CANCELED,
        OrderStatus.EXPIRED,
        OrderStatus.MODIFIED,
        OrderStatus.STILL_LISTED,
    }
)
#: States in which nobody has seen the order at the venue.
UNSEEN_STATES: Final = frozenset({_CREATE, _UNKNOWN, _FAILED})


def next_state(state: OrderState, status: OrderStatus, *, executed: bool, full: bool) -> OrderState:
    """The state after a report. `executed` and `full` say whether booked fills reach above 0, and the amount."""
    if full:
        return _FILLED
    moved = MOVES[state, status]
    return MOVES[moved, OrderStatus.PARTIALLY_FILLED] if executed else moved
