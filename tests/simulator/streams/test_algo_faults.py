import pytest

from connector.simulator.fault_injection.catalogue import FAULTS
from connector.simulator.fault_injection.faults import Faults
from connector.simulator.streams.algo_faults import ORDERS, reordered
from tests.companions.simulator.callers import Caller
from tests.companions.simulator.listeners import Listener

BTC = "BTCUSDT"
STOP = {"algoType": "CONDITIONAL", "symbol": BTC, "side": "SELL", "type": "STOP_MARKET", "quantity": "0.01"}


def states_of(call: Caller, fault: str) -> list[str]:
    """What reaches the owner of a stop that fires and is filled at once."""
    other = call.other()
    other.order("SELL", "0.01", "60000")
    call.order("BUY", "0.01", "60000")
    other.order("BUY", "0.05", "58900")
    call("POST", "/fapi/v1/algoOrder", **STOP, triggerPrice="59000")
    if fault:
        call.local("POST", "/local/v1/faults", name=fault)
    listener = Listener(call.runtime.hub, call("POST", "/fapi/v1/listenKey")["listenKey"])
    call.other().order("SELL", "0.01", "58900")
    events = listener.received()
    names = {"TRADE_LITE": "lite", "ACCOUNT_UPDATE": "account"}
    return [names[event["e"]] if event["e"] in names else event["o"]["X"] for event in events]


@pytest.mark.parametrize(
    ("fault", "order"),
    [
        ("", ["TRIGGERING", "TRIGGERED", "NEW", "lite", "account", "FILLED", "FINISHED"]),
        ("child_fill_before_algo_update", ["TRIGGERING", "NEW", "lite", "account", "FILLED", "TRIGGERED", "FINISHED"]),
        ("child_fill_after_algo_update", ["TRIGGERING", "TRIGGERED", "FINISHED", "NEW", "lite", "account", "FILLED"]),
    ],
)
def test_a_childs_fill_comes_before_or_after_its_conditional_orders_end(
    call: Caller, fault: str, order: list[str]
) -> None:
    assert states_of(call, fault) == order
    assert not call.runtime.faults.armed()


def test_the_end_may_come_before_the_fill_of_a_child_that_waited(call: Caller) -> None:
    other = call.other()
    other.order("BUY", "0.01", "60000")
    call("POST", "/fapi/v1/algoOrder", **{**STOP, "type": "STOP"}, price="60500", triggerPrice="59900")
    other.order("BUY", "0.01", "59900")
    other.other().order("SELL", "0.02", "59900")
    (child,) = call("GET", "/fapi/v1/openOrders")
    call.runtime.faults.arm("child_fill_after_algo_update")
    listener = Listener(call.runtime.hub, call("POST", "/fapi/v1/listenKey")["listenKey"])
    other.order("BUY", "0.01", "60500")
    events = listener.received()
    assert [event["e"] for event in events] == ["ALGO_UPDATE", "TRADE_LITE", "ACCOUNT_UPDATE", "ORDER_TRADE_UPDATE"]
    assert events[-1]["o"]["i"] == child["orderId"]


def test_an_armed_fault_that_finds_nothing_changes_nothing_and_strikes_nothing() -> None:
    faults = Faults(lambda armed: None)
    faults.arm("child_fill_before_algo_update")
    assert reordered([], faults) == []
    assert [armed.name for armed in faults.armed()] == ["child_fill_before_algo_update"]


def test_both_orders_are_faults_of_the_table() -> None:
    assert set(ORDERS) <= set(FAULTS)
