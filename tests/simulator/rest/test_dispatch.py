import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.simulator.rest.dispatch import Ask, answer
from connector.simulator.rest.routes import ROUTES
from tests.companions.simulator.callers import QUIET, Caller, caller, signed


def test_an_unknown_path_has_the_venues_error_shape(call: Caller) -> None:
    reply = call.ask("GET", "/fapi/v1/nothing")
    assert reply.status == 404
    assert json.loads(reply.body) == {"code": -5000, "msg": "Path /fapi/v1/nothing, Method GET is invalid"}


def test_the_weight_used_stands_in_every_answer_but_the_funding_ones(call: Caller) -> None:
    assert call.ask("GET", "/fapi/v1/depth", symbol="BTCUSDT").headers["X-MBX-USED-WEIGHT-1M"] == "10"
    assert call.ask("GET", "/fapi/v1/depth", symbol="NOPE").headers["X-MBX-USED-WEIGHT-1M"] == "20"
    assert "X-MBX-USED-WEIGHT-1M" not in call.ask("GET", "/fapi/v1/fundingRate").headers


def test_accepted_orders_tell_how_many_there_were(call: Caller) -> None:
    row = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "price": "59000", "timeInForce": "GTC"}
    for count in ("1", "2"):
        headers = call.ask("POST", "/fapi/v1/order", **row, quantity="0.01").headers
        assert (headers["X-MBX-ORDER-COUNT-10S"], headers["X-MBX-ORDER-COUNT-1M"]) == (count, count)


def test_too_much_weight_is_answered_with_a_pause() -> None:
    call = caller(replace(QUIET, limits=True))
    statuses = [call.ask("GET", "/fapi/v1/income").status for _ in range(81)]
    assert statuses == [200] * 80 + [429]
    assert int(call.ask("GET", "/fapi/v1/ping").headers["Retry-After"]) <= 60
    call.clock.advance(60_000)
    assert call.ask("GET", "/fapi/v1/ping").status == 200


def test_who_goes_on_after_a_429_is_banned_longer_each_time() -> None:
    call = caller(replace(QUIET, limits=True, limits_times=0.01, first_ban_s=1.0))
    for ban_ms in (1_000, 4_000):
        call.clock.advance(61_000)
        statuses = [call.ask("GET", "/fapi/v1/income").status for _ in range(12)]
        assert statuses == [429] * 11 + [418]
        reply = call.ask("GET", "/fapi/v1/ping")
        body = json.loads(reply.body)
        assert body["code"] == -1003 and f"banned until {call.clock.ms + ban_ms}." in body["msg"]
        assert "Retry-After" not in reply.headers
        call.clock.advance(ban_ms)
        assert call.ask("GET", "/fapi/v1/ping").status == 429
    call.clock.advance(61_000)
    assert call.ask("GET", "/fapi/v1/ping").status == 200


def test_each_address_is_counted_and_banned_by_itself(call: Caller) -> None:
    def used(address: str) -> str:
        return answer(call.runtime, Ask("GET", "/fapi/v1/ping", "", "", None, address)).headers["X-MBX-USED-WEIGHT-1M"]

    assert [used("127.0.0.1"), used("127.0.0.1"), used("127.0.0.2")] == ["1", "2", "1"]


def test_the_funding_history_is_answered_when_the_weight_is_used_up() -> None:
    call = caller(replace(QUIET, limits=True))
    while call.ask("GET", "/fapi/v1/income").status == 200:
        pass
    statuses = [call.ask("GET", path).status for path in ("/fapi/v1/fundingRate", "/fapi/v1/fundingInfo") * 250]
    assert set(statuses) == {200}
    assert call.ask("GET", "/fapi/v1/fundingRate").status == 429


def test_a_limit_of_five_thousand_digits_is_malformed(call: Caller) -> None:
    assert call.code("GET", "/fapi/v1/depth", symbol="BTCUSDT", limit="9" * 5_000) == -1102


@pytest.mark.parametrize(("key", "code"), [(None, -2014), ("x" * 64, -2015)])
def test_a_sender_who_is_not_known_is_refused_with_401(call: Caller, key: str | None, code: int) -> None:
    reply = answer(call.runtime, Ask("GET", "/fapi/v3/balance", "", "", key))
    assert (reply.status, json.loads(reply.body)["code"]) == (401, code)


def test_a_clock_that_is_off_is_told_before_a_bad_signature(call: Caller) -> None:
    def code(text: str) -> int:
        reply = answer(call.runtime, Ask("GET", "/fapi/v3/balance", text, "", call.sender.api_key))
        return int(json.loads(reply.body)["code"])

    assert code(f"timestamp={call.clock.ms - 6_000}&signature=00") == -1021
    assert code(f"timestamp={call.clock.ms}&signature=00") == -1022
    assert code(signed(call.sender.api_secret, "recvWindow=5000")) == -1102


def test_a_skewed_clock_refuses_those_who_do_not_follow_it(call: Caller) -> None:
    call.runtime.faults.arm("clock_skew", ms=30_000)
    query = signed(call.sender.api_secret, f"timestamp={call.clock.ms}")
    reply = answer(call.runtime, Ask("GET", "/fapi/v3/balance", query, "", call.sender.api_key))
    assert json.loads(reply.body)["code"] == -1021


texts = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["BTCUSDT", "BUY", "LIMIT", "MARKET", "-1", "0", "1e9", "NaN", "true", "99999999999999999999", "GTD", "", "null"]
)
names = st.sampled_from(
    [
        "symbol", "side", "type", "quantity", "price", "timeInForce", "limit", "orderId", "origClientOrderId",
        "startTime", "endTime", "fromId", "leverage", "dualSidePosition", "recvWindow", "goodTillDate",
        "reduceOnly", "positionSide", "newClientOrderId", "priceMatch", "incomeType",
    ]
)  # fmt: skip


# Each example opens an exchange of its own: how long that takes is no matter of the answer.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(ROUTES)), st.dictionaries(names, texts, max_size=8))
def test_whatever_is_sent_is_answered_in_the_venues_shape(route: tuple[str, str], params: dict[str, str]) -> None:
    reply = caller().ask(*route, **params)
    body = json.loads(reply.body)
    if reply.status != 200:
        assert reply.status < 500 and set(body) == {"code", "msg"} and body["code"] < 0
