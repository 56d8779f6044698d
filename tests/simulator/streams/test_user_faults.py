"""What reaches a user stream's listener under each of its faults."""

from collections.abc import Callable

import pytest

from connector.simulator.fault_injection.faults import Faults
from connector.simulator.fault_injection.late_actions import LateActions
from connector.simulator.server import LocalExchange
from connector.simulator.streams.user_faults import ORDER_EVENT, UserFaults
from tests.companions.simulator.callers import Caller, SocketClient
from tests.companions.simulator.listeners import Listener, hub_and_clock


def listening(call: Caller) -> Listener:
    return Listener(call.runtime.hub, call("POST", "/fapi/v1/listenKey")["listenKey"])


def desk() -> tuple[UserFaults, Faults, Listener, Callable[[int], None]]:
    """The faults of a listener, and what lets time pass."""
    hub, clock = hub_and_clock()
    faults, late = Faults(lambda armed: None), LateActions(clock.monotonic_ms)

    def wait(ms: int) -> None:
        clock.advance(ms)
        late.run()

    return UserFaults(hub, faults, late), faults, Listener(hub, "key"), wait


@pytest.mark.parametrize(
    ("fault", "received"),
    [
        ("lost_user_event", [2, 3]),
        ("duplicate_user_event", [1, 1, 2, 3]),
        ("reorder_user_event", [2, 1, 3]),
    ],
)
def test_an_order_event_is_lost_doubled_or_overtaken(fault: str, received: list[int]) -> None:
    user_faults, faults, listener, _ = desk()
    faults.arm(fault)
    for frame in (b"1", b"2", b"3"):
        user_faults.send("key", frame, ORDER_EVENT)
    assert listener.received() == received


def test_an_event_of_another_kind_is_neither_lost_nor_overtaken() -> None:
    user_faults, faults, listener, _ = desk()
    for fault in ("lost_user_event", "duplicate_user_event", "reorder_user_event"):
        faults.arm(fault)
    user_faults.send("key", b"1", "ACCOUNT_UPDATE")
    assert listener.received() == [1] and len(faults.armed()) == 3


def test_a_key_that_ended_sends_nothing_that_was_held_back() -> None:
    user_faults, faults, listener, _ = desk()
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


@pytest.mark.parametrize(
    ("fault", "received"),
    [
        ("lost_user_event", [1, 3, 4]),
        ("duplicate_user_event", [1, 2, 2, 3, 4]),
        ("reorder_user_event", [1, 3, 4, 2]),
    ],
)
def test_any_kind_of_event_can_be_chosen(fault: str, received: list[int]) -> None:
    user_faults, faults, listener, _ = desk()
    faults.arm(fault, event="ACCOUNT_UPDATE")
    for frame, event in ((b"1", ORDER_EVENT), (b"2", "ACCOUNT_UPDATE"), (b"3", ORDER_EVENT), (b"4", "ACCOUNT_UPDATE")):
        user_faults.send("key", frame, event)
    assert listener.received() == received


def test_an_event_is_overtaken_by_those_behind_it() -> None:
    user_faults, faults, listener, wait = desk()
    faults.arm("overtaken_user_event", event="ACCOUNT_UPDATE", ms=300)
    for frame, event in ((b"1", "ACCOUNT_UPDATE"), (b"2", ORDER_EVENT)):
        user_faults.send("key", frame, event)
    assert listener.received() == [2]
    wait(300)
    assert listener.received() == [1]


async def test_a_position_that_is_not_told_of_and_a_fill_without_commission(
    venue: LocalExchange, client: SocketClient
) -> None:
    other = SocketClient(client.session, venue, venue.admit(venue.settings.deposit))
    await other.order("SELL", "0.1", "60000")
    user = await client.user_stream()
    await client.raw("POST", "/local/v1/faults", "name=lost_user_event&event=ACCOUNT_UPDATE")
    await client.raw("POST", "/local/v1/faults", "name=absent_commission&times=2")
    await client.order("BUY", "0.01")
    await client.order("BUY", "0.01")
    told = [await user.receive_json(timeout=5) for _ in range(7)]
    assert [event["e"] for event in told if event["e"] != "TRADE_LITE"] == [
        ORDER_EVENT,
        ORDER_EVENT,
        ORDER_EVENT,
        "ACCOUNT_UPDATE",
        ORDER_EVENT,
    ]
    orders = [event["o"] for event in told if event["e"] == ORDER_EVENT]
    assert [(order["x"], {"n", "N"} & order.keys()) for order in orders[:2]] == [("NEW", set()), ("TRADE", set())]
    assert {"n", "N"} <= orders[3].keys(), "the next fill names it again"
