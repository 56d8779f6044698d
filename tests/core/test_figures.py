"""What comes from outside: a figure that can be used, or an error that names the field."""

from decimal import Decimal

import pytest

from connector.core.figures import (
    KNOWN,
    MOST_ID,
    MOST_TIME_MS,
    FigureError,
    count_in,
    cut,
    exact,
    time_ms,
    whole,
    word,
)


@pytest.mark.parametrize(("value", "number"), [(7, 7), ("7", 7), (0, 0), (MOST_ID, MOST_ID), (str(MOST_ID), MOST_ID)])
def test_a_whole_number_comes_as_number_or_as_digits(value: object, number: int) -> None:
    assert whole(value, "id") == number


@pytest.mark.parametrize(
    "value",
    [1.5, 7.0, True, None, "", "1.5", "1e3", "²", "٧", " 7", "1_000", [], {}, -1, "-1", 2**63, "9" * 5000, 1e400],
)
def test_what_is_no_whole_number_is_refused_by_the_fields_name(value: object) -> None:
    with pytest.raises(FigureError, match="id: "):
        whole(value, "id")


def test_bounds_belong_to_the_field() -> None:
    assert whole(-1, "lastId", -1) == -1
    with pytest.raises(FigureError, match="leverage: 0 is no whole number from 1 to 125"):
        whole(0, "leverage", 1, 125)


def test_a_time_has_at_most_thirteen_digits() -> None:
    assert time_ms(MOST_TIME_MS, "T") == MOST_TIME_MS
    for value in (-1, MOST_TIME_MS + 1):
        with pytest.raises(FigureError):
            time_ms(value, "T")


@pytest.mark.parametrize(
    ("value", "number"),
    [("0.10", "0.10"), ("-3", "-3"), (0.004, "0.004"), (5, "5"), ("1E-8", "1E-8"), ("0e-999", "0"), ("7.", "7")],
)
def test_amounts_keep_their_digits(value: object, number: str) -> None:
    assert exact(value, "q") == Decimal(number)
    assert str(exact("0.10", "q")) == "0.10"


@pytest.mark.parametrize(
    "value",
    [
        "NaN", "sNaN", "Infinity", "-inf", float("nan"), float("inf"), "1e400", "1e-400", 10**30, "9" * 5000, "", " 1",
        "+1", "1_000", "²", "٧", None, True, [], {}, b"1",
    ],
)  # fmt: skip
def test_what_is_no_finite_amount_is_refused(value: object) -> None:
    with pytest.raises(FigureError, match="q: "):
        exact(value, "q")


def test_a_sum_and_a_grid_of_the_largest_and_the_finest_raise_nothing() -> None:
    most, least = exact("9e23", "q"), exact("1e-30", "q")
    assert (most + least).is_finite() and (most * most).is_finite() and (most / least).is_finite()


def test_a_text_that_could_not_be_sent_on_is_refused() -> None:
    assert word("币安人生USDT", "s") == "币安人生USDT"
    for value in ("\ud800", "x" * 201, 7, None, ["x"]):
        with pytest.raises(FigureError, match="s: "):
            word(value, "s")


@pytest.mark.parametrize(
    ("header", "count"), [("12", 12), (" 12 ", 12), ("", None), ("²", None), ("-1", None), ("1.5", None), ("x", None)]
)
def test_a_header_states_a_count_or_none(header: str, count: int | None) -> None:
    assert count_in(header) == count


def test_a_header_of_thousands_of_digits_is_very_many() -> None:
    assert count_in("9" * 5000) == MOST_ID
    assert count_in("9" * 19, most=100) == 100


def test_what_is_told_is_no_longer_than_a_line() -> None:
    assert cut("short") == "short"
    told = cut("x" * 10_000_000)
    assert len(told) < 240 and "10000000 letters" in told
    assert cut("a\ud800b").encode() == b"a?b"


def test_amounts_are_read_alike_however_many_were_read_before() -> None:
    texts = [f"{number}.50" for number in range(10_000)]
    first = [exact(text, "p") for text in texts]
    assert [exact(text, "p") for text in texts] == first == [Decimal(text) for text in texts]
    assert str(exact("7.50", "p")) == "7.50"
    assert len(KNOWN) <= 4_096
    with pytest.raises(FigureError, match="p: 'x'"):
        exact("x", "p")
