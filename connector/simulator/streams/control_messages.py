"""What a client may say on a stream connection, and the complaints about what it may not ("Live subscribing").

    {"method": "SUBSCRIBE", "params": ["btcusdt@depth"], "id": 1}          UNSUBSCRIBE likewise
    {"method": "LIST_SUBSCRIPTIONS", "id": 2}
    {"method": "SET_PROPERTY", "params": ["combined", true], "id": 3}      GET_PROPERTY with the name alone

Complaint codes: 0 unknown property, 1 ill value, 2 ill request, 3 no JSON.
"""

from collections.abc import Callable
from dataclasses import dataclass

import ujson

SUBSCRIBE, UNSUBSCRIBE, LISTED = "SUBSCRIBE", "UNSUBSCRIBE", "LIST_SUBSCRIPTIONS"
SET_PROPERTY, GET_PROPERTY = "SET_PROPERTY", "GET_PROPERTY"
COMBINED = "combined"
UNKNOWN_PROPERTY, ILL_VALUE, ILL_REQUEST, NO_JSON = range(4)


@dataclass(frozen=True, slots=True)
class Control:
    """A well-formed message."""

    method: str
    id: object
    #: Of streams.
    names: tuple[str, ...] = ()
    #: The property's.
    value: bool = False


class IllControl(Exception):
    """A message that is refused, with the `id` it had if it had one."""

    def __init__(self, code: int, text: str, asked_id: object = None) -> None:
        super().__init__(f"{code} {text}")
        self.code, self.text, self.id = code, text, asked_id

    def reply(self) -> dict[str, object]:
        error: dict[str, object] = {"code": self.code, "msg": self.text}
        return error if self.id is None else {**error, "id": self.id}


def control_of(text: str) -> Control:
    """The message that `text` holds, or IllControl."""
    try:
        asked = ujson.loads(text)
    except ValueError:
        raise IllControl(NO_JSON, "Invalid JSON: expected value") from None
    if not isinstance(asked, dict):
        raise IllControl(ILL_REQUEST, "Invalid request: expected an object")
    asked_id = asked.get("id")
    if isinstance(asked_id, bool) or not isinstance(asked_id, int | str | None):
        raise IllControl(ILL_REQUEST, "Invalid request: request ID must be an unsigned integer")
    method = asked.get("method")
    if not isinstance(method, str):
        raise IllControl(ILL_REQUEST, "Invalid request: missing field `method`", asked_id)
    if method not in _READERS:
        known = ", ".join(f"`{name}`" for name in _READERS)
        raise IllControl(ILL_REQUEST, f"Invalid request: unknown variant `{method}`, expected one of {known}", asked_id)
    params = asked.get("params") or []
    if not isinstance(params, list):
        raise IllControl(ILL_REQUEST, "Invalid request: params is not an array", asked_id)
    return _READERS[method](method, asked_id, params)


def _with_names(method: str, asked_id: object, params: list[object]) -> Control:
    names = tuple(name for name in params if isinstance(name, str))
    if len(names) != len(params):
        raise IllControl(ILL_REQUEST, "Invalid request: stream name must be a string", asked_id)
    if not names:
        raise IllControl(ILL_REQUEST, "Invalid request: missing field `params`", asked_id)
    return Control(method, asked_id, names)


def _without(method: str, asked_id: object, params: list[object]) -> Control:
    if params:
        raise IllControl(ILL_REQUEST, "Invalid request: too many parameters", asked_id)
    return Control(method, asked_id)


def _with_property(method: str, asked_id: object, params: list[object]) -> Control:
    wanted = 2 if method == SET_PROPERTY else 1
    if not params or not isinstance(params[0], str):
        raise IllControl(ILL_REQUEST, "Invalid request: property name must be a string", asked_id)
    if params[0] != COMBINED:
        raise IllControl(UNKNOWN_PROPERTY, "Unknown property", asked_id)
    if len(params) > wanted:
        raise IllControl(ILL_REQUEST, "Invalid request: too many parameters", asked_id)
    if method == GET_PROPERTY:
        return Control(method, asked_id)
    if not isinstance(params[-1], bool):
        raise IllControl(ILL_VALUE, "Invalid value type: expected Boolean", asked_id)
    return Control(method, asked_id, value=params[-1])


_READERS: dict[str, Callable[[str, object, list[object]], Control]] = {
    SUBSCRIBE: _with_names,
    UNSUBSCRIBE: _with_names,
    LISTED: _without,
    SET_PROPERTY: _with_property,
    GET_PROPERTY: _with_property,
}
