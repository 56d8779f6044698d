import pytest

from connector.core.clock import ManualClock
from connector.simulator.fault_injection.catalogue import Moment
from connector.simulator.fault_injection.faults import Armed, Faults


def faults() -> tuple[Faults, list[Armed]]:
    struck: list[Armed] = []
    return Faults(struck.append), struck


def test_a_fault_strikes_as_often_as_it_was_armed_for() -> None:
    armed, _ = faults()
    armed.arm("drop_depth", 2)
    assert [armed.take("drop_depth") is not None for _ in range(3)] == [True, True, False]


def test_a_request_fault_strikes_its_own_request() -> None:
    armed, _ = faults()
    armed.arm("unknown_not_placed")
    assert armed.take_request(Moment.BEFORE, "DELETE", "/fapi/v1/order") is None
    assert armed.take_request(Moment.AFTER, "POST", "/fapi/v1/order") is None
    struck = armed.take_request(Moment.BEFORE, "POST", "/fapi/v1/order")
    assert struck is not None and struck.name == "unknown_not_placed"


def test_a_request_fault_can_be_turned_on_another_request() -> None:
    armed, _ = faults()
    armed.arm("reset_after_execution", method="DELETE")
    assert armed.take_request(Moment.AFTER, "POST", "/fapi/v1/order") is None
    assert armed.take_request(Moment.AFTER, "DELETE", "/fapi/v1/order") is not None


def test_a_request_fault_can_be_turned_on_every_path_of_a_method() -> None:
    armed, _ = faults()
    armed.arm("service_unavailable", times=2, method="DELETE", path="*")
    assert armed.take_request(Moment.BEFORE, "POST", "/fapi/v1/order") is None
    assert armed.take_request(Moment.BEFORE, "DELETE", "/fapi/v1/batchOrders") is not None
    assert armed.take_request(Moment.BEFORE, "DELETE", "/fapi/v1/algoOrder") is not None


def test_what_strikes_at_once_is_not_kept() -> None:
    armed, struck = faults()
    armed.arm("delisting", ms=300, symbol="BTCUSDT")
    assert [(fault.name, fault.ms, fault.symbol) for fault in struck] == [("delisting", 300, "BTCUSDT")]
    assert armed.armed() == []


def test_what_lasts_for_a_while_ends_when_its_time_is_over_or_when_it_is_disarmed() -> None:
    clock, struck = ManualClock(0), list[Armed]()
    armed = Faults(struck.append, clock.monotonic_ms)
    for name in ("half_open", "silent_stream"):
        armed.arm(name, ms=300)
    armed.arm("silent_stream", 0)
    assert armed.standing("half_open") and not armed.standing("silent_stream")
    clock.advance(300)
    assert armed.standing("half_open") is None, "over before anybody looked"
    armed.end_what_is_over()
    assert [(fault.name, fault.times) for fault in struck] == [
        ("half_open", 1),
        ("silent_stream", 1),
        ("silent_stream", 0),
        ("half_open", 0),
    ]
    assert armed.armed() == []


def test_what_is_armed_anew_is_over_first() -> None:
    armed, struck = faults()
    armed.arm("trading_halt", symbol="BTCUSDT")
    armed.arm("trading_halt", symbol="ETHUSDT")
    assert [(fault.times, fault.symbol) for fault in struck] == [(1, "BTCUSDT"), (0, "BTCUSDT"), (1, "ETHUSDT")]


def test_a_fault_of_user_events_strikes_its_kind_alone() -> None:
    armed, _ = faults()
    armed.arm("lost_user_event", event="ACCOUNT_UPDATE")
    assert armed.take("lost_user_event", event="ORDER_TRADE_UPDATE") is None
    assert armed.take("lost_user_event", event="ACCOUNT_UPDATE") is not None
    armed.arm("delay_user_event")
    assert armed.take("delay_user_event", event="MARGIN_CALL") is not None, "any where none is named"


def test_a_standing_fault_lasts_until_it_is_disarmed() -> None:
    armed, _ = faults()
    armed.arm("clock_skew", ms=1_500)
    assert (armed.standing_ms("clock_skew"), armed.standing_ms("clock_skew")) == (1_500, 1_500)
    armed.arm("clock_skew", 0)
    assert armed.standing_ms("clock_skew") == 0


def test_an_unknown_name_is_an_error() -> None:
    armed, _ = faults()
    with pytest.raises(KeyError):
        armed.arm("earthquake")


def test_a_request_fault_strikes_whatever_stream_it_names() -> None:
    armed, _ = faults()
    armed.arm("overloaded_1008", stream="btcusdt@depth")
    assert armed.take_request(Moment.BEFORE, "POST", "/fapi/v1/order") is not None


def test_what_stands_is_told_when_it_comes_and_when_it_goes() -> None:
    armed, struck = faults()
    armed.arm("trading_halt", symbol="BTCUSDT")
    armed.arm("trading_halt", 0)
    armed.arm("cut_sockets", 0)
    assert [(fault.name, fault.times, fault.symbol) for fault in struck] == [
        ("trading_halt", 1, "BTCUSDT"),
        ("trading_halt", 0, "BTCUSDT"),
    ]
