import json
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest

from connector.simulator.access.api_keys import ApiKey
from connector.simulator.access.signatures import KeyKind, Rights, hmac_hex, new_pair
from tests.companions.simulator.callers import QUIET, START_MS, Caller, caller
from tests.companions.simulator.listeners import Listener
from tests.companions.simulator.ws_callers import BUY, WsCaller, ws_signed


@pytest.fixture
def ws(call: Caller) -> WsCaller:
    return WsCaller(call)


def logged_on(call: Caller, rights: Rights | None = None) -> tuple[WsCaller, Any]:
    """A connection logged on with an Ed25519 key, and what the logon answered."""
    sender = call.runtime.admit(Decimal(1_000), new_pair(KeyKind.ED25519), rights)
    ws = WsCaller(call, sender)
    return ws, ws("session.logon")


def test_an_answer_carries_the_requests_id_and_the_weight_used(ws: WsCaller) -> None:
    assert ws.raw('{"id":"a-1","method":"time"}') == {
        "id": "a-1",
        "status": 200,
        "result": {"serverTime": START_MS},
        "rateLimits": [
            {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 2400, "count": 1}
        ],
    }


def test_an_order_over_the_socket_is_the_order_of_rest(ws: WsCaller) -> None:
    reply = ws("order.place", **BUY, newClientOrderId="mine")
    ack = ws.call("GET", "/fapi/v1/order", symbol="BTCUSDT", origClientOrderId="mine")
    assert (reply["status"], reply["result"]["orderId"]) == (200, ack["orderId"])
    assert {row["rateLimitType"]: row["count"] for row in reply["rateLimits"]} == {"ORDERS": 1, "REQUEST_WEIGHT": 0}
    status = ws("order.status", symbol="BTCUSDT", orderId=ack["orderId"])["result"]
    assert status == ack
    cancelled = ws("order.cancel", symbol="BTCUSDT", orderId=ack["orderId"])["result"]
    assert cancelled["status"] == "CANCELED"
    assert ws.code("order.cancel", symbol="BTCUSDT", orderId=ack["orderId"]) == -2011


def test_its_owner_hears_of_it_before_the_answer(ws: WsCaller) -> None:
    key = ws.unsigned("userDataStream.start", apiKey=ws.sender.api_key)["result"]["listenKey"]
    listener = Listener(ws.call.runtime.hub, key)
    ws("order.place", **BUY)
    assert [event["o"]["X"] for event in listener.received()] == ["NEW"]


def test_listen_keys_need_the_key_alone_and_are_those_of_rest(ws: WsCaller) -> None:
    key = ws.sender.api_key
    listen_key = ws.unsigned("userDataStream.start", apiKey=key)["result"]["listenKey"]
    assert ws.call("POST", "/fapi/v1/listenKey")["listenKey"] == listen_key
    assert ws.unsigned("userDataStream.ping", apiKey=key)["result"]["listenKey"] == listen_key
    assert ws.unsigned("userDataStream.stop", apiKey=key)["result"] == {}
    assert ws.unsigned("userDataStream.ping", apiKey=key)["error"]["code"] == -1125


@pytest.mark.parametrize("kind", [None, KeyKind.RSA, KeyKind.ED25519])
def test_each_request_is_signed_by_a_key_of_any_kind(call: Caller, kind: KeyKind | None) -> None:
    sender = call.runtime.admit(Decimal(1_000), new_pair(kind) if kind else None)
    ws = WsCaller(call, sender)
    assert ws("v2/account.balance")["status"] == 200
    ill = ws_signed(sender, {"timestamp": START_MS}) | {"recvWindow": 4_000}
    assert ws.unsigned("v2/account.balance", **ill)["error"]["code"] == -1022


def test_numbers_are_signed_in_the_digits_they_came_in(ws: WsCaller) -> None:
    params = {**BUY, "apiKey": ws.sender.api_key, "timestamp": START_MS, "quantity": "0.010"}
    payload = "&".join(f"{name}={params[name]}" for name in sorted(params))
    params["signature"] = hmac_hex(ws.sender.api_secret, payload.encode())
    text = json.dumps({"id": 1, "method": "order.place", "params": params}).replace('"0.010"', "0.010")
    assert '"quantity": 0.010,' in text
    assert ws.raw(text)["result"]["origQty"] == "0.010"


@pytest.mark.parametrize("is_encoded", [True, False])
def test_values_may_be_signed_as_they_are_or_percent_encoded(ws: WsCaller, is_encoded: bool) -> None:
    params = {"apiKey": ws.sender.api_key, "symbol": "币安USDT", "orderId": 1, "timestamp": START_MS}
    shown = {name: quote(str(value), safe="") if is_encoded else value for name, value in params.items()}
    payload = "&".join(f"{name}={shown[name]}" for name in sorted(shown))
    params["signature"] = hmac_hex(ws.sender.api_secret, payload.encode())
    assert ws.unsigned("order.status", **params)["error"]["code"] == -1121


@pytest.mark.parametrize(
    ("text", "id", "code"),
    [
        ("", None, -1135),
        ("[1]", None, -1135),
        ('{"id":1', None, -1135),
        ('{"id":NaN,"method":"ping"}', None, -1135),
        ("[" * 30_000, None, -1135),
        ('{"id":1.5,"method":"ping"}', None, -1102),
        ('{"id":[1],"method":"ping"}', None, -1102),
        ('{"id":true,"method":"ping"}', None, -1102),
        ('{"id":99999999999999999999,"method":"ping"}', None, -1102),
        ('{"id":1}', 1, -1102),
        ('{"id":1,"method":5}', 1, -1102),
        ('{"id":1,"method":"ping","params":[]}', 1, -1102),
        ('{"id":1,"method":"depth","params":{"symbol":["BTCUSDT"]}}', 1, -1130),
        ('{"id":1,"method":"depth","params":{"symbol":null}}', 1, -1102),
        ('{"id":1,"method":"order.batch"}', 1, -1020),
        ('{"id":1,"method":"v3/account.status"}', 1, -1020),
    ],
)
def test_what_is_no_request_is_told_what_is_wrong(ws: WsCaller, text: str, id: object, code: int) -> None:
    reply = ws.raw(text)
    assert (reply["id"], reply["status"], reply["error"]["code"]) == (id, 400, code)


def test_a_key_is_missing_unknown_or_wrong(ws: WsCaller) -> None:
    assert ws.unsigned("v2/account.balance")["error"]["code"] == -1102
    assert ws.unsigned("v2/account.balance", apiKey="short")["error"]["code"] == -2014
    reply = ws.unsigned("v2/account.balance", apiKey="x" * 64)
    assert (reply["id"], reply["status"], reply["error"]["code"]) == (7, 401, -2015)
    late = ws_signed(ws.sender, {"timestamp": START_MS - 5_001})
    assert ws.unsigned("v2/account.balance", **late)["error"]["code"] == -1021


def test_a_key_that_only_reads_cannot_trade_here_either(call: Caller) -> None:
    ws = WsCaller(call, call.runtime.admit(Decimal(1_000), None, Rights(futures=False)))
    assert ws.code("v2/account.balance") == 0
    assert ws.code("order.place", **BUY) == -2015


def test_only_an_ed25519_key_logs_on(call: Caller) -> None:
    for sender, text in (
        (call.sender, "HMAC_SHA256 API key is not supported."),
        (call.runtime.admit(Decimal(1), new_pair(KeyKind.RSA)), "RSA API key is not supported."),
    ):
        reply = WsCaller(call, sender)("session.logon")
        assert reply["error"] == {"code": -4056, "msg": text}


def test_who_is_logged_on_signs_no_more_but_still_tells_the_time(call: Caller) -> None:
    ws, reply = logged_on(call)
    assert reply["result"] == {
        "apiKey": ws.sender.api_key,
        "authorizedSince": START_MS,
        "connectedSince": START_MS,
        "returnRateLimits": True,
        "serverTime": START_MS,
    }
    assert ws.unsigned("order.place", **BUY, timestamp=START_MS)["result"]["status"] == "NEW"
    assert ws.unsigned("order.place", **BUY)["error"]["code"] == -1102
    assert ws.unsigned("order.place", **BUY, timestamp=START_MS - 9_000)["error"]["code"] == -1021
    assert "listenKey" in ws.unsigned("userDataStream.start")["result"]


def test_a_logon_with_a_wrong_signature_changes_nothing(call: Caller) -> None:
    ws, _ = logged_on(call)
    other = call.runtime.admit(Decimal(1), new_pair(KeyKind.ED25519))
    ill = ws_signed(other, {"timestamp": START_MS}) | {"recvWindow": 9}
    assert ws.unsigned("session.logon", **ill)["error"]["code"] == -1022
    assert ws.unsigned("session.status")["result"]["apiKey"] == ws.sender.api_key


def test_a_signed_request_on_a_session_is_its_signers(call: Caller) -> None:
    ws, _ = logged_on(call)
    signed = ws_signed(call.sender, {**BUY, "timestamp": START_MS, "newClientOrderId": "theirs"})
    assert ws.unsigned("order.place", **signed)["status"] == 200
    assert call.code("GET", "/fapi/v1/order", symbol="BTCUSDT", origClientOrderId="theirs") == 0


def test_after_logout_requests_are_signed_again(call: Caller) -> None:
    ws, _ = logged_on(call)
    reply = ws.unsigned("session.logout")["result"]
    assert (reply["apiKey"], reply["authorizedSince"]) == (None, None)
    assert ws.unsigned("v2/account.balance", timestamp=START_MS)["error"]["code"] == -1102


def test_a_key_revoked_in_session_is_told_so_without_an_id_at_the_next_request(call: Caller) -> None:
    ws, _ = logged_on(call)
    call.runtime.api_keys.revoke(ws.sender.api_key)
    reply = ws.unsigned("v2/account.balance", timestamp=START_MS)
    assert (reply["id"], reply["status"], reply["error"]["code"]) == (None, 401, -2015)
    assert ws.unsigned("session.status")["result"]["apiKey"] is None


def test_a_right_that_is_taken_in_session_is_missed_at_once(call: Caller) -> None:
    ws, _ = logged_on(call)
    call.runtime.api_keys.permit(ws.sender.api_key, Rights(futures=False))
    assert ws.unsigned("order.place", **BUY, timestamp=START_MS)["error"]["code"] == -2015
    assert ws.unsigned("v2/account.balance", timestamp=START_MS)["status"] == 200


def test_rate_limits_are_told_or_not_as_the_client_wants(call: Caller) -> None:
    quiet, open_handed = WsCaller(call, returns_limits=False), WsCaller(call)
    assert "rateLimits" not in quiet.unsigned("ping")
    assert "rateLimits" not in quiet.raw("no JSON")
    assert "rateLimits" in quiet.unsigned("ping", returnRateLimits=True)
    assert "rateLimits" not in open_handed.unsigned("ping", returnRateLimits=False)


def test_weight_is_shared_with_rest_and_its_excess_ends_in_a_ban() -> None:
    call = caller(replace(QUIET, limits=True, limits_times=0.05))
    ws = WsCaller(call)
    for _ in range(24):
        call.ask("GET", "/fapi/v1/trades", symbol="BTCUSDT")
    statuses = [ws.unsigned("ping")["status"] for _ in range(12)]
    assert statuses == [429] * 11 + [418]
    reply = ws.unsigned("ping")["error"]
    assert (reply["code"], f"banned until {START_MS + 120_000}" in reply["msg"]) == (-1003, True)
    assert call.ask("GET", "/fapi/v1/ping").status == 418
    call.clock.advance(120_000)
    assert ws.unsigned("ping")["status"] == 200


def test_too_many_orders_are_refused_with_the_limit_in_force() -> None:
    ws = WsCaller(caller(replace(QUIET, limits=True, limits_times=0.01)))
    codes = [ws.code("order.place", **BUY) for _ in range(4)]
    assert codes == [0, 0, 0, -1015]


def test_a_sender_is_known_by_its_account(call: Caller) -> None:
    other = ApiKey(call.sender.account_id, "o" * 64, "secret")
    assert WsCaller(call, other).code("v2/account.balance") == -2015
