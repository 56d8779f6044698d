import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.simulator.ws_api.requests import Malformed, WsRequest, request_of, signed_payload

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def test_parameters_are_text_as_in_a_query_string() -> None:
    asked = request_of('{"id":1,"method":"m","params":{"a":"x","b":true,"c":12,"d":0.10,"e":null,"f":1E-5}}')
    assert asked == WsRequest(1, "m", {"a": "x", "b": "true", "c": "12", "d": "0.10", "e": "", "f": "1E-5"})


def test_parameters_may_be_left_out() -> None:
    assert request_of('{"id":null,"method":"m"}') == WsRequest(None, "m", {})
    assert request_of('{"id":"x","method":"m","params":null}').params == {}


def test_the_payload_is_sorted_by_name_without_the_signature() -> None:
    params = {"b": "2", "signature": "s", "a": "1 ü", "B": "3"}
    assert signed_payload(params) == "B=3&a=1 ü&b=2".encode()
    assert signed_payload(params, encoded=True) == b"B=3&a=1%20%C3%BC&b=2"


@given(json_values | st.fixed_dictionaries({"id": json_values, "method": json_values, "params": json_values}))
def test_whatever_comes_is_a_request_or_malformed(value: object) -> None:
    try:
        asked = request_of(json.dumps(value))
    except Malformed as fault:
        assert fault.refusal.status == 400
    else:
        assert isinstance(signed_payload(asked.params), bytes)
        assert isinstance(signed_payload(asked.params, encoded=True), bytes)


def test_a_number_too_long_to_read_is_no_json() -> None:
    with pytest.raises(Malformed) as fault:
        request_of('{"id":' + "9" * 5_000 + "}")
    assert fault.value.refusal.code == -1135
