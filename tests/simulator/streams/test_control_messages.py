import json

import pytest

from connector.simulator.streams.control_messages import Control, IllControl, control_of


def said(**message: object) -> Control:
    return control_of(json.dumps(message))


def test_streams_are_named_in_a_list() -> None:
    assert said(method="SUBSCRIBE", params=["a@depth", "b@trade"], id=3) == Control(
        "SUBSCRIBE", 3, ("a@depth", "b@trade")
    )
    assert said(method="UNSUBSCRIBE", params=["a@depth"], id="x").id == "x"


def test_the_wrapper_is_the_one_property() -> None:
    assert said(method="SET_PROPERTY", params=["combined", True], id=1).value is True
    assert said(method="GET_PROPERTY", params=["combined"], id=1) == Control("GET_PROPERTY", 1)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"method": "SET_PROPERTY", "params": ["speed", True]}, 0),
        ({"method": "GET_PROPERTY", "params": ["speed"]}, 0),
        ({"method": "SET_PROPERTY", "params": ["combined", "true"]}, 1),
        ({"method": "SET_PROPERTY", "params": ["combined"]}, 1),
        ({"method": "SET_PROPERTY", "params": [1, True]}, 2),
        ({"method": "SET_PROPERTY", "params": ["combined", True, 1]}, 2),
        ({"method": "GET_PROPERTY", "params": ["combined", 1]}, 2),
        ({"method": "GET_PROPERTY"}, 2),
        ({"method": "LIST_SUBSCRIPTIONS", "params": ["a"]}, 2),
        ({"method": "SUBSCRIBE"}, 2),
        ({"method": "SUBSCRIBE", "params": "a@trade"}, 2),
        ({"method": "SUBSCRIBE", "params": ["a@trade", 1]}, 2),
        ({"method": "subscribe", "params": ["a@trade"]}, 2),
        ({"method": 7}, 2),
        ({}, 2),
        ([], 2),
    ],
)
def test_what_is_ill_is_refused_by_its_kind(message: object, code: int) -> None:
    if isinstance(message, dict):
        message["id"] = 5
    with pytest.raises(IllControl) as refused:
        control_of(json.dumps(message))
    assert refused.value.code == code
    assert refused.value.reply().get("id") == (5 if isinstance(message, dict) else None)


@pytest.mark.parametrize("asked_id", [True, 1.5, [1], {"a": 1}])
def test_an_id_is_a_number_or_a_word(asked_id: object) -> None:
    with pytest.raises(IllControl, match="request ID"):
        said(method="LIST_SUBSCRIPTIONS", id=asked_id)


def test_what_is_no_json_is_told_so_without_an_id() -> None:
    with pytest.raises(IllControl) as refused:
        control_of("{")
    assert refused.value.reply() == {"code": 3, "msg": "Invalid JSON: expected value"}
