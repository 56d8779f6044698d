"""What reaches a user stream's listener under each of its faults."""

import pytest

from connector.simulator.fault_injection.faults import Faults
from connector.simulator.streams.user_faults import ORDER_EVENT, UserFaults
from tests.companions.simulator.callers import Caller
from tests.companions.simulator.listeners import Ear, hub_and_clock


def told(call: Caller) -> Ear:
    return Ear(call.runtime.hub, call("POST", "/fapi/v1/listenKey")["listenKey"])


@pytest.mark.parametrize(
    ("fault", "heard"),
    [
        ("lost_user_event", [2, 3]),
        ("duplicate_user_event", [1, 1, 2, 3]),
        ("reorder_user_event", [2, 1, 3]),
    ],
)
def test_an_order_event_is_lost_doubled_or_overtaken(fault: str, heard: list[int]) -> None:
    hub, _ = hub_and_clock()
    faults, ear = Faults(lambda armed: None), Ear(hub, "key")
    weather = UserFaults(hub, faults)
    faults.arm(fault)
    for frame in (b"1", b"2", b"3"):
        weather.send("key", frame, ORDER_EVENT)
    assert ear.heard() == heard


def test_an_event_of_another_kind_is_neither_lost_nor_overtaken() -> None:
    hub, _ = hub_and_clock()
    faults, ear = Faults(lambda armed: None), Ear(hub, "key")
    for fault in ("lost_user_event", "duplicate_user_event", "reorder_user_event"):
        faults.arm(fault)
    UserFaults(hub, faults).send("key", b"1", "ACCOUNT_UPDATE")
    assert ear.heard() == [1] and len(faults.armed()) == 3


def test_a_key_that_ended_sends_nothing_that_was_held_back() -> None:
    hub, _ = hub_and_clock()
    faults, ear = Faults(lambda armed: None), Ear(hub, "key")
    weather = UserFaults(hub, faults)
    faults.arm("reorder_user_event")
    weather.send("key", b"1", ORDER_EVENT)
    weather.forget("key")
    weather.send("key", b"2", ORDER_EVENT)
    assert ear.heard() == [2]


def test_a_fill_can_be_told_before_its_order_is(call: Caller) -> None:
    ear = told(call)
    call.other().order("SELL", "0.01", "60000")
    call.runtime.faults.arm("reorder_user_event")
    call.order("BUY", "0.01")
    orders = [event["o"]["x"] for event in ear.heard() if event["e"] == ORDER_EVENT]
    assert orders == ["TRADE", "NEW"]


def test_late_user_events_come_in_the_order_in_which_they_happened(call: Caller) -> None:
    ear = told(call)
    call.runtime.faults.arm("delay_user_event", ms=400)
    call.order("BUY", "0.01", "59000", newClientOrderId="late")
    call.order("BUY", "0.01", "58000", newClientOrderId="behind")
    call.clock.advance(399)
    call.runtime.pulse()
    assert ear.heard() == []
    call.clock.advance(1)
    call.runtime.pulse()
    assert [event["o"]["c"] for event in ear.heard()] == ["late", "behind"]
    call.order("BUY", "0.01", "57000", newClientOrderId="prompt")
    assert [event["o"]["c"] for event in ear.heard()] == ["prompt"]
