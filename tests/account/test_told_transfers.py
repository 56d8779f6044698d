"""A transfer that was told is told no second time by the account book's word on it, however many are equal."""

from decimal import Decimal

from connector.account.told_transfers import ToldTransfers
from connector.core.account_events import TransferEvent


def _moved(at_ms: int, amount: str = "1") -> TransferEvent:
    return TransferEvent(at_ms / 1000, "USDT", Decimal(amount), "TRANSFER")


def _told_of(told: ToldTransfers, *lines: TransferEvent) -> list[TransferEvent]:
    """Those that a reading tells, each heard at once."""
    new = []
    told.begin()
    for line in lines:
        if not told.is_told(line):
            new.append(line)
            told.hear(line)
    told.end()
    return new


def test_a_line_beside_its_push_is_told_already_and_one_of_another_figure_or_moment_is_not() -> None:
    told = ToldTransfers()
    told.hear(_moved(5_000))
    assert _told_of(told, _moved(5_900)) == []
    assert _told_of(told, _moved(5_000, "2"), _moved(6_100)) == [_moved(5_000, "2"), _moved(6_100)]


def test_of_thousands_of_equal_ones_at_one_moment_each_push_stands_for_one_line() -> None:
    told = ToldTransfers()
    for _ in range(3_000):
        told.hear(_moved(5_000))
    assert len(_told_of(told, *[_moved(5_000)] * 3_002)) == 2
    assert _told_of(told, *[_moved(5_000)] * 3_002) == [], "the next reading knows those, too"


def test_a_push_that_comes_while_the_book_is_read_stands_for_its_line() -> None:
    told = ToldTransfers()
    told.begin()
    assert not told.is_told(_moved(1_000))
    told.hear(_moved(1_000))
    told.hear(_moved(1_200))
    assert told.is_told(_moved(1_200))
    told.end()


def test_what_no_later_line_can_name_is_forgotten() -> None:
    told = ToldTransfers()
    for at_ms in (1_000, 9_500):
        told.hear(_moved(at_ms))
    told.forget(10_000)
    assert _told_of(told, _moved(1_000), _moved(10_000)) == [_moved(1_000)]
