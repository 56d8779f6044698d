"""Whether the user stream speaks of the orders that were acknowledged."""

from connector.exchange.account.ack_event_watch import AckEventWatch


def test_the_oldest_unspoken_order_counts_however_busy_the_bot_is() -> None:
    ack_watch = AckEventWatch()
    for number in range(10):
        ack_watch.acknowledged(f"order-{number}", 1_000 * number)
    assert ack_watch.overdue_ms(10_000) == 10_000
    ack_watch.spoken_of("order-0")
    assert ack_watch.overdue_ms(10_000) == 9_000


def test_an_event_before_its_ack_is_an_echo() -> None:
    ack_watch = AckEventWatch()
    ack_watch.spoken_of("early")
    ack_watch.acknowledged("early", 1_000)
    assert ack_watch.overdue_ms(60_000) == 0


def test_a_new_connection_owes_nothing() -> None:
    ack_watch = AckEventWatch()
    ack_watch.acknowledged("lost", 0)
    ack_watch.forget()
    assert ack_watch.overdue_ms(60_000) == 0


def test_what_is_remembered_is_bounded() -> None:
    ack_watch = AckEventWatch()
    for number in range(5_000):
        ack_watch.acknowledged(f"a{number}", number)
        ack_watch.spoken_of(f"b{number}")
    assert len(ack_watch._awaited) == len(ack_watch._spoken) == 1_000
