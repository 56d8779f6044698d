from connector.simulator.payloads.algo_payloads import CONDITIONAL
from tests.companions.simulator.callers import Caller
from tests.companions.simulator.listeners import Listener

BTC = "BTCUSDT"
ALGO = "/fapi/v1/algoOrder"
QUERY_FIELDS = {
    "algoId", "clientAlgoId", "algoType", "orderType", "symbol", "side", "positionSide", "timeInForce", "quantity",
    "algoStatus", "actualOrderId", "triggerPrice", "price", "icebergQuantity", "tpOrderType",
    "selfTradePreventionMode", "workingType", "priceMatch", "closePosition", "priceProtect", "reduceOnly",
    "createTime", "updateTime", "triggerTime", "goodTillDate",
}  # fmt: skip
ACK_FIELDS = (QUERY_FIELDS - {"actualOrderId", "tpOrderType"}) | {"activatePrice", "callbackRate"}
CHILD_FIELDS = {"actualPrice", "actualType", "actualQty"}
EVENT_FIELDS = {
    "caid", "aid", "at", "o", "s", "S", "ps", "f", "q", "X", "ai", "ap", "aq", "act", "tp", "p", "V", "wt", "pm",
    "cp", "pP", "R", "tt", "gtd", "rm", "ia",
}  # fmt: skip


def listening(call: Caller) -> Listener:
    return Listener(call.runtime.hub, call("POST", "/fapi/v1/listenKey")["listenKey"])


def triggered(call: Caller) -> int:
    """The id of a stop that fired and whose child was filled."""
    other = call.other()
    other.order("SELL", "0.01", "60000")
    call.order("BUY", "0.01", "60000")
    other.order("BUY", "0.05", "58900")
    stop = {"algoType": CONDITIONAL, "symbol": BTC, "side": "SELL", "type": "STOP_MARKET", "quantity": "0.01"}
    algo_id = call("POST", ALGO, **stop, triggerPrice="59000", clientAlgoId="mine", reduceOnly="true")["algoId"]
    call.other().order("SELL", "0.01", "58900")
    return int(algo_id)


def test_an_ack_names_every_term_and_no_child(call: Caller) -> None:
    stop = {"algoType": CONDITIONAL, "symbol": BTC, "side": "SELL", "type": "TAKE_PROFIT", "quantity": "0.01"}
    ack = call("POST", ALGO, **stop, price="61000", triggerPrice="61000", clientAlgoId="mine")
    assert set(ack) == ACK_FIELDS
    assert (ack["algoStatus"], ack["orderType"], ack["triggerPrice"], ack["price"]) == (
        "NEW", "TAKE_PROFIT", "61000.00", "61000.00",
    )  # fmt: skip
    assert (ack["icebergQuantity"], ack["activatePrice"], ack["callbackRate"], ack["triggerTime"]) == (None, "", "", 0)
    row = call("GET", ALGO, clientAlgoId="mine")
    assert set(row) == QUERY_FIELDS and row["actualOrderId"] == ""
    exits = {"tpTriggerPrice", "tpPrice", "slTriggerPrice", "slPrice"}
    assert set(call("GET", "/fapi/v1/openAlgoOrders")[0]) == QUERY_FIELDS | exits
    assert set(call("GET", "/fapi/v1/allAlgoOrders", symbol=BTC)[0]) == QUERY_FIELDS | exits


def test_a_trailing_stop_tells_its_activation_and_rate(call: Caller) -> None:
    trail = {"algoType": CONDITIONAL, "symbol": BTC, "side": "SELL", "type": "TRAILING_STOP_MARKET", "quantity": "0.01"}
    ack = call("POST", ALGO, **trail, callbackRate="1.5", activatePrice="61000")
    assert (ack["activatePrice"], ack["callbackRate"]) == ("61000.00", "1.5")
    row = call("GET", ALGO, algoId=ack["algoId"])
    assert set(row) == QUERY_FIELDS | {"activatePrice", "callbackRate"}


def test_a_triggered_order_tells_its_child_and_the_child_its_condition(call: Caller) -> None:
    row = call("GET", ALGO, algoId=triggered(call))
    assert set(row) == QUERY_FIELDS | CHILD_FIELDS
    assert (row["algoStatus"], row["actualType"], row["actualQty"]) == ("FINISHED", "MARKET", "0.010")
    assert row["actualPrice"] == "58900.00000"
    child = call("GET", "/fapi/v1/order", symbol=BTC, orderId=row["actualOrderId"])
    assert (child["clientOrderId"], child["type"], child["origType"]) == ("mine", "MARKET", "STOP_MARKET")
    assert (child["stopPrice"], child["reduceOnly"]) == ("59000.00", True)


def test_every_turn_is_told_with_every_field(call: Caller) -> None:
    listener = listening(call)
    algo_id = triggered(call)
    events = listener.received()
    updates = [event["o"] for event in events if event["e"] == "ALGO_UPDATE"]
    assert [row["X"] for row in updates] == ["NEW", "TRIGGERING", "TRIGGERED", "FINISHED"]
    assert {(row["aid"], row["caid"]) for row in updates} == {(algo_id, "mine")}
    triggering = updates[1]
    assert set(triggering) == EVENT_FIELDS - {"ap", "aq", "act", "rm"}
    told = [row for row in updates if row is not triggering]
    assert all(set(row) == EVENT_FIELDS and row["rm"] == "" for row in told)
    assert [(row["act"], row["aq"], row["ap"]) for row in told] == [
        ("0", "0", "0"),
        ("MARKET", "0", "0"),
        ("MARKET", "0.010", "58900.00000"),
    ]
    orders = [event["o"] for event in events if event["e"] == "ORDER_TRADE_UPDATE"]
    fill = orders[-1]
    assert (fill["c"], fill["o"], fill["ot"], fill["sp"]) == ("mine", "MARKET", "STOP_MARKET", "59000.00")
    assert [row["ai"] for row in updates] == ["", "", str(fill["i"]), str(fill["i"])]


def test_a_trailing_child_tells_its_activation_and_rate(call: Caller) -> None:
    listener = listening(call)
    other = call.other()
    other.order("SELL", "0.01", "60000")
    call.order("BUY", "0.01", "60000")
    other.order("BUY", "0.05", "59300")
    trail = {"algoType": CONDITIONAL, "symbol": BTC, "side": "SELL", "type": "TRAILING_STOP_MARKET", "quantity": "0.01"}
    call("POST", ALGO, **trail, callbackRate="1")
    call.other().order("SELL", "0.01", "59300")
    fill = listener.received()[-2]["o"]
    assert (fill["ot"], fill["AP"], fill["cr"], fill["sp"]) == ("TRAILING_STOP_MARKET", "0.00", "1.0", "0")
    row = call("GET", "/fapi/v1/order", symbol=BTC, orderId=fill["i"])
    assert (row["priceRate"], row["activatePrice"]) == ("1.0", "0.00")


def test_a_rejected_order_tells_why(call: Caller) -> None:
    listener = listening(call)
    other = call.other()
    other.order("BUY", "0.05", "58900")
    stop = {"algoType": CONDITIONAL, "symbol": BTC, "side": "SELL", "type": "STOP_MARKET", "closePosition": "true"}
    call("POST", ALGO, **stop, triggerPrice="59000")
    call.other().order("SELL", "0.01", "58900")
    triggering, last = (event["o"] for event in listener.received()[-2:])
    assert (last["X"], last["rm"], last["ai"], last["cp"]) == ("REJECTED", "ReduceOnly Order is rejected.", "", True)
    assert triggering["X"] == "TRIGGERING" and "rm" not in triggering
