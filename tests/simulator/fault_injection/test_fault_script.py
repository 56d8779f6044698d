"""A script says which fault strikes when."""

from pathlib import Path

import pytest

from connector.simulator.fault_injection.fault_script import (
    FaultScript,
    FaultScriptError,
    ScriptedFault,
    read_fault_script,
)
from connector.simulator.fault_injection.faults import Armed
from connector.simulator.local.known_names import known_names

LISTED = known_names(("BTCUSDT", "ETHUSDT"))


def test_a_row_is_due_once_when_its_time_has_come() -> None:
    script = FaultScript([ScriptedFault(5, Armed("cut_sockets")), ScriptedFault(1, Armed("silent_stream"))])
    assert list(script.due(999)) == []
    assert [row.fault.name for row in script.due(5_000)] == ["silent_stream", "cut_sockets"]
    assert list(script.due(60_000)) == []


def test_a_repeated_row_comes_again_and_makes_up_for_a_late_look() -> None:
    script = FaultScript([ScriptedFault(1, Armed("cut_sockets"), every_s=2)])
    assert [len(list(script.due(at_ms))) for at_ms in (1_000, 2_999, 3_000, 8_000)] == [1, 0, 1, 2]


def test_a_file_is_read_with_all_that_a_row_may_say(tmp_path: Path) -> None:
    path = tmp_path / "storm.yml"
    path.write_text(
        "- {at_s: 5, fault: silent_stream, stream: btcusdt@depth@100ms, ms: 3000}\n"
        "- {at_s: 0.5, every_s: 30, fault: unknown_but_placed, times: 2}\n"
    )
    assert list(FaultScript(read_fault_script(path, LISTED)).due(5_000)) == [
        ScriptedFault(0.5, Armed("unknown_but_placed", times=2), every_s=30),
        ScriptedFault(5, Armed("silent_stream", ms=3000, stream="btcusdt@depth@100ms")),
    ]


def test_an_answer_may_be_written_as_the_number_that_it_is(tmp_path: Path) -> None:
    path = tmp_path / "storm.yml"
    path.write_text("- {at_s: 5, fault: outage, ms: 3000, answer: 504}\n")
    (row,) = read_fault_script(path, LISTED)
    assert row.fault.answer == "504"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("- {at_s: 1, fault: rain}", "line 1, row 1: fault 'rain' is no fault"),
        ("- {fault: cut_sockets}", "row 1: at_s and fault are needed"),
        ("- {at_s: 1, fault: }", "row 1: fault is missing: say which fault"),
        ("- {at_s: 1, fault: cut_sockets, symbol: X}", "cut_sockets takes no symbol; it takes fault, times"),
        ("- {at_s: 1, fault: banned, ms: []}", "ms '[]' must be a whole number"),
        ("- {at_s: 1, fault: trading_halt, symbol: []}", "symbol '[]' must be text"),
        ("- {at_s: 1, fault: silent_stream, ms: 0}", "ms 0: silent_stream would do nothing; say from 1"),
        (f"- {{at_s: 1, fault: silent_stream, stream: {'k' * 64}}}", "is no listen key that lives"),
        ("- {at_s: 1, fault: outage, answer: 500}", "answer '500' is none of 502"),
        (
            "- {at_s: 1, fault: cut_sockets}\n- {at_s: 1, fault: cut_sockets, tims: 3}",
            "line 2, row 2: cut_sockets takes no tims (did you mean times?)",
        ),
        ("- {at_s: -1, fault: cut_sockets}", "at_s: -1: must be a number from 0"),
        ("- {at_s: .nan, fault: cut_sockets}", "at_s: nan: must be a number"),
        ("- {at_s: 1, fault: cut_sockets, times: 1.5}", "times '1.5' must be a whole number"),
        ("- {at_s: 1, fault: banned, ms: true}", "ms 'True' must be a whole number"),
        ("- {at_s: 1, fault: drop_depth, stream: 3}", "stream '3' must be text"),
        ("- {at_s: 1, fault: delisting, symbol: NOPE}", "symbol 'NOPE' is not listed"),
        ("- {at_s: 1, fault: cut_sockets, every_s: 0.01}", "every_s: 0.01: must be at least 0.05"),
        ("- {at_s: 1, fault: cut_sockets, every_s: 0}", "every_s: 0.0: must be at least 0.05; leave it out for once"),
        ("- {at_s: 1, name: cut_sockets, fault: cut_sockets}", "name is not for scripts; say fault"),
        ("- at_s: 1\n  fault: cut_sockets\n- at_s: 2\n  fault: outage\n  answer: '404'", "line 3, row 2: answer '404'"),
        ("- just text", "row 1: at_s and fault are needed"),
        ("fault: cut_sockets", "a list of rows is needed"),
        ("[]", "a list of rows is needed"),
        ("", "a list of rows is needed"),
        ("- {at_s: 1", "no YAML"),
    ],
)
def test_an_ill_script_is_refused_with_file_row_and_rule(tmp_path: Path, text: str, rule: str) -> None:
    path = tmp_path / "storm.yml"
    path.write_text(text)
    with pytest.raises(FaultScriptError) as refused:
        read_fault_script(path, LISTED)
    assert str(path) in str(refused.value)
    assert rule in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_script_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FaultScriptError, match="No such file"):
        read_fault_script(tmp_path / "none.yml", LISTED)
