"""A reader's copy of a book, kept by what the export tells: after each reading it is the book, level by level."""

import random
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.companions.market.scenes import PLAIN, NewDecoder, Rows, compiled_decoder
from tests.market.test_order_book import DrivenBook, driven

__all__ = ["driven"]

Levels = dict[float, float]


def rows_of(packed: bytes) -> list[tuple[float, float, float]]:
    numbers = array("d")
    numbers.frombytes(packed)
    return list(zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True))


class Copy:
    """What a reader keeps of a book."""

    def __init__(self, book: object) -> None:
        self.export = book.level_export()  # type: ignore[attr-defined]
        self.sides: tuple[Levels, Levels] = ({}, {})

    def read(self) -> str:
        """How it was told: whole, or by changes."""
        told = self.export.changes()
        how = "whole" if told is None else "changes"
        if told is None:
            told = self.export.whole()
            self.sides = ({}, {})
        for side, packed in zip(self.sides, told, strict=True):
            for price, amount, _ in rows_of(packed):
                if amount:
                    side[price] = amount
                else:
                    del side[price]
        return how


def levels_of(book: object) -> tuple[Levels, Levels]:
    rows = book.bid_entries(), book.ask_entries()  # type: ignore[attr-defined]
    bids, asks = ({row.price: row.amount for row in side} for side in rows)
    return bids, asks


def test_the_first_reading_is_whole_and_the_next_tells_only_what_changed(driven: DrivenBook) -> None:
    export = driven.book.level_export()
    assert export.changes() is None
    bids, asks = export.whole()
    assert rows_of(bids) == [(7.608, 161.0, 100.0), (7.611, 6.0, 100.0)]
    assert rows_of(asks) == [(7.616, 267.0, 100.0), (7.615, 10.0, 100.0)]
    assert export.changes() == (b"", b"")
    driven.apply(bids=[("7.611", "0"), ("7.612", "2"), ("7.608", "161")], asks=[("7.615", "11")], last_id=107)
    bids, asks = export.changes()
    assert rows_of(bids) == [(7.611, 0.0, 107.0), (7.612, 2.0, 107.0)]
    assert rows_of(asks) == [(7.615, 11.0, 107.0)]


def test_a_new_snapshot_is_told_whole(driven: DrivenBook) -> None:
    copy = Copy(driven.book)
    copy.read()
    driven.replace([("7.5", "1")], [("7.7", "2")], last_id=500)
    assert (copy.read(), copy.sides) == ("whole", ({7.5: 1.0}, {7.7: 2.0}))


def test_a_finer_tick_changes_no_level_that_stands(driven: DrivenBook) -> None:
    copy = Copy(driven.book)
    copy.read()
    driven.apply(bids=[("7.61105", "1.25")])
    assert copy.read() == "changes"
    assert copy.sides == levels_of(driven.book)


def test_two_readers_do_not_know_of_each_other(driven: DrivenBook) -> None:
    one, other = Copy(driven.book), Copy(driven.book)
    one.read()
    driven.apply(bids=[("7.612", "2")])
    assert (one.read(), other.read()) == ("changes", "whole")
    assert one.sides == other.sides == levels_of(driven.book)


def test_levels_far_from_the_touch_are_told_too(new_decoder: NewDecoder) -> None:
    driven = DrivenBook(new_decoder)
    driven.replace([("0.01", "3"), ("60000", "1")], [("60001", "1"), ("999999", "4")])
    copy = Copy(driven.book)
    copy.read()
    driven.apply(bids=[("0.01", "0"), ("0.02", "1")], asks=[("60001", "0")])
    copy.read()
    assert copy.sides == levels_of(driven.book) == ({0.02: 1.0, 60000.0: 1.0}, {999999.0: 4.0})


PRICES = st.sampled_from([f"{price}{tail}" for price in range(90, 110) for tail in ("", ".5", ".25")])
CHANGES = st.lists(st.tuples(PRICES, st.sampled_from(["0", "1", "2.5", "0.125"])), max_size=12)


@given(steps=st.lists(st.tuples(CHANGES, st.booleans()), max_size=8))
@settings(max_examples=60)
def test_both_twins_tell_the_same_bytes(steps: list[tuple[Rows, bool]]) -> None:
    compiled = compiled_decoder()
    if compiled is None:
        pytest.skip("the compiled twin was not built")
    books = [DrivenBook(PLAIN), DrivenBook(compiled)]
    copies = []
    for one in books:
        one.replace([("80", "1")], [("120", "1")])
        copies.append(Copy(one.book))
    for changes, reads in steps:
        for one in books:
            bids = [row for row in changes if float(row[0]) < 100]
            one.apply(bids=bids, asks=[row for row in changes if float(row[0]) >= 100])
        if reads:
            plain, compiled = (copy.export.changes() or copy.export.whole() for copy in copies)
            assert plain == compiled
    for copy, one in zip(copies, books, strict=True):
        copy.export.whole()
        assert copy.export.changes() == (b"", b"")
        fresh = Copy(one.book)
        fresh.read()
        assert fresh.sides == levels_of(one.book)


@pytest.mark.parametrize("seed", range(6))
def test_hundreds_of_levels_that_lie_far_out_are_told_alike_by_both_twins(seed: int) -> None:
    # The table of what lies far out moves its rows as levels come and go, and the window follows a price that runs.
    compiled = compiled_decoder()
    if compiled is None:
        pytest.skip("the compiled twin was not built")
    chance = random.Random(seed)
    books = [DrivenBook(PLAIN), DrivenBook(compiled)]
    copies = []
    for one in books:
        one.replace([("600.0", "1")], [("600.1", "1")])
        copies.append(Copy(one.book))
        copies[-1].read()
    touch = 6000
    for step in range(120):
        touch += chance.choice([0, 0, 0, 0, 0, chance.randrange(-40, 40), 900 * (step % 40 == 39)])
        far = 5900 if step % 3 else 300
        bids = {touch - chance.randrange(far): chance.choice(["0", "1", "2", "3"]) for _ in range(chance.randrange(30))}
        asks = {touch + 1 + chance.randrange(4 * far): chance.choice(["0", "4"]) for _ in range(chance.randrange(30))}
        for one in books:
            gone = [(f"{row.price}", "0") for row in one.book.ask_entries() if row.price * 10 <= touch]
            told = [(f"{key / 10}", amount) for key, amount in asks.items()]
            one.apply(bids=[(f"{key / 10}", amount) for key, amount in bids.items() if key > 0], asks=[*gone, *told])
        plain, other = (copy.export.changes() for copy in copies)
        assert plain is not None
        assert plain == other
        for side, packed in zip(copies[0].sides, plain, strict=True):
            for price, amount, _ in rows_of(packed):
                side.pop(price, None)
                if amount:
                    side[price] = amount
    assert copies[0].sides == levels_of(books[1].book)
    assert sum(map(len, copies[0].sides)) > 500
