"""The restart's table, in words."""

from decimal import Decimal

from connector.core.reports import OrderStatus
from connector.exchange.network.restart_table import Outcome, RestartRow, RestartTable, Whose, row_of_end, words_of
from tests.companions.orders.scenes import fill, report, tracked, tracker


def test_the_headline_counts_what_was_done() -> None:
    table = RestartTable(2, trades_told=3, positions=(("BTCUSDT", Decimal("-0.010")),))
    table.rows += [
        RestartRow(Whose.OWN, "BTCUSDT", "a", "BUY 1 at 2", Outcome.CANCELLED),
        RestartRow(Whose.OWN, "BTCUSDT", "b", "BUY 1 at 2", Outcome.RESOLVED),
        RestartRow(Whose.FOREIGN, "BTCUSDT", "c", "BUY 1 at 2", Outcome.KEPT),
        RestartRow(Whose.FOREIGN, "BTCUSDT", "d", "BUY 1 at 2", Outcome.KEPT),
    ]
    assert table.headline == (
        "restart after 2 earlier lives: orders 2 kept, 1 cancelled, 1 resolved; positions BTCUSDT -0.01; "
        "3 fills and 0 funding payments told that nobody had heard of"
    )


def test_a_first_life_that_finds_nothing_has_nothing_to_say() -> None:
    assert not RestartTable(0).says_something
    assert RestartTable(1).says_something
    assert RestartTable(1).headline == "restart after 1 earlier life: orders none; positions none"


def test_an_order_that_ended_says_how_much_of_it_was_filled() -> None:
    desk = tracker()
    order = tracked(desk)
    desk.apply(report(OrderStatus.NEW), 1)
    desk.apply(report(OrderStatus.CANCELED, fill("1", "2"), executed="2"), 2)
    row = row_of_end(order, Outcome.RESOLVED)
    assert (row.order, row.detail) == ("BUY 3 at 100", "canceled, 2 filled")


def test_an_order_of_which_a_list_tells_little_is_still_named() -> None:
    assert words_of(report(OrderStatus.NEW)) == "order of ?"
