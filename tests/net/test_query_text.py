"""Parameters as text: the quick way says what the standard encoder says."""

from urllib.parse import parse_qsl, quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.net.query_text import encoded, query_text

NAMES = st.from_regex(r"[a-zA-Z0-9]{1,12}", fullmatch=True)


@given(st.dictionaries(NAMES, st.text(max_size=30), max_size=8))
def test_any_parameters_are_spelt_as_the_standard_encoder_spells_them(params: dict[str, str]) -> None:
    assert query_text(params) == urlencode(params, quote_via=quote)


@given(st.dictionaries(NAMES, st.from_regex(r"[A-Za-z0-9._~-]*", fullmatch=True), max_size=8))
def test_plain_parameters_come_back_as_they_were(params: dict[str, str]) -> None:
    assert parse_qsl(query_text(params), keep_blank_values=True) == list(params.items())


@given(st.text(max_size=40))
def test_a_value_is_spelt_so_that_nothing_in_it_ends_it(value: str) -> None:
    assert encoded(value) == quote(value, safe="")


@pytest.mark.parametrize("value", ["a&b=c", "a b", "a+b", "币安人生USDT", "[{}]", "ﬀ", "²"])
def test_what_is_not_plain_is_encoded(value: str) -> None:
    spelt = query_text({"symbol": value, "side": "BUY"})
    assert spelt == f"symbol={quote(value, safe='')}&side=BUY"
