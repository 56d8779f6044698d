"""JSON in, meaning out; what is not as promised is unreadable and says where."""

from decimal import Decimal

import pytest

from connector.core.faults import UnreadableFault
from connector.core.figures import FigureError
from connector.wire.json_text import amount, amount_or_none, flag, parsed, read, sound_rows, word


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"<html>bad gateway</html>"])
def test_what_is_not_json_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableFault, match="unreadable balances"):
        parsed(body, "balances")


@pytest.mark.parametrize("body", [b"[]", b'{"a":null}', b'{"a":{}}', b'{"a":"x"}', b"7", b"null"])
def test_a_missing_or_odd_field_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableFault):
        read(body, "row", lambda row: amount(row, "a"))


def test_amounts_are_exact() -> None:
    assert amount({"a": "0.10000000"}, "a") == Decimal("0.1")
    assert amount_or_none({"a": ""}, "a") is None
    assert amount_or_none({}, "a") is None


def test_ids_of_any_length_stay_exact() -> None:
    assert parsed(b'{"i":1000001270850379123}', "row")["i"] == 1000001270850379123


def test_flags_come_in_several_spellings() -> None:
    assert [flag(value) for value in (True, "true", "TRUE", False, "false", 0)] == [True] * 3 + [False] * 3


def test_of_a_list_of_all_symbols_a_row_that_is_not_as_promised_takes_no_other_along() -> None:
    rows = [{"symbol": "A"}, {"symbol": 7}, None, {}, {"symbol": "B"}]
    assert sound_rows(rows, lambda row: word(row, "symbol")) == ("A", "B")
    assert sound_rows([], lambda row: word(row, "symbol")) == ()
    for nonsense in ({}, None, [{}], [1, 2]):
        with pytest.raises(FigureError):
            sound_rows(nonsense, lambda row: word(row, "symbol"))


def test_a_row_that_is_left_out_is_told_once_by_its_symbol(caplog: pytest.LogCaptureFixture) -> None:
    rows = [{"symbol": "TOLDONCEUSDT", "hours": None}, {"symbol": "B", "hours": 4}]
    for _ in range(3):
        assert sound_rows(rows, lambda row: 3_600_000 // row["hours"]) == (900_000,)
    (line,) = caplog.messages
    told = "a part has another form than it should"
    assert line == f"a row of a list of all symbols is left out: TOLDONCEUSDT: {told}"
