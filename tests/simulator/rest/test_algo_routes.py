import json

import pytest

from connector.simulator.server import LocalExchange
from tests.companions.simulator.callers import Caller, SocketClient

BTC = "BTCUSDT"
ALGO = "/fapi/v1/algoOrder"
STOP = {
    "algoType": "CONDITIONAL",
    "symbol": BTC,
    "side": "SELL",
    "type": "STOP_MARKET",
    "quantity": "0.01",
    "triggerPrice": "59000",
}
TRAIL = {**STOP, "type": "TRAILING_STOP_MARKET", "triggerPrice": None, "callbackRate": "1.5"}


def sent(row: dict[str, str | None], **change: object) -> dict[str, object]:
    return {name: value for name, value in {**row, **change}.items() if value is not None}


@pytest.mark.parametrize(
    ("row", "change", "code"),
    [
        (STOP, {"algoType": None}, -1102),
        (STOP, {"algoType": "VP"}, -1130),
        (STOP, {"symbol": "NOPE"}, -1121),
        (STOP, {"side": "HOLD"}, -1117),
        (STOP, {"type": "LIMIT"}, -1116),
        (STOP, {"quantity": None}, -1102),
        (STOP, {"triggerPrice": None}, -1102),
        (STOP, {"price": "59000"}, -1106),
        (STOP, {"activatePrice": "60000"}, -1106),
        (STOP, {"timeInForce": "DAY"}, -1115),
        (STOP, {"workingType": "INDEX"}, -4031),
        (STOP, {"closePosition": "true"}, -4137),
        (STOP, {"closePosition": "true", "quantity": None, "reduceOnly": "true"}, -1106),
        (STOP, {"type": "STOP"}, -1102),
        (STOP, {"type": "STOP", "price": "59000", "priceMatch": "QUEUE"}, -1106),
        (STOP, {"triggerPrice": "61000"}, -2021),
        (STOP, {"goodTillDate": "1800000000000"}, -1106),
        (STOP, {"newOrderRespType": "FULL"}, -1136),
        (TRAIL, {"callbackRate": None}, -1102),
        (TRAIL, {"triggerPrice": "59000"}, -1106),
        (TRAIL, {"quantity": None, "closePosition": "true"}, -4136),
    ],
)
def test_a_wrong_conditional_order_is_refused_by_its_own_code(
    call: Caller, row: dict[str, str | None], change: dict[str, str | None], code: int
) -> None:
    assert call.code("POST", ALGO, **sent(row, **change)) == code
    assert call("GET", "/fapi/v1/allAlgoOrders", symbol=BTC) == []


def test_a_conditional_order_is_found_until_and_after_it_is_cancelled(call: Caller) -> None:
    first = call("POST", ALGO, **STOP, clientAlgoId="mine")
    second = call("POST", ALGO, **{**STOP, "symbol": "ETHUSDT", "triggerPrice": "2900", "quantity": "0.1"})
    assert [row["algoId"] for row in call("GET", "/fapi/v1/openAlgoOrders")] == [first["algoId"], second["algoId"]]
    assert [row["symbol"] for row in call("GET", "/fapi/v1/openAlgoOrders", symbol="ETHUSDT")] == ["ETHUSDT"]
    assert call("GET", "/fapi/v1/openAlgoOrders", algoType="VP") == []
    assert call("GET", "/fapi/v1/openOrders") == []
    gone = call("DELETE", ALGO, clientAlgoId="mine")
    assert gone == {"algoId": first["algoId"], "clientAlgoId": "mine", "code": "200", "msg": "success"}
    assert call("GET", ALGO, algoId=first["algoId"])["algoStatus"] == "CANCELED"
    assert call.code("DELETE", ALGO, algoId=first["algoId"]) == -2011
    assert call.code("GET", ALGO, algoId=1) == -2013
    assert call.code("GET", ALGO) == -1102
    assert call.code("GET", "/fapi/v1/order", symbol=BTC, origClientOrderId="mine") == -2013


def test_all_of_a_symbol_that_wait_are_cancelled_at_once(call: Caller) -> None:
    for _ in range(2):
        call("POST", ALGO, **STOP)
    assert call("DELETE", "/fapi/v1/algoOpenOrders", symbol=BTC)["code"] == 200
    assert call("GET", "/fapi/v1/openAlgoOrders") == []
    assert call.code("DELETE", "/fapi/v1/algoOpenOrders") == -1102


def test_conditional_orders_are_paged_by_id_or_time(call: Caller) -> None:
    ids = []
    for _ in range(4):
        ids.append(call("POST", ALGO, **STOP)["algoId"])
        call.clock.advance(1_000)

    def found(**params: object) -> list[int]:
        return [row["algoId"] for row in call("GET", "/fapi/v1/allAlgoOrders", symbol=BTC, **params)]

    assert found() == ids and found(limit=2) == ids[2:]
    assert found(algoId=ids[1], limit=2) == ids[1:3]
    assert found(startTime=call.clock.ms - 3_000, endTime=call.clock.ms - 2_000) == ids[1:3]
    assert call.code("GET", "/fapi/v1/allAlgoOrders") == -1102


def test_a_cancelled_conditional_order_is_forgotten_after_three_days(call: Caller) -> None:
    algo_id = call("POST", ALGO, **STOP)["algoId"]
    call("DELETE", ALGO, algoId=algo_id)
    call.clock.advance(3 * 86_400_000 + 1)
    assert call.code("GET", ALGO, algoId=algo_id) == -2013
    assert call("GET", "/fapi/v1/allAlgoOrders", symbol=BTC) == []


def test_a_conditional_order_counts_as_an_order(call: Caller) -> None:
    reply = call.ask("POST", ALGO, **STOP)
    assert reply.headers["X-MBX-ORDER-COUNT-10S"] == "1"
    assert reply.headers["X-MBX-USED-WEIGHT-1M"] == "0"


def test_a_tested_order_is_checked_and_not_placed(call: Caller) -> None:
    limit = {"symbol": BTC, "side": "BUY", "type": "LIMIT", "quantity": "0.01", "price": "59000", "timeInForce": "GTC"}
    stop = {"symbol": BTC, "side": "SELL", "type": "STOP_MARKET", "quantity": "0.01", "stopPrice": "59000"}
    tested = call("POST", "/fapi/v1/order/test", **limit, selfTradePreventionMode="NONE")
    assert (tested["orderId"], tested["selfTradePreventionMode"]) == (0, "NONE")
    row = call("POST", "/fapi/v1/order/test", **stop)
    assert (row["orderId"], row["type"], row["stopPrice"], row["origQty"]) == (0, "STOP_MARKET", "59000.00", "0.010")
    assert call.code("POST", "/fapi/v1/order/test", **{**limit, "price": "1"}) == -4013
    assert call.code("POST", "/fapi/v1/order/test", **{**stop, "stopPrice": "61000"}) == -2021
    assert call("GET", "/fapi/v1/openOrders") == call("GET", "/fapi/v1/openAlgoOrders") == []


async def test_over_sockets_a_stop_is_placed_fires_and_is_heard(venue: LocalExchange, client: SocketClient) -> None:
    sender = venue.runtime.admit(venue.runtime.settings.deposit)
    other = SocketClient(client.session, venue, sender)
    await other.order("SELL", "0.01", "60000")
    await client.order("BUY", "0.01", "60000")
    await other.order("BUY", "0.05", "58900")
    stream = await client.user_stream()
    algo = await client("POST", ALGO, **STOP, clientAlgoId="mine", reduceOnly="true")
    await SocketClient(client.session, venue, venue.runtime.admit(venue.runtime.settings.deposit)).order(
        "SELL", "0.01", "58900"
    )
    states: list[str] = []
    while "FINISHED" not in states:
        event = json.loads((await stream.receive(timeout=5)).data)
        states.append(event["o"]["X"] if "o" in event else event["e"])
    assert states == ["NEW", "TRIGGERING", "TRIGGERED", "NEW", "TRADE_LITE", "ACCOUNT_UPDATE", "FILLED", "FINISHED"]
    assert (await client("GET", ALGO, algoId=algo["algoId"]))["actualQty"] == "0.010"
    await other.close()
