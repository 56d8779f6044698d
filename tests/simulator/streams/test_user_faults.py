"""What reaches a user stream's listener under each of its faults."""

import pytest

from connector.simulator.fault_injection.faults import Faults
from connector.simulator.streams.user_faults import ORDER_EVENT, UserFaults
from tests.companions.simulator.callers import Caller
from tests.companions.simulator.listeners import Listener, hub_and_clock


def listening(call: Caller) -> Listener:
    return Listener(call.runtime.hub, call("POST", "/fapi/v1/listenKey")["listenKey"])


@pytest.mark.parametrize(
    ("fault", "received"),
    [
        ("lost_user_event", [2, 3]),
        ("duplicate_user_event", [1, 1, 2, 3]),
        ("reorder_user_event", [2, 1, 3]),
    ],
)
def test_an_order_event_is_lost_doubled_or_overtaken(fault: str, received: list[int]) -> None:
    hub, _ = hub_and_clock()
    faults, listener = Faults(lambda armed: None), Listener(hub, "key")
    user_faults = UserFaults(hub, faults)
    faults.arm(fault)
    for frame in (b"1", b"2", b"3"):
        user_faults.send("key", frame, ORDER_EVENT)
    assert listener.received() == received


def test_an_event_of_another_kind_is_neither_lost_nor_overtaken() -> None:
    hub, _ = hub_and_clock()
    faults, listener = Faults(lambda armed: None), Listener(hub, "key")
    for fault in ("lost_user_event", "duplicate_user_event", "reorder_user_event"):
        faults.arm(fault)
    UserFaults(hub, faults).send("key", b"1", "ACCOUNT_UPDATE")
    assert listener.received() == [1] and len(faults.armed()) == 3


def test_a_key_that_ended_sends_nothing_that_was_held_back() -> None:
    hub, _ = hub_and_clock()
    faults, listener = Faults(lambda armed: None), Listener(hub, "key")
    user_faults = UserFaults(hub, faults)
    faults.arm("reorder_user_event")
    user_faults.send("key", b"1", ORDER_EVENT)
    user_faults.forget("key")
    user_faults.send("key", b"2", ORDER_EVENT)
    assert listener.received() == [2]


def test_a_fill_can_be_told_before_its_order_is(call: Caller) -> None:
    listener = listening(call)
    call.other().order("SELL", "0.01", "60000")
    call.runtime.faults.arm("reorder_user_event")
    call.order("BUY", "0.01")
    orders = [event["o"]["x"] for event in listener.received() if event["e"] == ORDER_EVENT]
    assert orders == ["TRADE", "NEW"]


def test_late_user_events_come_in_the_order_in_which_they_happened(call: Caller) -> None:
    listener = listening(call)
    call.runtime.faults.arm("delay_user_event", ms=400)
    call.order("BUY", "0.01", "59000", newClientOrderId="late")
    call.order("BUY", "0.01", "58000", newClientOrderId="behind")
    call.clock.advance(399)
    call.runtime.pulse()
    assert listener.received() == []
    call.clock.advance(1)
    call.runtime.pulse()
    assert [event["o"]["c"] for event in listener.received()] == ["late", "behind"]
    call.order("BUY", "0.01", "57000", newClientOrderId="prompt")
    assert [event["o"]["c"] for event in listener.received()] == ["prompt"]
