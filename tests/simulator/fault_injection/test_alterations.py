"""Fields of answers, headers and frames say what a drill wants them to say."""

import json

import pytest

from connector.simulator.fault_injection.alterations import altered
from connector.simulator.server import LocalExchange
from tests.companions.simulator.callers import Caller, SocketClient
from tests.companions.simulator.listeners import Listener
from tests.companions.simulator.ws_callers import ws_signed

FAULTS = "/local/v1/faults"
ORDER = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "price": "59000",
    "quantity": "0.01",
}


@pytest.mark.parametrize(
    ("body", "field", "value", "becomes"),
    [
        (b'{"a":"1","b":2}', "b", "1e400", b'{"a":"1","b":1e400}'),
        (b'{"o":{"X":"NEW"},"X":1}', "o.X", '"FILLED"', b'{"o":{"X":"FILLED"},"X":1}'),
        (b'[{"a":[{"b":1},{"b":2},{"c":3}]}]', "a.b", "NaN", b'[{"a":[{"b":NaN},{"b":NaN},{"c":3}]}]'),
        (b'{"a":1}', "a", '"\\ud800"', b'{"a":"\\ud800"}'),
        (b'{"a":1}', "a", "[" * 9, b'{"a":[[[[[[[[[}'),
        (b'{"a":1}', "b", "2", None),
        (b'{"a":1}', "a.b", "2", None),
        (b"no JSON", "a", "2", None),
    ],
)
def test_the_field_says_the_very_text_and_all_else_stays(
    body: bytes, field: str, value: str, becomes: bytes | None
) -> None:
    assert altered(body, field, value) == becomes


def arm(call: Caller, **terms: object) -> None:
    assert call.local("POST", FAULTS, **terms)["state"] == "armed"


async def test_an_answer_lies_once_and_what_lacks_the_field_is_no_strike(
    venue: LocalExchange, client: SocketClient
) -> None:
    query = "name=altered_answer&method=GET&path=/fapi/v1/depth&field=lastUpdateId&value=Infinity"
    await client.raw("POST", FAULTS, query)
    assert (await client.raw("GET", "/fapi/v1/depth", "symbol=NOPE"))[2]["code"] == -1121
    assert (await client.raw("GET", "/fapi/v1/depth", "symbol=BTCUSDT"))[2]["lastUpdateId"] == float("inf")
    assert isinstance((await client.raw("GET", "/fapi/v1/depth", "symbol=BTCUSDT"))[2]["lastUpdateId"], int)


async def test_a_header_says_what_no_venue_says(venue: LocalExchange, client: SocketClient) -> None:
    query = "name=altered_header&method=GET&path=/fapi/v1/time&field=X-MBX-USED-WEIGHT-1M&value=" + "9" * 5_000
    await client.raw("POST", FAULTS, query)
    _, headers, _ = await client.raw("GET", "/fapi/v1/time")
    assert headers["X-MBX-USED-WEIGHT-1M"] == "9" * 5_000
    assert int((await client.raw("GET", "/fapi/v1/time"))[1]["X-MBX-USED-WEIGHT-1M"]) < 100


async def test_an_answer_over_the_ws_api_lies_too(venue: LocalExchange, client: SocketClient) -> None:
    await client.raw("POST", FAULTS, "name=altered_answer&field=orderId&value=1.5")
    socket = await client.session.ws_connect(venue.ws_api)
    signed = ws_signed(client.sender, {**ORDER, "timestamp": venue.runtime.now_ms()})
    await socket.send_str(json.dumps({"id": 1, "method": "order.place", "params": signed}))
    reply = await socket.receive_json(timeout=5)
    assert (reply["status"], reply["result"]["orderId"]) == (200, 1.5)
    await client.raw("POST", FAULTS, "name=altered_header&field=Retry-After&value=1")
    signed = ws_signed(client.sender, {**ORDER, "timestamp": venue.runtime.now_ms()})
    await socket.send_str(json.dumps({"id": 2, "method": "order.place", "params": signed}))
    assert isinstance((await socket.receive_json(timeout=5))["result"]["orderId"], int)
    assert [armed.name for armed in venue.faults.armed()] == ["altered_header"], "there are no headers to alter"
    await socket.close()


async def test_frames_of_users_and_markets_lie_where_they_have_the_field(
    venue: LocalExchange, client: SocketClient
) -> None:
    user, market = await client.user_stream(), await client.open("/public/ws/btcusdt@bookTicker")
    await client.raw("POST", FAULTS, "name=altered_frame&field=o.X&value=%22CANCELED%22")
    await client.order("BUY", "0.01", "59000")
    assert (await user.receive_json(timeout=5))["o"]["X"] == "CANCELED"
    await market.receive_json(timeout=5)
    await client.raw("POST", FAULTS, f"name=altered_frame&stream=btcusdt@bookTicker&field=u&value={2**63 - 1}")
    await client.order("BUY", "0.01", "59001")
    assert (await market.receive_json(timeout=5))["u"] == 2**63 - 1
    told = await user.receive_json(timeout=5)
    assert told["o"]["X"] == "NEW"
    assert (await client.raw("GET", FAULTS))[2]["armed"] == []


def test_an_event_alone_is_struck_where_it_is_named(call: Caller) -> None:
    listener = Listener(call.runtime.hub, call("POST", "/fapi/v1/listenKey")["listenKey"])
    arm(call, name="altered_frame", event="ACCOUNT_UPDATE", field="E", value="0", times=2)
    call.order("SELL", "0.01", "60000")
    call.other().order("BUY", "0.01", "60000")
    told = [(event["e"], event["E"] == 0) for event in listener.received()]
    assert {*told} == {("ORDER_TRADE_UPDATE", False), ("TRADE_LITE", False), ("ACCOUNT_UPDATE", True)}
    assert [armed.times for armed in call.runtime.faults.armed()] == [1]
