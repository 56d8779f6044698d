from itertools import product

import pytest

from connector.core.enums import OrderState
from connector.core.reports import OrderStatus
from connector.orders.life_cycle import MOVES, WORDS_OF_LIFE, next_state

S, W = OrderState, OrderStatus
LIVING = [S.OPEN, S.PARTIALLY_FILLED, S.PENDING_MODIFY, S.PENDING_CANCEL]
UNSEEN = [S.PENDING_CREATE, S.PENDING_UNKNOWN]
ENDS = {W.FILLED: S.FILLED, W.CANCELED: S.CANCELED, W.EXPIRED: S.EXPIRED}
#: How far a state is from the intent: no word leads back, a refused cancel excepted.
RANK = {
    S.PENDING_CREATE: 0,
    S.PENDING_UNKNOWN: 1,
    S.OPEN: 2,
    S.PARTIALLY_FILLED: 3,
    S.PENDING_MODIFY: 4,
    S.PENDING_CANCEL: 5,
    S.FILLED: 6,
    S.CANCELED: 6,
    S.EXPIRED: 6,
    S.FAILED: 6,
}
#: What leads back: a request that was answered, or refused.
ANSWERED = {
    (S.PENDING_CANCEL, W.CANCEL_REFUSED),
    (S.PENDING_MODIFY, W.MODIFIED),
    (S.PENDING_MODIFY, W.MODIFY_REFUSED),
}


def moved(state: OrderState, status: OrderStatus) -> OrderState:
    return next_state(state, status, executed=False, full=False)


def test_every_word_has_an_answer_in_every_state() -> None:
    assert set(MOVES) == set(product(OrderState, OrderStatus))


@pytest.mark.parametrize(("state", "status"), [row for row in product(OrderState, OrderStatus) if row[0].is_final])
def test_no_word_leaves_a_final_state(state: OrderState, status: OrderStatus) -> None:
    assert moved(state, status) is state


@pytest.mark.parametrize(("state", "status"), [*product(OrderState, OrderStatus)])
def test_no_word_leads_back_but_the_answer_to_a_request(state: OrderState, status: OrderStatus) -> None:
    if (state, status) not in ANSWERED:
        assert RANK[moved(state, status)] >= RANK[state]


@pytest.mark.parametrize(("state", "status"), list(product([*UNSEEN, *LIVING], ENDS)))
def test_an_end_reported_by_the_venue_ends_every_order(state: OrderState, status: OrderStatus) -> None:
    assert moved(state, status) is ENDS[status]


@pytest.mark.parametrize("state", LIVING)
@pytest.mark.parametrize("status", [W.REJECTED, W.OUTCOME_UNKNOWN, W.NOT_FOUND, W.UNCHANGED])
def test_an_order_seen_alive_is_not_unmade_by_a_refusal_or_a_silence(state: OrderState, status: OrderStatus) -> None:
    assert moved(state, status) is state


def test_not_found_proves_absence_only_where_the_outcome_was_unknown() -> None:
    assert {state for state in OrderState if moved(state, W.NOT_FOUND) is S.FAILED} == {
        S.PENDING_UNKNOWN,
        S.FAILED,
    }


def test_only_an_order_without_ack_becomes_unknown() -> None:
    assert {state for state in OrderState if moved(state, W.OUTCOME_UNKNOWN) is S.PENDING_UNKNOWN} == set(UNSEEN)


@pytest.mark.parametrize("state", UNSEEN)
def test_a_cancel_before_the_ack_does_not_hide_that_the_ack_is_missing(state: OrderState) -> None:
    assert moved(state, W.CANCEL_REQUESTED) is state


@pytest.mark.parametrize("state", [S.OPEN, S.PARTIALLY_FILLED])
def test_a_refused_cancel_leaves_the_order_as_its_fills_say(state: OrderState) -> None:
    executed = state is S.PARTIALLY_FILLED
    asked = next_state(state, W.CANCEL_REQUESTED, executed=executed, full=False)
    assert asked is S.PENDING_CANCEL
    assert next_state(asked, W.CANCEL_REFUSED, executed=executed, full=False) is state


@pytest.mark.parametrize("state", UNSEEN)
def test_a_trade_alone_proves_that_the_order_lives(state: OrderState) -> None:
    assert next_state(state, W.UNCHANGED, executed=True, full=False) is S.PARTIALLY_FILLED


@pytest.mark.parametrize(("state", "status"), list(product(OrderState, OrderStatus)))
def test_fills_that_make_up_the_amount_outrank_every_word(state: OrderState, status: OrderStatus) -> None:
    assert next_state(state, status, executed=True, full=True) is S.FILLED


@pytest.mark.parametrize("status", sorted(WORDS_OF_LIFE))
def test_a_word_of_life_ends_the_doubt(status: OrderStatus) -> None:
    assert moved(S.PENDING_UNKNOWN, status) not in (S.PENDING_UNKNOWN, S.FAILED)


@pytest.mark.parametrize("executed", [False, True])
@pytest.mark.parametrize("answer", [W.MODIFIED, W.MODIFY_REFUSED])
def test_a_change_leaves_the_order_as_its_fills_say_whatever_the_answer(answer: OrderStatus, executed: bool) -> None:
    before = S.PARTIALLY_FILLED if executed else S.OPEN
    asked = next_state(before, W.MODIFY_REQUESTED, executed=executed, full=False)
    assert asked is S.PENDING_MODIFY
    assert next_state(asked, answer, executed=executed, full=False) is before


@pytest.mark.parametrize("word", [W.MODIFY_REQUESTED, W.MODIFIED, W.MODIFY_REFUSED, W.MODIFY_UNKNOWN])
def test_a_cancel_outranks_a_change(word: OrderStatus) -> None:
    assert moved(S.PENDING_MODIFY, W.CANCEL_REQUESTED) is S.PENDING_CANCEL
    assert moved(S.PENDING_CANCEL, word) is S.PENDING_CANCEL


@pytest.mark.parametrize("state", [*UNSEEN, S.OPEN, S.PENDING_MODIFY, S.PENDING_CANCEL])
def test_what_the_venue_does_not_take_when_it_is_triggered_has_failed(state: OrderState) -> None:
    assert moved(state, W.TRIGGER_REFUSED) is S.FAILED


def test_an_order_that_trades_was_taken_whatever_is_said_of_its_trigger() -> None:
    assert moved(S.PARTIALLY_FILLED, W.TRIGGER_REFUSED) is S.PARTIALLY_FILLED


@pytest.mark.parametrize("state", list(OrderState))
def test_an_answer_to_a_change_that_does_not_come_moves_nothing(state: OrderState) -> None:
    assert moved(state, W.MODIFY_UNKNOWN) is state


@pytest.mark.parametrize(("state", "status"), list(product(OrderState, OrderStatus)))
def test_only_an_open_order_waits_for_a_change(state: OrderState, status: OrderStatus) -> None:
    begins = moved(state, status) is S.PENDING_MODIFY and state is not S.PENDING_MODIFY
    assert begins == (state in (S.OPEN, S.PARTIALLY_FILLED) and status is W.MODIFY_REQUESTED)


@pytest.mark.parametrize("state", list(OrderState))
def test_a_wish_to_cancel_is_no_state(state: OrderState) -> None:
    assert moved(state, W.CANCEL_WANTED) is state
