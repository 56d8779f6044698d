"""Whether the user stream speaks of what is known to have happened."""

from decimal import Decimal

import pytest

from connector.exchange.account.ack_event_watch import AckEventWatch, Known

D = Decimal
NEW, PARTLY, OVER = Known(D(0), False), Known(D(1), False), Known(D(1), True)


def test_the_oldest_unspoken_order_counts_however_busy_the_bot_is() -> None:
    ack_watch = AckEventWatch()
    for number in range(10):
        ack_watch.acknowledged(f"order-{number}", NEW, 1_000 * number)
    assert ack_watch.overdue_ms(10_000) == 10_000
    ack_watch.spoken_of("order-0", NEW)
    assert ack_watch.overdue_ms(10_000) == 9_000


@pytest.mark.parametrize("known", [NEW, PARTLY, OVER])
def test_an_event_before_its_ack_is_an_echo(known: Known) -> None:
    ack_watch = AckEventWatch()
    ack_watch.spoken_of("early", known)
    ack_watch.acknowledged("early", known, 1_000)
    assert ack_watch.overdue_ms(60_000) == 0


@pytest.mark.parametrize("more", [PARTLY, OVER, Known(D(0), True)])
def test_an_order_that_was_spoken_of_as_new_is_awaited_when_more_is_known(more: Known) -> None:
    ack_watch = AckEventWatch()
    ack_watch.spoken_of("mine", NEW)
    ack_watch.acknowledged("mine", more, 1_000)
    ack_watch.spoken_of("mine", NEW)
    assert ack_watch.overdue_ms(6_000) == 5_000
    ack_watch.spoken_of("mine", more)
    assert ack_watch.overdue_ms(6_000) == 0


def test_a_change_that_was_answered_is_awaited_until_the_stream_speaks_of_then_or_of_the_end() -> None:
    ack_watch = AckEventWatch()
    ack_watch.spoken_of("mine", Known(D(0), False, 50_000))
    ack_watch.acknowledged("mine", Known(D(0), False, 60_000), 1_000)
    assert ack_watch.overdue_ms(6_000) == 5_000
    ack_watch.spoken_of("mine", Known(D(0), False, 60_000))
    assert ack_watch.overdue_ms(6_000) == 0
    ack_watch.acknowledged("mine", Known(D(0), False, 70_000), 2_000)
    ack_watch.spoken_of("mine", OVER)
    assert ack_watch.overdue_ms(6_000) == 0


def test_a_new_connection_owes_nothing() -> None:
    ack_watch = AckEventWatch()
    ack_watch.acknowledged("lost", NEW, 0)
    ack_watch.forget()
    assert ack_watch.overdue_ms(60_000) == 0


def test_what_is_remembered_is_bounded() -> None:
    ack_watch = AckEventWatch()
    for number in range(5_000):
        ack_watch.acknowledged(f"a{number}", NEW, number)
        ack_watch.spoken_of(f"b{number}", NEW)
    assert len(ack_watch._awaited) == len(ack_watch._spoken) == 1_000


def test_the_silence_of_a_stream_is_counted_from_the_last_it_said() -> None:
    ack_watch = AckEventWatch()
    ack_watch.heard(2_000)
    ack_watch.heard(5_000)
    assert ack_watch.silent_ms(9_000) == 4_000
