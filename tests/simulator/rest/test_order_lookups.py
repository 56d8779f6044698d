from tests.companions.simulator.callers import Caller

BTC = "BTCUSDT"


def test_a_query_finds_ended_orders_and_an_open_query_does_not(call: Caller) -> None:
    order_id = call.order("BUY", "0.01", "59000")["orderId"]
    assert call("GET", "/fapi/v1/openOrder", symbol=BTC, orderId=order_id)["status"] == "NEW"
    call("DELETE", "/fapi/v1/order", symbol=BTC, orderId=order_id)
    assert call("GET", "/fapi/v1/order", symbol=BTC, orderId=order_id)["status"] == "CANCELED"
    assert call.code("GET", "/fapi/v1/openOrder", symbol=BTC, orderId=order_id) == -2013
    assert call.code("GET", "/fapi/v1/order", symbol=BTC, orderId=1) == -2013


def test_nobody_sees_the_orders_of_others(call: Caller) -> None:
    order_id = call.other().order("BUY", "0.01", "59000")["orderId"]
    assert call.code("GET", "/fapi/v1/order", symbol=BTC, orderId=order_id) == -2013
    assert call("GET", "/fapi/v1/openOrders") == []


def test_open_orders_are_of_one_symbol_or_of_all(call: Caller) -> None:
    call.order("BUY", "0.01", "59000")
    call.order("BUY", "0.1", "2900", symbol="ETHUSDT")
    assert len(call("GET", "/fapi/v1/openOrders")) == 2
    assert [row["symbol"] for row in call("GET", "/fapi/v1/openOrders", symbol="ETHUSDT")] == ["ETHUSDT"]


def test_orders_are_paged_by_id_or_time(call: Caller) -> None:
    ids = []
    for _ in range(4):
        ids.append(call.order("BUY", "0.01", "59000")["orderId"])
        call.clock.advance(1_000)

    def found(**params: object) -> list[int]:
        return [row["orderId"] for row in call("GET", "/fapi/v1/allOrders", symbol=BTC, **params)]

    assert found() == ids
    assert found(limit=2) == ids[2:]
    assert found(orderId=ids[1], limit=2) == ids[1:3]
    assert found(startTime=call.clock.ms - 3_000, limit=1) == ids[1:2]
    assert found(startTime=call.clock.ms - 3_000, endTime=call.clock.ms - 2_000) == ids[1:3]
    assert found(endTime=call.clock.ms - 2_000, limit=2) == ids[1:3]
    assert call.code("GET", "/fapi/v1/allOrders", startTime=5, endTime=4) == -1023


def test_orders_of_all_symbols_come_by_time(call: Caller) -> None:
    symbols = [BTC, "ETHUSDT", BTC, "ETHUSDT"]
    for symbol in symbols:
        call.order("BUY", "0.1", "2900" if symbol == "ETHUSDT" else "59000", symbol=symbol)
        call.clock.advance(1_000)
    assert [row["symbol"] for row in call("GET", "/fapi/v1/allOrders")] == symbols
    assert [row["symbol"] for row in call("GET", "/fapi/v1/allOrders", limit=3)] == symbols[1:]
    assert [row["symbol"] for row in call("GET", "/fapi/v1/allOrders", startTime=1, limit=3)] == symbols[:3]


def test_trades_are_found_by_order_id_or_from_an_id(call: Caller) -> None:
    other = call.other()
    orders = []
    for price in ("60000", "60001"):
        other.order("SELL", "0.01", price)
        orders.append(call.order("BUY", "0.01")["orderId"])
    rows = call("GET", "/fapi/v1/userTrades", symbol=BTC)
    assert [row["orderId"] for row in rows] == orders
    assert call("GET", "/fapi/v1/userTrades", symbol=BTC, orderId=orders[1]) == rows[1:]
    assert call("GET", "/fapi/v1/userTrades", symbol=BTC, fromId=rows[1]["id"]) == rows[1:]
    assert call.code("GET", "/fapi/v1/userTrades", symbol=BTC, fromId=1, endTime=2) == -1128
    assert call.code("GET", "/fapi/v1/userTrades") == -1102


def test_a_look_up_that_lags_finds_the_order_when_it_is_older(call: Caller) -> None:
    call.runtime.faults.arm("not_found_lag", ms=500)
    order_id = call.order("BUY", "0.01", "59000")["orderId"]
    assert call.code("GET", "/fapi/v1/order", symbol=BTC, orderId=order_id) == -2013
    call.clock.advance(500)
    assert call("GET", "/fapi/v1/order", symbol=BTC, orderId=order_id)["orderId"] == order_id


def test_changes_are_listed_the_latest_first_by_order_or_by_symbol(call: Caller) -> None:
    for name in ("a", "b"):
        call.order("BUY", "0.01", "59000", newClientOrderId=name)
    for name, price in (("a", "58000"), ("b", "57500"), ("a", "57000")):
        call("PUT", "/fapi/v1/order", symbol=BTC, side="BUY", origClientOrderId=name, quantity="0.01", price=price)

    def found(**params: object) -> list[tuple[str, int]]:
        rows = call("GET", "/fapi/v1/orderAmendment", symbol=BTC, **params)
        return [(row["clientOrderId"], row["amendment"]["count"]) for row in rows]

    assert found() == [("a", 2), ("b", 1), ("a", 1)]
    assert found(origClientOrderId="a", limit=1) == [("a", 2)]
    assert found(orderId=1) == []
    assert call("GET", "/fapi/v1/orderAmendment", symbol="ETHUSDT") == []


def test_what_ended_unfilled_is_forgotten_after_three_days_and_all_else_after_ninety(call: Caller) -> None:
    gone = call.order("BUY", "0.01", "59000", newClientOrderId="gone")["orderId"]
    call("DELETE", "/fapi/v1/order", symbol=BTC, orderId=gone)
    call.other().order("SELL", "0.01", "60000")
    filled = call.order("BUY", "0.01", "60000")["orderId"]
    day_ms = 86_400_000
    for days, known in ((3, [gone, filled]), (1, [filled]), (86, [])):
        call.clock.advance(days * day_ms + (days == 86))
        assert [row["orderId"] for row in call("GET", "/fapi/v1/allOrders", symbol=BTC)] == known
        for order_id in (gone, filled):
            found = call.code("GET", "/fapi/v1/order", symbol=BTC, orderId=order_id) == 0
            assert found == (order_id in known)
    assert call("GET", "/fapi/v1/userTrades", symbol=BTC) == []
