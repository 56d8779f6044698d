"""Frames of the WS-API, read as REST's answers; nothing that a frame says is an exception of the reader."""

import json

import pytest

from connector.net.ws_replies import reply_of
from connector.venue.error_codes import rule_for_answer

LIMITS = [
    {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": 300, "count": 7},
    {"rateLimitType": "ORDERS", "interval": "MINUTE", "intervalNum": 1, "limit": 1200, "count": 41},
    {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 2400, "count": 99},
]


def frame(**terms: object) -> bytes:
    return json.dumps({"id": 3, "status": 200, **terms}).encode()


def test_a_result_is_the_body_and_the_counts_stand_under_rests_names() -> None:
    reply = reply_of(frame(result={"symbol": "龙虾USDT", "orderId": 2**62}, rateLimits=LIMITS))
    assert reply.id == 3
    assert reply.answer is not None
    assert json.loads(reply.answer.body) == {"symbol": "龙虾USDT", "orderId": 2**62}
    assert reply.answer.headers == {
        "X-MBX-ORDER-COUNT-10S": "7", "X-MBX-ORDER-COUNT-1M": "41", "X-MBX-USED-WEIGHT-1M": "99"
    }  # fmt: skip


COMPACT = json.dumps(
    {"id": 3, "status": 200, "result": {"a": [1, {"rateLimits": "x"}], "b": '币"'}, "rateLimits": LIMITS},
    separators=(",", ":"),
    ensure_ascii=False,
)


@pytest.mark.parametrize(
    "text",
    [
        COMPACT,
        COMPACT.replace('"result":', '"result": '),
        COMPACT.replace('{"id":3,"status":200,', '{"status":200,"id":3,'),
        COMPACT[:-1] + ',"more":1}',
        COMPACT.replace(',"rateLimits":[{', ',"more":{"rateLimits":1},"rateLimits":[{'),
        COMPACT[: COMPACT.rindex(',"rateLimits"')] + "}",
    ],
    ids=["usual", "blanks", "another order", "more behind", "more between", "no limits"],
)
def test_a_result_is_the_same_however_its_frame_is_written(text: str) -> None:
    reply = reply_of(text.encode())
    assert reply.answer is not None
    assert json.loads(reply.answer.body) == json.loads(text)["result"]


def test_a_result_that_is_told_twice_is_no_other_orders() -> None:
    twice = COMPACT.replace('"result":{', '"result":{"mine":1},"result":{', 1)
    reply = reply_of(twice.encode())
    assert reply.answer is not None
    with pytest.raises(ValueError):
        json.loads(reply.answer.body)


def test_the_end_of_a_silence_is_told_in_seconds_from_now() -> None:
    data = {"serverTime": 1_700_000_000_000, "retryAfter": 1_700_000_012_300}
    reply = reply_of(frame(status=429, error={"code": -1003, "msg": "x", "data": data}))
    assert reply.answer is not None
    assert reply.answer.headers == {"Retry-After": "13"}


@pytest.mark.parametrize(
    ("status", "error"),
    [(503, {"msg": "Service Unavailable."}), (408, {"msg": "Request Timeout."}), (400, {"code": -2019, "msg": "m"})],
)
def test_an_error_is_judged_by_the_rules_of_rest(status: int, error: dict[str, object]) -> None:
    reply = reply_of(frame(status=status, error=error))
    assert reply.answer is not None
    assert reply.answer.status == status
    assert json.loads(reply.answer.body) == error
    text = reply.answer.body.decode()
    by_rest = rule_for_answer(status, int(str(error.get("code", 0))), json.dumps(error), is_write=True)
    assert rule_for_answer(status, int(str(error.get("code", 0))), text, is_write=True) == by_rest


@pytest.mark.parametrize(
    "limits",
    [5, "x", [5], [{"interval": []}], [{**LIMITS[0], "intervalNum": "x"}], [{**LIMITS[0], "interval": "EON"}]]
    + [[{**LIMITS[0], "intervalNum": number}] for number in (0, -10, 10**18, None, True, 1.5, [])]
    + [[{name: value for name, value in LIMITS[0].items() if name != "intervalNum"}]],
)
def test_limits_that_make_no_sense_spoil_no_answer(limits: object) -> None:
    reply = reply_of(frame(result={}, rateLimits=limits))
    assert reply.answer is not None
    assert reply.answer.headers == {}


def test_a_limit_that_is_not_known_is_left_out_with_one_line_and_the_others_count(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for count in (1, 2, 3):
        moons = {**LIMITS[0], "rateLimitType": "MOONS", "count": count}
        reply = reply_of(frame(result={}, rateLimits=[moons, LIMITS[2]]))
        assert reply.answer is not None
        assert reply.answer.headers == {"X-MBX-USED-WEIGHT-1M": "99"}
    assert caplog.text.count("MOONS") == 1


@pytest.mark.parametrize(
    "terms",
    [
        {"status": "200", "result": {}},
        {"status": 0, "error": {}},
        {"status": 10**9, "error": {}},
        {"status": 200},
        {"status": 400},
        {"status": None, "result": {}},
    ],
)
def test_what_is_no_answer_is_none_to_its_request_alone(terms: dict[str, object]) -> None:
    assert reply_of(frame(**terms)).id == 3
    assert reply_of(frame(**terms)).answer is None


@pytest.mark.parametrize(
    "text",
    [
        b"", b"{", b"null", b"5", b"[]", b'"x"', b"\xff\xfe", b'{"id":' * 100_000, b"<html>502</html>",
        b'{"id":1e400,"status":200,"result":{}}', b'{"id":true,"status":200,"result":{}}',
        b'{"id":"\\ud800","status":200,"result":{}}', b'{"id":1.0,"status":200,"result":{}}',
        b'{"id":null,"status":401,"error":{"code":-2015,"msg":"x"}}',
    ],
)  # fmt: skip
def test_what_names_no_request_is_nobodys(text: bytes) -> None:
    reply = reply_of(text)
    assert reply.id is None
    assert not reply.is_event


@pytest.mark.parametrize("result", [b'"\\ud800"', b"1e400", b"NaN", b"[" * 5_000 + b"]" * 5_000])
def test_a_result_of_nonsense_is_read_or_is_no_answer(result: bytes) -> None:
    reply = reply_of(b'{"id":3,"status":200,"result":%b}' % result)
    assert reply.id in (None, 3)


def test_an_event_of_the_venues_own_is_no_answer() -> None:
    assert reply_of(b'{"event":{"e":"serverShutdown","E":1}}').is_event
    assert reply_of(b'{"e":"serverShutdown","E":1}').is_event
