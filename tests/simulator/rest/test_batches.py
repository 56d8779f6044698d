import json
import time
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from tests.companions.simulator.callers import QUIET, Caller, SocketClient, caller, signed

BTC = "BTCUSDT"
ORDERS = "/fapi/v1/batchOrders"


def item(**change: object) -> dict[str, object]:
    row = {"symbol": BTC, "side": "BUY", "type": "LIMIT", "quantity": "0.01", "price": "59000", "timeInForce": "GTC"}
    return {name: value for name, value in {**row, **change}.items() if value is not None}


def test_each_element_has_its_own_answer_in_the_order_asked(call: Caller) -> None:
    rows = [
        item(newClientOrderId="a"),
        item(price="1"),
        item(newClientOrderId="c", reduceOnly=False),
        5,
        item(type="STOP"),
    ]
    answers = call("POST", ORDERS, batchOrders=json.dumps(rows))
    assert [row.get("clientOrderId", row.get("code")) for row in answers] == ["a", -4013, "c", -1130, -4120]
    assert len(call("GET", "/fapi/v1/openOrders")) == 2


def test_batch_items_may_trade_with_themselves_and_ask_for_their_result(call: Caller) -> None:
    rows = [
        item(selfTradePreventionMode="NONE"),
        item(side="SELL", price="59000", selfTradePreventionMode="NONE", newOrderRespType="RESULT"),
    ]
    assert [row["status"] for row in call("POST", ORDERS, batchOrders=json.dumps(rows))] == ["NEW", "FILLED"]


@pytest.mark.parametrize(
    ("text", "code"),
    [("[]", -4082), (json.dumps([item()] * 6), -4082), ("{}", -1130), ("[", -1130), ("", -1102), ('"x"', -1130)],
)
def test_a_batch_is_a_list_of_one_to_five(call: Caller, text: str, code: int) -> None:
    assert call.code("POST", ORDERS, batchOrders=text) == code


def test_orders_are_changed_in_a_batch_by_either_id(call: Caller) -> None:
    first = call.order("BUY", "0.01", "59000")["orderId"]
    call.order("BUY", "0.01", "59000", newClientOrderId="mine")
    change = {"symbol": BTC, "side": "BUY", "quantity": "0.02", "price": "58000"}
    rows = [
        {**change, "orderId": first, "modifyId": 5},
        {**change, "origClientOrderId": "mine"},
        {**change, "origClientOrderId": "nobody's"},
        change,
    ]
    answers = call("PUT", ORDERS, batchOrders=json.dumps(rows))
    assert [row.get("origQty", row.get("code")) for row in answers] == ["0.020", "0.020", -2013, -1102]
    assert [row.get("modifyId") for row in answers[:2]] == [5, None]


def test_orders_are_cancelled_in_a_batch_by_one_kind_of_id(call: Caller) -> None:
    ids = [call.order("BUY", "0.01", "59000", newClientOrderId=name)["orderId"] for name in "abc"]
    gone = call("DELETE", ORDERS, symbol=BTC, orderIdList=json.dumps([ids[0], 1]))
    assert [row.get("status", row.get("code")) for row in gone] == ["CANCELED", -2011]
    gone = call("DELETE", ORDERS, symbol=BTC, origClientOrderIdList='["b","c"]')
    assert [row["clientOrderId"] for row in gone] == ["b", "c"]
    assert call("DELETE", ORDERS, symbol=BTC, orderidlist=f"[{ids[0]}]")[0]["code"] == -2011


def test_a_batch_of_cancels_names_one_list_of_at_most_ten(call: Caller) -> None:
    assert call.code("DELETE", ORDERS, symbol=BTC) == -1102
    assert call.code("DELETE", ORDERS, symbol=BTC, orderIdList="[1]", origClientOrderIdList='["a"]') == -1128
    assert call.code("DELETE", ORDERS, symbol=BTC, orderIdList=json.dumps(list(range(11)))) == -4032


def test_a_batch_counts_five_orders_of_ten_seconds_and_one_of_the_minute() -> None:
    call = caller(replace(QUIET, limits=True))
    reply = call.ask("POST", ORDERS, batchOrders=json.dumps([item()]))
    assert (reply.headers["X-MBX-ORDER-COUNT-10S"], reply.headers["X-MBX-ORDER-COUNT-1M"]) == ("5", "1")
    assert reply.headers["X-MBX-USED-WEIGHT-1M"] == "5"


async def test_over_sockets_a_batch_travels_in_the_body_or_in_the_address(client: SocketClient) -> None:
    async def asked(method: str, **params: str) -> list[dict[str, object]]:
        text = signed(client.sender.api_secret, urlencode({**params, "timestamp": time.time_ns() // 1_000_000}))
        in_body = method != "DELETE"
        status, _, rows = await client.raw(method, ORDERS, "" if in_body else text, text if in_body else "")
        assert status == 200
        return list(rows)

    placed = await asked("POST", batchOrders=json.dumps([item(), item(price="58000")]))
    ids = [row["orderId"] for row in placed]
    change = {"symbol": BTC, "side": "BUY", "quantity": "0.02", "price": "57000"}
    changed = await asked("PUT", batchOrders=json.dumps([{**change, "orderId": number} for number in ids]))
    assert [row["origQty"] for row in changed] == ["0.020", "0.020"]
    gone = await asked("DELETE", symbol=BTC, orderIdList=json.dumps(ids, separators=(",", ":")))
    assert [row["status"] for row in gone] == ["CANCELED", "CANCELED"]
