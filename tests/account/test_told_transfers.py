"""A transfer has two words, a push and a line of the account book: the first one tells it, however many are equal."""

from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from connector.account.told_transfers import ToldTransfers, read_back, spelled
from connector.core.account_events import TransferEvent
from connector.core.reports import AccountReport, BalanceReport, ReportSource

D = Decimal


def _moved(at_ms: int, amount: str = "1") -> TransferEvent:
    return TransferEvent(at_ms / 1000, "USDT", D(amount), "TRANSFER")


def _push(at_ms: int, wallet: int, amount: str = "1") -> AccountReport:
    row = BalanceReport("USDT", D(wallet), D(wallet), D(amount))
    return AccountReport(ReportSource.STREAM, "DEPOSIT", at_ms, balances=(row,))


def _read(told: ToldTransfers, *lines: TransferEvent) -> list[TransferEvent]:
    """Those that a reading tells."""
    told.begin()
    new = [line for line in lines if told.is_news(line)]
    told.end()
    return new


def test_a_line_beside_its_push_is_told_already_and_one_of_another_figure_or_moment_is_not() -> None:
    told = ToldTransfers()
    assert len(told.pushed(_push(5_000, 1))) == 1
    assert _read(told, _moved(5_900)) == []
    assert _read(told, _moved(5_000, "2"), _moved(6_100)) == [_moved(5_000, "2"), _moved(6_100)]


def test_a_push_that_comes_after_its_line_was_read_tells_nothing_and_the_next_equal_one_does() -> None:
    told = ToldTransfers()
    assert _read(told, _moved(5_400)) == [_moved(5_400)]
    assert told.pushed(_push(5_000, 1)) == ()
    assert len(told.pushed(_push(5_100, 2))) == 1
    assert _read(told, _moved(5_400), _moved(5_500)) == []


def test_two_equal_pushes_of_one_moment_are_two_and_the_same_by_a_second_socket_is_one() -> None:
    told = ToldTransfers()
    assert [len(told.pushed(_push(5_000, wallet))) for wallet in (1, 2, 1, 2, 3)] == [1, 1, 0, 0, 1]
    assert _read(told, *[_moved(5_000)] * 4) == [_moved(5_000)]


def test_of_thousands_of_equal_ones_at_one_moment_each_push_stands_for_one_line() -> None:
    told = ToldTransfers()
    assert sum(len(told.pushed(_push(5_000, wallet))) for wallet in range(3_000)) == 3_000
    assert len(_read(told, *[_moved(5_000)] * 3_002)) == 2
    assert _read(told, *[_moved(5_000)] * 3_002) == [], "the next reading knows those, too"
    assert [len(told.pushed(_push(5_000, 3_000 + late))) for late in range(3)] == [0, 0, 1]


def test_one_that_was_missed_before_another_is_told_once_however_often_the_book_is_read() -> None:
    told = ToldTransfers()
    told.pushed(_push(5_000, 2))
    assert _read(told, _moved(3_000), _moved(5_000)) == [_moved(3_000)]
    assert _read(told, _moved(3_000), _moved(5_000)) == []


def test_a_push_that_comes_while_the_book_is_read_stands_for_its_line() -> None:
    told = ToldTransfers()
    told.begin()
    assert told.is_news(_moved(1_000))
    assert told.pushed(_push(1_000, 1)) == ()
    assert len(told.pushed(_push(1_200, 2))) == 1
    assert not told.is_news(_moved(1_200))
    told.end()


def test_what_no_later_line_or_push_can_name_is_forgotten_but_not_within_a_reading() -> None:
    told = ToldTransfers()
    for at_ms in (1_000, 69_500):
        told.pushed(_push(at_ms, at_ms))
    told.begin()
    told.forget(70_000)
    assert not told.is_news(_moved(1_000))
    told.end()
    told.forget(70_000)
    assert _read(told, _moved(1_000), _moved(69_500)) == [_moved(1_000)]


def test_what_an_earlier_life_told_is_known_by_what_it_wrote() -> None:
    told, earlier = ToldTransfers(), (_moved(1_000, "-2.50"), _moved(1_000, "-2.50"), _moved(1_500))
    told.recall(read_back(spelled(earlier)))
    assert _read(told, *earlier, _moved(1_500)) == [_moved(1_500)]
    assert read_back(spelled(())) == () and spelled(()), "that there is none is written, too"


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.booleans()), max_size=12), st.randoms())
def test_each_of_many_is_told_once_in_whatever_order_its_words_come(
    moves: list[tuple[int, bool, bool]], order: Random
) -> None:
    """Lost pushes too: two readings at the end tell what nobody did."""
    told, heard = ToldTransfers(), 0
    dates_ms = sorted(10_000 + 400 * at for at, _, _ in moves)
    pushes = [_push(at_ms, wallet) for wallet, at_ms in enumerate(dates_ms) if moves[wallet][1]]
    order.shuffle(pushes)
    for push in pushes:
        heard += len(told.pushed(push))
        if order.random() < 0.3:
            listed = order.randint(0, len(dates_ms))
            heard += len(_read(told, *map(_moved, dates_ms[:listed])))
    for _ in range(2):
        heard += len(_read(told, *map(_moved, dates_ms)))
    assert heard == len(dates_ms)
