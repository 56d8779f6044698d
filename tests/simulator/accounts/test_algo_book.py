from collections import deque

import pytest

from connector.simulator.accounts import algo_book
from connector.simulator.accounts.algo_book import AlgoBook
from connector.simulator.accounts.algo_orders import AlgoOrder, AlgoRequest, Turn
from connector.simulator.market.orders import BUY, Condition


def taken(book: AlgoBook, algo_id: int, client_id: str = "c", symbol: str = "BTCUSDT") -> AlgoOrder:
    request = AlgoRequest(symbol, BUY, "STOP_MARKET")
    order = AlgoOrder(algo_id, 1, client_id, request, Condition("STOP_MARKET"), 0, 1, False, 0, algo_id, algo_id)
    book.take(order)
    return order


def test_an_order_is_found_by_either_id_and_the_latest_has_the_client_id() -> None:
    book = AlgoBook()
    first, second = taken(book, 1), taken(book, 2)
    assert (book.find(1, None), book.find(None, "c"), book.find(1, "c")) == (first, second, first)
    assert book.find(3, None) is None and book.find(None, "d") is None


def test_open_orders_are_of_one_symbol_or_of_all() -> None:
    book = AlgoBook()
    first, second = taken(book, 1), taken(book, 2, symbol="ETHUSDT")
    assert book.open_of(None) == [first, second] and book.open_of("ETHUSDT") == [second]
    book.drop(first)
    assert (book.open_of(None), book.open_count) == ([second], 1)


def test_a_client_id_is_taken_while_its_order_is_open() -> None:
    book = AlgoBook()
    order = taken(book, 1)
    assert book.is_taken("c") and not book.is_taken("d")
    order.turn(Turn.CANCELLED, 9)
    book.drop(order)
    assert not book.is_taken("c")


def test_the_oldest_ended_orders_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(algo_book, "MOST_KEPT", 2)
    book, kept = AlgoBook(), deque[int]()
    for algo_id in range(1, 6):
        book.drop(taken(book, algo_id, f"c{algo_id}"))
        kept.append(algo_id)
    assert [algo_id for algo_id in kept if book.find(algo_id, None)] == [4, 5]
    assert book.find(None, "c1") is None
