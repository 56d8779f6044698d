from connector.simulator.market.orders import BUY, SELL
from tests.companions.simulator.callers import Caller

ACK_FIELDS = {
    "orderId", "symbol", "status", "clientOrderId", "price", "origQty", "executedQty", "cumQty", "timeInForce",
    "type", "origType", "reduceOnly", "closePosition", "side", "positionSide", "stopPrice", "workingType",
    "priceProtect", "priceMatch", "selfTradePreventionMode", "goodTillDate", "updateTime",
}  # fmt: skip
QUERY_FIELDS = (ACK_FIELDS - {"cumQty"}) | {"avgPrice", "cumQuote", "time", "activatePrice", "priceRate"}
TRADE_FIELDS = {
    "buyer", "commission", "commissionAsset", "id", "maker", "orderId", "price", "qty", "quoteQty", "baseQty",
    "marginAsset", "realizedPnl", "side", "positionSide", "symbol", "pair", "time",
}  # fmt: skip


def test_an_ack_names_what_was_accepted_and_no_average_price(call: Caller) -> None:
    call.other().order("SELL", "0.01", "60000")
    ack = call.order("BUY", "0.02", "60000", newClientOrderId="mine")
    assert set(ack) == ACK_FIELDS
    assert (ack["status"], ack["executedQty"], ack["cumQty"]) == ("NEW", "0.000", "0.000")
    assert (ack["price"], ack["origQty"], ack["clientOrderId"]) == ("60000.00", "0.020", "mine")


def test_a_result_knows_what_was_filled_but_not_at_which_price(call: Caller) -> None:
    call.other().order("SELL", "0.01", "60000")
    result = call.order("BUY", "0.01", newOrderRespType="RESULT")
    assert set(result) == ACK_FIELDS
    assert (result["status"], result["executedQty"], result["price"]) == ("FILLED", "0.010", "0.00")


def test_a_query_tells_average_price_quote_amount_and_time(call: Caller) -> None:
    other = call.other()
    other.order("SELL", "0.01", "60000")
    other.order("SELL", "0.01", "60001")
    ack = call.order("BUY", "0.02", "60001")
    row = call("GET", "/fapi/v1/order", symbol="BTCUSDT", orderId=ack["orderId"])
    assert set(row) == QUERY_FIELDS
    assert (row["avgPrice"], row["cumQuote"], row["executedQty"]) == (
        "60000.50000",
        "1200.01000",
        "0.020",
    )
    assert set(call("GET", "/fapi/v1/allOrders", symbol="BTCUSDT")[0]) == QUERY_FIELDS | {"pair", "cumBase"}


def test_a_trade_tells_its_fee_as_paid_and_its_profit_gross(call: Caller) -> None:
    other = call.other()
    other.order("SELL", "0.01", "60000")
    call.order("BUY", "0.01")
    other.order("BUY", "0.01", "60100")
    call.order("SELL", "0.01")
    opened, closed = call("GET", "/fapi/v1/userTrades", symbol="BTCUSDT")
    assert set(closed) == TRADE_FIELDS
    assert (opened["commission"], opened["buyer"], opened["maker"]) == ("0.30000000", True, False)
    assert (closed["realizedPnl"], closed["quoteQty"], closed["side"]) == ("1.00000000", "601.00000", "SELL")


def test_sides_are_the_venues_words(call: Caller) -> None:
    assert (BUY, SELL) == (1, -1)
    assert call.order("SELL", "0.01", "61000")["side"] == "SELL"
