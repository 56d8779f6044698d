from collections.abc import Callable
from decimal import Decimal

import pytest

from connector.simulator.access.parameters import Parameters, decoded, decoded_json, whole_number
from connector.simulator.errors import VenueError


def refused(read: Callable[[], object]) -> int:
    with pytest.raises(VenueError) as refusal:
        read()
    return refusal.value.code


def test_the_query_wins_over_the_body() -> None:
    assert decoded("a=1&b=%3D", "a=2&c=3") == ({"a": "1", "b": "=", "c": "3"}, False)


@pytest.mark.parametrize(("query", "body"), [("a=1&b=2&a=1", ""), ("", "a=1&a=2"), ("a=&a=", "b=1")])
def test_a_name_that_stands_twice_in_one_place_is_told(query: str, body: str) -> None:
    assert decoded(query, body).is_repeated
    assert refused(lambda: decoded_json(query, body)) == -1101


def test_a_body_may_be_json_whose_lists_stay_json() -> None:
    assert decoded_json("a=1", '{"a": 2, "rate": 0.5, "on": true, "name": "x", "rows": [{"b": 1}]}') == {
        "a": "1",
        "rate": "0.5",
        "on": "true",
        "name": "x",
        "rows": '[{"b": 1}]',
    }
    assert decoded_json("", " [1, 2]") == {"rows": "[1, 2]"}
    assert decoded_json("a=1", "a=2&b=3") == decoded("a=1", "a=2&b=3").sent
    assert refused(lambda: decoded_json("a=1&a=2", '{"b": 1}')) == -1101
    with pytest.raises(ValueError, match="Expecting"):
        decoded_json("", "{x}")


@pytest.mark.parametrize("text", ["abc", "1e3", "0x1", "1.", ".5", "1,5", "NaN", "9" * 21])
def test_what_is_no_plain_decimal_has_illegal_characters(text: str) -> None:
    assert refused(lambda: Parameters({"price": text}).decimal("price")) == -1100


@pytest.mark.parametrize("text", ["abc", "1.0", "1e3", "+1", "--1", "٣", "9" * 19, "9" * 21])
def test_what_is_no_whole_number_is_malformed(text: str) -> None:
    assert refused(lambda: Parameters({"limit": text}).integer("limit")) == -1102
    assert whole_number(text) is None


@pytest.mark.parametrize("text", ["-1", "-9", "0", "101", str(2**63 - 1)])
def test_a_whole_number_out_of_its_range_is_not_valid(text: str) -> None:
    sent = Parameters({"size": text})
    assert refused(lambda: sent.integer("size", 1, 100)) == -1130
    assert refused(lambda: sent.optional_integer("size", 1, 100)) == -1130
    assert sent.integer("size", least=None) == int(text)


def test_no_number_is_below_zero_unless_somebody_else_judges_it() -> None:
    sent = Parameters({"startTime": "-1"})
    assert refused(lambda: sent.optional_integer("startTime")) == -1130
    assert sent.optional_integer("startTime", least=None) == -1


def test_numbers_are_read_exactly() -> None:
    sent = Parameters({"price": "60000.10", "count": "7"})
    assert (sent.decimal("price"), sent.integer("count")) == (Decimal("60000.10"), 7)


def test_missing_empty_and_unwanted_have_their_codes() -> None:
    sent = Parameters({"empty": "", "price": "1"})
    assert refused(lambda: sent.text("symbol")) == -1102
    assert refused(lambda: sent.text("empty")) == -1102
    assert refused(lambda: sent.optional("empty")) == -1105
    assert refused(lambda: sent.refuse("price")) == -1106
    assert sent.optional("symbol") is None


def test_flags_are_words() -> None:
    sent = Parameters({"yes": "TRUE", "no": "false", "ill": "1"})
    assert (sent.flag("yes"), sent.flag("no"), sent.flag("absent", default=False)) == (True, False, False)
    assert refused(lambda: sent.flag("ill")) == -1130
    assert refused(lambda: sent.flag("absent")) == -1102


def test_a_choice_outside_the_allowed_has_the_code_of_its_parameter() -> None:
    sent = Parameters({"side": "HOLD"})
    assert refused(lambda: sent.choice("side", ("BUY", "SELL"), -1117)) == -1117
    assert sent.choice("type", ("LIMIT",), -1116, "LIMIT") == "LIMIT"


@pytest.mark.parametrize(("sent", "limit"), [({}, 500), ({"limit": "1"}, 1), ({"limit": "1000"}, 1_000)])
def test_a_limit_within_what_the_venue_gives_is_taken(sent: dict[str, str], limit: int) -> None:
    assert Parameters(sent).limit(500, 1_000) == limit


@pytest.mark.parametrize(("sent", "code"), [("1001", -1130), ("0", -1130), ("-1", -1130), ("x", -1102), ("", -1105)])
def test_a_limit_beyond_what_the_venue_gives_is_refused(sent: str, code: int) -> None:
    assert refused(lambda: Parameters({"limit": sent}).limit(500, 1_000)) == code


def test_windows_turned_round_or_too_wide_are_refused() -> None:
    day_ms = 86_400_000
    assert Parameters({"startTime": "5"}).window(7) == (5, None)
    assert refused(lambda: Parameters({"startTime": "5", "endTime": "4"}).window(7)) == -1023
    wide = Parameters({"startTime": "0", "endTime": str(7 * day_ms + 1)})
    assert refused(lambda: wide.window(7)) == -4165
