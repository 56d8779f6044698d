from decimal import Decimal

import pytest

from tests.companions.simulator.callers import Caller
from tests.companions.simulator.listeners import Listener

ORDER_FIELDS = {
    "s", "c", "S", "o", "f", "q", "p", "ap", "sp", "x", "X", "i", "l", "z", "L", "n", "N", "T", "t", "b", "a", "m",
    "R", "wt", "ot", "ps", "cp", "rp", "pP", "si", "ss", "V", "pm", "gtd", "er",
}  # fmt: skip


def listening(call: Caller) -> Listener:
    key = call("POST", "/fapi/v1/listenKey")["listenKey"]
    return Listener(call.runtime.hub, key)


def test_a_fill_is_told_light_then_for_the_account_then_in_full(call: Caller) -> None:
    listener = listening(call)
    call.other().order("SELL", "0.01", "60000")
    call.order("BUY", "0.01")
    new, light, account, full = listener.received()
    assert [event["e"] for event in (new, light, account, full)] == [
        "ORDER_TRADE_UPDATE",
        "TRADE_LITE",
        "ACCOUNT_UPDATE",
        "ORDER_TRADE_UPDATE",
    ]
    assert light["T"] == account["T"] == full["T"]
    assert (light["i"], light["t"], light["L"]) == (full["o"]["i"], full["o"]["t"], "60000.00")


def test_an_order_event_names_every_field_and_a_fee_of_nothing_where_nothing_was_filled(call: Caller) -> None:
    listener = listening(call)
    call.other().order("SELL", "0.01", "60000")
    call.order("BUY", "0.01", "60000", newClientOrderId="mine")
    new, _, _, full = listener.received()
    assert set(new["o"]) == set(full["o"]) == ORDER_FIELDS
    assert (new["o"]["n"], new["o"]["N"]) == ("0", "USDT")
    order = full["o"]
    assert (order["x"], order["X"], order["c"], order["n"], order["N"]) == (
        "TRADE",
        "FILLED",
        "mine",
        "0.30000000",
        "USDT",
    )
    assert (order["ap"], order["z"], order["l"], order["er"]) == ("60000.00000", "0.010", "0.010", "0")


def test_an_account_event_names_wallet_and_position(call: Caller) -> None:
    listener = listening(call)
    call.other().order("SELL", "0.01", "60000")
    call.order("BUY", "0.01")
    body = listener.received()[2]["a"]
    assert body["m"] == "ORDER" and "S" not in body
    assert body["B"] == [{"a": "USDT", "wb": "9999.70000000", "cw": "9999.70000000", "bc": "0"}]
    assert set(body["P"][0]) == {"s", "pa", "ep", "cr", "up", "mt", "iw", "ps", "ma", "bep"}
    assert (body["P"][0]["pa"], body["P"][0]["ep"], body["P"][0]["mt"]) == ("0.010", "60000", "cross")


def test_funding_tells_symbol_change_and_wallet(call: Caller) -> None:
    listener = listening(call)
    call.other().order("SELL", "0.01", "60000")
    call.order("BUY", "0.01")
    listener.received()
    call.local("POST", "/local/v1/funding")
    (event,) = listener.received()
    assert (event["a"]["m"], event["a"]["S"], event["a"]["P"]) == ("FUNDING_FEE", "BTCUSDT", [])
    assert (event["a"]["B"][0]["bc"], event["a"]["B"][0]["wb"]) == ("-0.06000000", "9999.64000000")


def test_pushed_money_adds_up_to_the_wallet(call: Caller) -> None:
    listener = listening(call)
    other = call.other()
    for price in ("60000", "60000.7", "59990.3"):
        other.order("SELL", "0.013", price)
        call.order("BUY", "0.013")
        other.order("BUY", "0.007", "59950.1")
        call.order("SELL", "0.007")
    call.local("POST", "/local/v1/funding")
    events = listener.received()
    fills = [event["o"] for event in events if event["e"] == "ORDER_TRADE_UPDATE" and event["o"]["x"] == "TRADE"]
    booked = sum(Decimal(fill["rp"]) - Decimal(fill["n"]) for fill in fills)
    changes = [event["a"]["B"][0] for event in events if event["e"] == "ACCOUNT_UPDATE"]
    moved = sum(Decimal(row["bc"]) for row in changes)
    assert Decimal(changes[-1]["wb"]) == 10_000 + booked + moved


def test_a_leverage_change_is_told(call: Caller) -> None:
    listener = listening(call)
    call("POST", "/fapi/v1/leverage", symbol="BTCUSDT", leverage=5)
    (event,) = listener.received()
    assert (event["e"], event["ac"]) == ("ACCOUNT_CONFIG_UPDATE", {"s": "BTCUSDT", "l": 5})


def test_an_expired_key_says_so_once_and_falls_silent(call: Caller) -> None:
    listener = listening(call)
    call("DELETE", "/fapi/v1/listenKey")
    call.order("BUY", "0.01", "59000")
    (event,) = listener.received()
    assert set(event) == {"e", "E", "listenKey"} and event["e"] == "listenKeyExpired"


@pytest.mark.parametrize(("fault", "copies"), [("lost_user_event", 0), ("duplicate_user_event", 2)])
def test_an_order_event_can_be_lost_or_doubled(call: Caller, fault: str, copies: int) -> None:
    listener = listening(call)
    call.runtime.faults.arm(fault)
    call.order("BUY", "0.01", "59000", newClientOrderId="one")
    call.order("BUY", "0.01", "59000", newClientOrderId="two")
    assert [event["o"]["c"] for event in listener.received()] == ["one"] * copies + ["two"]
