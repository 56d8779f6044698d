"""Whether the user stream speaks of the orders that were acknowledged."""

from connector.exchange.account.ack_event_watch import AckEventWatch


def test_the_oldest_unspoken_order_counts_however_busy_the_bot_is() -> None:
    echo = AckEventWatch()
    for number in range(10):
        echo.acknowledged(f"order-{number}", 1_000 * number)
    assert echo.overdue_ms(10_000) == 10_000
    echo.spoken_of("order-0")
    assert echo.overdue_ms(10_000) == 9_000


def test_an_event_before_its_ack_is_an_echo() -> None:
    echo = AckEventWatch()
    echo.spoken_of("early")
    echo.acknowledged("early", 1_000)
    assert echo.overdue_ms(60_000) == 0


def test_a_new_connection_owes_nothing() -> None:
    echo = AckEventWatch()
    echo.acknowledged("lost", 0)
    echo.forget()
    assert echo.overdue_ms(60_000) == 0


def test_what_is_remembered_is_bounded() -> None:
    echo = AckEventWatch()
    for number in range(5_000):
        echo.acknowledged(f"a{number}", number)
        echo.spoken_of(f"b{number}")
    assert len(echo._awaited) == len(echo._spoken) == 1_000
