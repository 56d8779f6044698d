import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.core.enums import BookState
from tests.companions.market import scenes
from tests.companions.market.scenes import PAIR, PLAIN, SYMBOL, D, NewDecoder, Rows, packed


class DrivenBook:
    """One twin's book, fed with decoded facts; the sequence law is not its business."""

    def __init__(self, new_decoder: NewDecoder) -> None:
        self.decoder = new_decoder()
        self.book = self.decoder.new_book(PAIR, SYMBOL)
        self.last_id = 0

    def replace(self, bids: Rows = (), asks: Rows = (), last_id: int = 100) -> str:
        flaw: str = self.book.replace(self.decoder.decode_snapshot(scenes.snapshot(last_id, bids, asks)))
        return flaw

    def apply(self, bids: Rows = (), asks: Rows = (), last_id: int | None = None) -> str:
        last_id = self.book.last_diff_uid + 1 if last_id is None else last_id
        frame = packed(scenes.depth(last_id, last_id, 0, bids=bids, asks=asks))
        flaw: str = self.book.apply(self.decoder.decode(frame))
        return flaw

    def ticker(self, update_id: int, bid: str, ask: str) -> bool:
        news: bool = self.book.apply_ticker(self.decoder.decode(packed(scenes.ticker(update_id, bid, "5", ask, "6"))))
        return news


@pytest.fixture
def driven(new_decoder: NewDecoder) -> DrivenBook:
    driven = DrivenBook(new_decoder)
    driven.replace([("7.611", "6"), ("7.608", "161")], [("7.615", "10"), ("7.616", "267")])
    return driven


def test_a_new_book_is_empty_and_says_so(new_decoder: NewDecoder) -> None:
    book = DrivenBook(new_decoder).book
    assert (book.trading_pair, book.symbol, book.state) == (PAIR, SYMBOL, BookState.AWAITING_SNAPSHOT)
    assert (book.best_bid, book.best_ask, book.touch_bid, book.touch_ask) == (None, None, None, None)
    assert all(math.isnan(number) for number in (*book.top, book.get_price(True), book.last_trade_price))
    assert (book.levels(True, 5), list(book.bid_entries()), book.valid_depth) == ([], [], (None, None))
    assert (book.snapshot_uid, book.last_diff_uid) == (0, 0)


def test_the_best_stands_first_on_both_sides(driven: DrivenBook) -> None:
    book = driven.book
    assert book.best_bid == (D("7.611"), D(6))
    assert book.best_ask == (D("7.615"), D(10))
    assert book.top == (7.611, 6.0, 7.615, 10.0)
    assert (book.get_price(True), book.get_price(False)) == (7.615, 7.611)
    assert book.levels(True, 9) == [(D("7.611"), D(6)), (D("7.608"), D(161))]
    assert book.levels(False, 1) == [(D("7.615"), D(10))]
    assert (book.levels(False, 0), book.levels(False, -1)) == ([], [])
    assert (book.snapshot_uid, book.last_diff_uid) == (100, 100)


def test_rows_carry_the_id_as_of_which_the_book_stands(driven: DrivenBook) -> None:
    driven.apply(bids=[("7.612", "1")], last_id=107)
    rows = [tuple(row) for row in driven.book.bid_entries()]
    assert rows == [(7.612, 1.0, 107), (7.611, 6.0, 107), (7.608, 161.0, 107)]
    assert [row.price for row in driven.book.ask_entries()] == [7.615, 7.616]


def test_rows_never_read_past_a_book_that_shrinks_while_they_are_read(new_decoder: NewDecoder) -> None:
    driven = DrivenBook(new_decoder)
    driven.replace([(str(price), "1") for price in range(1, 50)])
    rows = driven.book.bid_entries()
    assert next(rows).price == 49.0
    driven.apply(bids=[(str(price), "0") for price in range(2, 50)])
    assert [row.price for row in rows] == []


def test_amounts_are_absolute_and_zero_deletes(driven: DrivenBook) -> None:
    assert driven.apply(bids=[("7.611", "0"), ("7.608", "5"), ("7.000", "0")], asks=[("7.6155", "3")]) == ""
    assert driven.book.levels(True, 9) == [(D("7.608"), D(5))]
    assert driven.book.best_ask == (D("7.615"), D(10))
    assert driven.book.levels(False, 2)[1] == (D("7.6155"), D(3))


def test_the_last_of_two_changes_of_one_level_counts(driven: DrivenBook) -> None:
    driven.apply(bids=[("7.612", "1"), ("7.612", "0"), ("7.611", "8"), ("7.611", "9")])
    assert driven.book.best_bid == (D("7.611"), D(9))


def test_a_side_may_become_empty_and_fill_again(driven: DrivenBook) -> None:
    driven.apply(asks=[("7.615", "0"), ("7.616", "0")])
    assert (driven.book.best_ask, driven.book.best_bid) == (None, (D("7.611"), D(6)))
    assert math.isnan(driven.book.get_price(True))
    driven.apply(asks=[("7.7", "1")])
    assert driven.book.best_ask == (D("7.7"), D(1))


def test_prices_off_the_old_grid_rescale_the_book_in_place(driven: DrivenBook) -> None:
    driven.apply(bids=[("7.6115555", "0.25")])
    assert driven.book.levels(True, 3) == [(D("7.6115555"), D("0.25")), (D("7.611"), D(6)), (D("7.608"), D(161))]
    driven.apply(bids=[("7.61155550", "0.0")])
    assert driven.book.best_bid == (D("7.611"), D(6))
    assert driven.book.top == (7.611, 6.0, 7.615, 10.0)


def test_fewer_decimals_than_the_last_name_the_same_level(driven: DrivenBook) -> None:
    driven.apply(bids=[("7.6100", "1.500")])
    driven.apply(bids=[("7.61", "2")])
    assert driven.book.levels(True, 9) == [(D("7.611"), D(6)), (D("7.61"), D(2)), (D("7.608"), D(161))]


def test_prices_may_lie_far_apart(new_decoder: NewDecoder) -> None:
    driven = DrivenBook(new_decoder)
    driven.replace([("560", "1"), ("61800.20", "2.909")], [("61800.30", "2.5"), ("621368.1", "0.001")])
    assert driven.book.valid_depth == (D(560), D("621368.1"))
    assert driven.book.levels(True, 2) == [(D("61800.2"), D("2.909")), (D(560), D(1))]
    assert driven.book.levels(False, 2) == [(D("61800.3"), D("2.5")), (D("621368.1"), D("0.001"))]


def test_valid_depth_is_the_reach_of_the_snapshot_whatever_was_touched_since(driven: DrivenBook) -> None:
    driven.apply(bids=[("1.00001", "1")], asks=[("99", "1")])
    assert driven.book.valid_depth == (D("7.608"), D("7.616"))


def test_a_snapshot_replaces_all_levels_and_the_scale(driven: DrivenBook) -> None:
    driven.apply(bids=[("7.6115555", "0.25")])
    driven.replace([("5", "1")], [("6", "1")], last_id=200)
    assert driven.book.levels(True, 9) == [(D(5), D(1))]
    assert (driven.book.snapshot_uid, driven.book.last_diff_uid) == (200, 200)


def test_levels_of_amount_zero_in_a_snapshot_are_none(new_decoder: NewDecoder) -> None:
    driven = DrivenBook(new_decoder)
    driven.replace([("5", "0"), ("4", "1")])
    assert driven.book.levels(True, 9) == [(D(4), D(1))]


@pytest.mark.parametrize(("bid", "ask"), [("7.615", "9"), ("7.700", "9"), ("1", "7.611"), ("1", "7.5")])
def test_a_crossed_book_is_a_flaw(driven: DrivenBook, bid: str, ask: str) -> None:
    assert "not below" in driven.apply(bids=[(bid, "1")], asks=[(ask, "1")])


def test_a_number_too_long_for_the_scale_leaves_the_book_as_it_was(driven: DrivenBook) -> None:
    before = driven.book.state_hash()
    assert "18 digits" in driven.apply(bids=[("7.61", "1"), ("0.000000000000000001", "1")])
    assert "18 digits" in driven.apply(bids=[("7.1", "9"), ("123456789012345678", "1")])
    assert "18 digits" in driven.apply(bids=[("7.1", "100000000000000000"), ("7.2", "0.01")])
    assert (driven.book.state_hash(), driven.book.last_diff_uid) == (before, 100)
    assert "18 digits" in driven.replace([("123456789012345678", "1"), ("0.1", "1")])
    assert (driven.book.state_hash(), driven.book.snapshot_uid) == (before, 100)


@pytest.mark.parametrize(
    ("standing", "finer"),
    [(("1", "100000000000000000"), ("2", "0.01")), (("100000000000000000", "1"), ("2.01", "1"))],
    ids=["amount", "price"],
)
def test_a_level_that_stands_is_never_rescaled_past_its_digits(
    new_decoder: NewDecoder, standing: tuple[str, str], finer: tuple[str, str]
) -> None:
    driven = DrivenBook(new_decoder)
    driven.replace([standing])
    assert "18 digits" in driven.apply(bids=[finer])
    assert driven.book.levels(True, 9) == [(D(standing[0]), D(standing[1]))]


def test_a_newer_ticker_is_the_touch_until_depth_has_caught_up(driven: DrivenBook) -> None:
    book = driven.book
    assert driven.ticker(105, "7.6125", "7.614")
    assert book.top == (7.6125, 5.0, 7.614, 6.0)
    assert (book.touch_bid, book.touch_ask) == ((D("7.6125"), D(5)), (D("7.614"), D(6)))
    assert (book.get_price(True), book.get_price(False)) == (7.614, 7.6125)
    assert book.best_bid == (D("7.611"), D(6))
    driven.apply(bids=[("7.612", "1")], last_id=104)
    assert book.touch_bid == (D("7.6125"), D(5))
    driven.apply(bids=[("7.612", "2")], last_id=105)
    assert book.touch_bid == book.best_bid == (D("7.612"), D(2))


def test_an_older_ticker_is_no_news(driven: DrivenBook) -> None:
    assert not driven.ticker(100, "7.6", "7.7")
    assert driven.ticker(106, "7.612", "7.614")
    assert not driven.ticker(105, "7.6", "7.7")
    assert not driven.ticker(106, "7.6", "7.7")
    assert driven.book.get_price(False) == 7.612


def test_a_ticker_of_an_empty_side_empties_the_touch(driven: DrivenBook) -> None:
    driven.ticker(105, "0.00", "7.614")
    assert driven.book.touch_bid is None
    assert all(math.isnan(number) for number in driven.book.top[:2])
    assert math.isnan(driven.book.get_price(False))


def test_after_a_lost_socket_any_ticker_ahead_of_depth_is_news(driven: DrivenBook) -> None:
    driven.ticker(900, "7.6125", "7.614")
    driven.book.drop_ticker()
    assert driven.book.touch_bid == (D("7.611"), D(6))
    assert driven.ticker(500, "7.612", "7.614")


def test_the_hash_is_of_levels_and_nothing_of_their_history(driven: DrivenBook, new_decoder: NewDecoder) -> None:
    before = driven.book.state_hash()
    driven.apply(bids=[("7.6115555", "0.25")])
    assert driven.book.state_hash() != before
    driven.apply(bids=[("7.6115555", "0")])
    assert driven.book.state_hash() == before
    turned = DrivenBook(new_decoder)
    turned.replace([("7.615", "10"), ("7.616", "267")], [("7.620", "6")])
    assert turned.book.state_hash() != before


PRICES = st.integers(1, 10**9).map(str) | st.decimals("0.0001", "999999", places=4).map(str)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["1", "1.5", "1.50", "2", "2.000001", "3", "560", "621368", "61800.20"]) | PRICES,
        st.sampled_from(["0", "0.000", "1", "2.5", "1000000"]) | st.decimals("0", "1e9", places=3).map("{:f}".format),
    ),
    max_size=30,
)


@settings(max_examples=200, deadline=None)
@given(ROWS, st.lists(ROWS, max_size=5))
def test_both_twins_and_a_plain_dictionary_hold_the_same_levels(
    first: list[tuple[str, str]], later: list[list[tuple[str, str]]]
) -> None:
    compiled = scenes.compiled_decoder()
    if compiled is None:
        pytest.skip("the compiled twin was not built: there is nothing to compare")
    desks = DrivenBook(PLAIN), DrivenBook(compiled)
    model: dict[Any, Any] = {}
    for number, rows in enumerate([first, *later]):
        for driven in desks:
            if number:
                driven.apply(bids=rows, asks=())
            else:
                driven.replace(rows)
        for price, amount in rows:
            model[D(price)] = D(amount)
        want = sorted(((price, amount) for price, amount in model.items() if amount), reverse=True)
        for driven in desks:
            assert driven.book.levels(True, 10_000) == want
            assert [row[:2] for row in driven.book.bid_entries()] == [(float(p), float(a)) for p, a in want]
        assert desks[0].book.state_hash() == desks[1].book.state_hash()
