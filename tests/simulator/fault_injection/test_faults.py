import pytest

from connector.simulator.fault_injection.faults import FAULTS, Armed, Faults, Moment, fault_names


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


def test_what_strikes_at_once_is_not_kept() -> None:
    armed, struck = faults()
    armed.arm("silent_stream", ms=300, stream="btcusdt@depth")
    assert [(fault.name, fault.ms, fault.stream) for fault in struck] == [("silent_stream", 300, "btcusdt@depth")]
    assert armed.armed() == []


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


def test_request_faults_name_a_default_request_or_strike_any() -> None:
    for row in FAULTS.values():
        assert bool(row.method) == bool(row.path)
        assert row.about


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
        ("trading_halt", 0, ""),
    ]


def test_the_list_of_faults_has_a_line_for_each() -> None:
    lines = fault_names().splitlines()
    assert [line.split()[0] for line in lines] == list(FAULTS)
    assert all(row.about in line for row, line in zip(FAULTS.values(), lines, strict=True))
