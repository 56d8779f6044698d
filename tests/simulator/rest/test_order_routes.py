import pytest

from tests.companions.simulator.callers import Caller

BTC = "BTCUSDT"
LIMIT = {
    "symbol": BTC,
    "side": "BUY",
    "type": "LIMIT",
    "quantity": "0.01",
    "price": "59000",
    "timeInForce": "GTC",
}
MARKET = {"symbol": BTC, "side": "BUY", "type": "MARKET", "quantity": "0.01"}


@pytest.mark.parametrize(
    ("row", "change", "code"),
    [
        (LIMIT, {"symbol": None}, -1102),
        (LIMIT, {"symbol": "NOPE"}, -1121),
        (LIMIT, {"side": "HOLD"}, -1117),
        (LIMIT, {"side": None}, -1102),
        (LIMIT, {"type": "ICEBERG"}, -1116),
        (LIMIT, {"type": "STOP_MARKET"}, -4120),
        (LIMIT, {"type": "TRAILING_STOP_MARKET"}, -4120),
        (LIMIT, {"quantity": None}, -1102),
        (LIMIT, {"quantity": "much"}, -1100),
        (LIMIT, {"price": None}, -1102),
        (LIMIT, {"price": ""}, -1102),
        (LIMIT, {"price": "5e4"}, -1100),
        (LIMIT, {"price": "59000."}, -1100),
        (LIMIT, {"stopPrice": "58000"}, -1106),
        (LIMIT, {"activationPrice": "58000"}, -1106),
        (LIMIT, {"closePosition": "true"}, -1106),
        (LIMIT, {"goodTillDate": "1800000000000"}, -1106),
        (LIMIT, {"timeInForce": "GTD"}, -1102),
        (LIMIT, {"timeInForce": "GTD", "goodTillDate": "1700000600999"}, -5040),
        (LIMIT, {"timeInForce": None}, -1102),
        (LIMIT, {"timeInForce": "GTE_GTC"}, -1115),
        (LIMIT, {"positionSide": "UP"}, -4060),
        (LIMIT, {"positionSide": "LONG"}, -4061),
        (LIMIT, {"reduceOnly": "maybe"}, -1130),
        (LIMIT, {"reduceOnly": "true"}, -2022),
        (LIMIT, {"newClientOrderId": ""}, -1105),
        (LIMIT, {"newClientOrderId": "a b"}, -4015),
        (LIMIT, {"newOrderRespType": "FULL"}, -1136),
        (LIMIT, {"selfTradePreventionMode": "NONE"}, -5039),
        (LIMIT, {"priceMatch": "BEST"}, -5037),
        (LIMIT, {"priceMatch": "QUEUE"}, -1106),
        (LIMIT, {"price": "59000.05"}, -4014),
        (LIMIT, {"quantity": "0.0001"}, -1111),
        (LIMIT, {"quantity": "9"}, -2019),
        (MARKET, {"price": "59000"}, -1106),
        (MARKET, {"timeInForce": "GTC"}, -1106),
        (MARKET, {"quantity": "0"}, -4003),
        (MARKET, {"callbackRate": "1"}, -1106),
        (MARKET, {"closePosition": "TRUE"}, -1106),
    ],
)
def test_a_wrong_order_is_refused_by_its_own_code(
    call: Caller, row: dict[str, str], change: dict[str, str | None], code: int
) -> None:
    params = {name: value for name, value in {**row, **change}.items() if value is not None}
    assert call.code("POST", "/fapi/v1/order", **params) == code
    assert call("GET", "/fapi/v1/allOrders") == []


def test_words_of_conditional_orders_that_mean_nothing_here_are_let_pass(call: Caller) -> None:
    words = {"workingType": "MARK_PRICE", "priceProtect": "true", "closePosition": "false"}
    assert call("POST", "/fapi/v1/order", **LIMIT, **words)["workingType"] == "CONTRACT_PRICE"


def test_a_good_till_date_is_kept_to_the_second(call: Caller) -> None:
    ack = call.order("BUY", "0.01", "59000", timeInForce="GTD", goodTillDate=call.clock.ms + 700_999)
    assert ack["goodTillDate"] == call.clock.ms + 700_000


def test_an_order_is_cancelled_by_either_id(call: Caller) -> None:
    first = call.order("BUY", "0.01", "59000")
    call.order("BUY", "0.01", "59000", newClientOrderId="mine")
    gone = call("DELETE", "/fapi/v1/order", symbol=BTC, orderId=first["orderId"])
    assert (gone["status"], gone["orderId"]) == ("CANCELED", first["orderId"])
    assert call("DELETE", "/fapi/v1/order", symbol=BTC, origClientOrderId="mine")["clientOrderId"] == "mine"
    assert call.code("DELETE", "/fapi/v1/order", symbol=BTC, origClientOrderId="mine") == -2011
    assert call.code("DELETE", "/fapi/v1/order", symbol=BTC) == -1102


def test_cancel_all_empties_one_symbol(call: Caller) -> None:
    call.order("BUY", "0.01", "59000")
    call.order("BUY", "0.1", "2900", symbol="ETHUSDT")
    assert call("DELETE", "/fapi/v1/allOpenOrders", symbol=BTC)["code"] == 200
    assert [row["symbol"] for row in call("GET", "/fapi/v1/openOrders")] == ["ETHUSDT"]


def test_a_taken_client_id_is_refused_while_open(call: Caller) -> None:
    call.order("BUY", "0.01", "59000", newClientOrderId="mine")
    assert call.code("POST", "/fapi/v1/order", **LIMIT, newClientOrderId="mine") == -4116


def test_a_change_is_answered_with_the_pair_and_the_owners_number(call: Caller) -> None:
    order_id = call.order("BUY", "0.01", "59000")["orderId"]
    change = {"symbol": BTC, "side": "BUY", "orderId": order_id, "quantity": "0.02", "price": "58000"}
    ack = call("PUT", "/fapi/v1/order", **change, modifyId=12)
    assert (ack["price"], ack["origQty"], ack["pair"], ack["modifyId"]) == ("58000.00", "0.020", BTC, 12)
    assert "avgPrice" not in ack and "cumQuote" not in ack
    assert call.code("PUT", "/fapi/v1/order", **change) == -5027
    assert call.code("PUT", "/fapi/v1/order", **{**change, "price": ""}) == -1102
    (row,) = call("GET", "/fapi/v1/orderAmendment", symbol=BTC, orderId=order_id)
    assert row["amendment"] == {
        "price": {"before": "59000.00", "after": "58000.00"},
        "origQty": {"before": "0.010", "after": "0.020"},
        "count": 1,
        "modifyId": 12,
    }


def test_a_countdown_is_answered_as_text_and_ends_the_orders(call: Caller) -> None:
    call.order("BUY", "0.01", "59000")
    answer = call("POST", "/fapi/v1/countdownCancelAll", symbol=BTC, countdownTime=5_000)
    assert answer == {"symbol": BTC, "countdownTime": "5000"}
    call.clock.advance(5_000)
    call.runtime.pulse()
    assert call("GET", "/fapi/v1/openOrders") == []
