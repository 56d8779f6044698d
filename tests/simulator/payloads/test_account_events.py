"""The events of accounts, field by field, as their listeners get them."""

from typing import Any

import pytest

from tests.companions.simulator.callers import Caller
from tests.companions.simulator.listeners import Listener

BTC = "BTCUSDT"
BALANCE = {"a", "wb", "cw", "bc"}
POSITION = {"s", "pa", "ep", "bep", "cr", "up", "mt", "iw", "ps", "ma"}


@pytest.fixture
def listener(call: Caller) -> Listener:
    return Listener(call.runtime.hub, call("POST", "/fapi/v1/listenKey")["listenKey"])


def only(listener: Listener, kind: str) -> list[Any]:
    return [event for event in listener.received() if event["e"] == kind]


def long(call: Caller, quantity: str = "0.1") -> None:
    call.other().order("SELL", quantity, "60000")
    call.order("BUY", quantity)


def mark(call: Caller, price: str) -> None:
    call.local("POST", "/local/v1/mark", symbol=BTC, price=price)
    call.clock.advance(50)
    call.runtime.pulse()


def test_a_changed_margin_type_names_the_position_and_no_balance(call: Caller, listener: Listener) -> None:
    call("POST", "/fapi/v1/marginType", symbol=BTC, marginType="ISOLATED")
    (event,) = only(listener, "ACCOUNT_UPDATE")
    assert (event["a"]["m"], event["a"]["B"]) == ("MARGIN_TYPE_CHANGE", [])
    (row,) = event["a"]["P"]
    assert set(row) == POSITION
    assert (row["s"], row["mt"], row["iw"], row["ps"]) == (BTC, "isolated", "0", "BOTH")


def test_an_isolated_fill_tells_what_is_posted_and_what_is_left_across(call: Caller, listener: Listener) -> None:
    call("POST", "/fapi/v1/marginType", symbol=BTC, marginType="ISOLATED")
    long(call)
    (event,) = [event for event in only(listener, "ACCOUNT_UPDATE") if event["a"]["m"] == "ORDER"]
    (balance,), (row,) = event["a"]["B"], event["a"]["P"]
    assert set(balance) == BALANCE
    assert (balance["wb"], balance["cw"]) == ("9997.00000000", "9700.00000000")
    assert (row["mt"], row["iw"]) == ("isolated", "297.00000000")


def test_margin_moved_by_hand_is_a_transfer_within_the_wallet(call: Caller, listener: Listener) -> None:
    call("POST", "/fapi/v1/marginType", symbol=BTC, marginType="ISOLATED")
    long(call)
    listener.received()
    call("POST", "/fapi/v1/positionMargin", symbol=BTC, amount="100", type=1)
    (event,) = only(listener, "ACCOUNT_UPDATE")
    (balance,), (row,) = event["a"]["B"], event["a"]["P"]
    assert event["a"]["m"] == "MARGIN_TRANSFER"
    assert (balance["wb"], balance["cw"], balance["bc"]) == ("9997.00000000", "9600.00000000", "0")
    assert row["iw"] == "397.00000000"


def test_funding_of_a_crossed_position_tells_the_balance_alone(call: Caller, listener: Listener) -> None:
    long(call)
    listener.received()
    call.local("POST", "/local/v1/funding", symbol=BTC)
    (event,) = only(listener, "ACCOUNT_UPDATE")
    assert (event["a"]["m"], event["a"]["S"], event["a"]["P"]) == ("FUNDING_FEE", BTC, [])
    assert event["a"]["B"][0]["bc"] == "-0.60000000"


def test_funding_of_an_isolated_position_is_paid_by_it_and_told_with_it(call: Caller, listener: Listener) -> None:
    call("POST", "/fapi/v1/marginType", symbol=BTC, marginType="ISOLATED")
    long(call)
    listener.received()
    call.local("POST", "/local/v1/funding", symbol=BTC)
    (event,) = only(listener, "ACCOUNT_UPDATE")
    (balance,), (row,) = event["a"]["B"], event["a"]["P"]
    assert (balance["wb"], balance["cw"], balance["bc"]) == ("9996.40000000", "9700.00000000", "-0.60000000")
    assert row["iw"] == "296.40000000"


def test_the_asset_mode_and_the_leverage_are_told_as_configuration(call: Caller, listener: Listener) -> None:
    call("POST", "/fapi/v1/leverage", symbol=BTC, leverage=7)
    call("POST", "/fapi/v1/multiAssetsMargin", multiAssetsMargin="true")
    steps = [(set(event), event.get("ac"), event.get("ai")) for event in only(listener, "ACCOUNT_CONFIG_UPDATE")]
    assert steps == [
        ({"e", "E", "T", "ac"}, {"s": BTC, "l": 7}, None),
        ({"e", "E", "T", "ai"}, None, {"j": True}),
    ]


@pytest.mark.parametrize(("margin_type", "has_cross"), [("CROSSED", True), ("ISOLATED", False)])
def test_a_margin_call_names_every_field(call: Caller, listener: Listener, margin_type: str, has_cross: bool) -> None:
    if margin_type == "ISOLATED":
        call("POST", "/fapi/v1/marginType", symbol=BTC, marginType="ISOLATED")
    long(call, "3.2")
    posted = call("GET", "/fapi/v3/positionRisk")[0]
    mark(call, "57275" if margin_type == "ISOLATED" else "57180")
    (event,) = only(listener, "MARGIN_CALL")
    assert set(event) == {"e", "E", "p"} | ({"cw"} if has_cross else set())
    (row,) = event["p"]
    assert set(row) == {"s", "ps", "pa", "mt", "iw", "mp", "up", "mm"}
    assert (row["s"], row["ps"], row["pa"], row["mt"]) == (BTC, "BOTH", "3.200", margin_type)
    assert row["iw"] == posted["isolatedWallet"]


def test_a_liquidation_is_told_step_by_step(call: Caller, listener: Listener) -> None:
    other = call.other()
    other.order("SELL", "3.2", "60000")
    call.order("BUY", "3.2")
    other.order("BUY", "1", "56900")
    resting = call.order("BUY", "0.001", "58000")
    listener.received()
    mark(call, "57000")
    mark(call, "57000")
    order_events = only(listener, "ORDER_TRADE_UPDATE")
    steps = [(event["o"]["i"] == resting["orderId"], event["o"]["x"], event["o"]["X"]) for event in order_events]
    assert steps[0] == (True, "EXPIRED", "EXPIRED")
    assert steps[1] == (False, "NEW", "NEW")
    assert order_events[0]["o"]["er"] == "5"
    forced = order_events[1]["o"]
    assert forced["c"].startswith("autoclose-")
    assert (forced["o"], forced["f"], forced["S"]) == ("LIQUIDATION", "IOC", "SELL")
    assert {event["o"]["x"] for event in order_events[2:]} == {"CALCULATED"}


def test_a_forced_close_is_announced_by_no_trade_lite(call: Caller, listener: Listener) -> None:
    long(call)
    listener.received()
    call.local("POST", "/local/v1/adl", api_key=call.sender.api_key, symbol=BTC)
    events = listener.received()
    assert "TRADE_LITE" not in {event["e"] for event in events}
    names = [event["o"]["c"] for event in events if event["e"] == "ORDER_TRADE_UPDATE"]
    assert names == ["adl_autoclose", "adl_autoclose"]
