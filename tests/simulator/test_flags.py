import json
from pathlib import Path

import pytest

from connector.simulator.clock import VirtualClock
from connector.simulator.errors import BadInput
from connector.simulator.fault_injection.fault_script import ScriptedFault
from connector.simulator.fault_injection.faults import Armed
from connector.simulator.fault_injection.latency import LatencyModel
from connector.simulator.fault_injection.price_scripts import SCRIPTS
from connector.simulator.flags import SimulationFlags, settings_of
from tests.companions.simulator.long_list import long_list, written_list


def test_without_flags_the_settings_are_the_shipped_ones() -> None:
    settings = settings_of(SimulationFlags(), port=8080, seed=3)
    assert (settings.port, settings.seed, settings.pace, settings.price_scripts) == (8080, 3, 1.0, ())
    assert settings.ack_latency is settings.event_latency is settings.replay is settings.journal is None
    assert settings.growing_replay is None
    assert (settings.funding_first_s, settings.funding_interval_s) == (8.0, 8.0)


def test_every_flag_becomes_a_setting(tmp_path: Path) -> None:
    flags = SimulationFlags(2.0, None, "crash@10", "5", "lognormal:3:0.5", "x4", tmp_path / "journal", None, None, 60.0)
    settings = settings_of(flags, port=0, seed=1)
    assert settings.price_scripts == ((SCRIPTS["crash"], 10_000),)
    assert (settings.ack_latency, settings.event_latency) == (LatencyModel(5), LatencyModel(3, 0.5))
    assert isinstance(settings.clock, VirtualClock) and settings.clock.rate == 4.0
    assert (settings.pace, settings.journal) == (2.0, tmp_path / "journal")
    assert (settings.funding_first_s, settings.funding_interval_s) == (60.0, 60.0)
    assert settings_of(SimulationFlags(price_script="gap"), port=0, seed=1).price_scripts == ((SCRIPTS["gap"], 0),)


def test_a_script_of_faults_strikes_what_is_listed(tmp_path: Path) -> None:
    script = tmp_path / "storm.yml"
    script.write_text("- {at_s: 1, fault: delisting, symbol: SOLUSDT}")
    settings = settings_of(SimulationFlags(faults=script), port=0, seed=1)
    assert settings.fault_script == (ScriptedFault(1, Armed("delisting", symbol="SOLUSDT")),)
    script.write_text("- {at_s: 1, fault: delisting, symbol: NOPEUSDT}")
    with pytest.raises(BadInput, match="'NOPEUSDT' is not listed"):
        settings_of(SimulationFlags(faults=script), port=0, seed=1)


def test_a_list_of_contracts_is_what_is_traded_and_what_is_left_out_is_told(tmp_path: Path) -> None:
    path, told = written_list(tmp_path / "list.json", 30), list[str]()
    assert len(settings_of(SimulationFlags(instruments=path), port=0, seed=1, tell=told.append).instruments) == 30
    assert told == []
    rows = long_list(12)["symbols"]
    path.write_text(json.dumps({"symbols": [*rows, {"symbol": "ODDUSDT"}]}))
    assert len(settings_of(SimulationFlags(instruments=path), port=0, seed=1, tell=told.append).instruments) == 12
    assert len(told) == 1 and "ODDUSDT is left out" in told[0]


def test_a_recording_on_standard_input_goes_with_a_list_of_contracts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "lines").open("w+") as lines:
        monkeypatch.setattr("sys.stdin", lines)
        flags = SimulationFlags(replay=Path("-"), instruments=written_list(tmp_path / "list.json", 30))
        settings = settings_of(flags, port=0, seed=1)
        assert (settings.replay, settings.growing_replay) == (None, lines.fileno())
    assert len(settings.instruments) == 30


@pytest.mark.parametrize("name", ["replay", "journal", "state", "faults", "instruments"])
def test_a_file_without_a_name_is_said(name: str) -> None:
    with pytest.raises(BadInput, match=f"^--{name} names no file; say which one, or leave it out$"):
        settings_of(SimulationFlags(**{name: Path("")}), port=0, seed=1)


def test_a_script_of_faults_strikes_what_the_list_names(tmp_path: Path) -> None:
    script = tmp_path / "storm.yml"
    script.write_text("- {at_s: 1, fault: delisting, symbol: LOT003USDT}")
    flags = SimulationFlags(faults=script, instruments=written_list(tmp_path / "list.json", 30))
    assert settings_of(flags, port=0, seed=1).fault_script[0].fault.symbol == "LOT003USDT"


@pytest.mark.parametrize(
    ("flags", "names"),
    [
        (SimulationFlags(clock="fast"), "--clock fast"),
        (SimulationFlags(clock="x-1"), "--clock x-1"),
        (SimulationFlags(price_script="boom"), "boom"),
        (SimulationFlags(price_script="crash@soon"), "crash@soon"),
        (SimulationFlags(ack_latency="slow"), "slow"),
        (SimulationFlags(journal=Path("a"), state=Path("b")), "--journal and --state"),
        (SimulationFlags(replay=Path("a"), state=Path("b")), "--replay and --state"),
        (SimulationFlags(replay=Path("a"), price_script="gap"), "--replay and --price-script"),
        (SimulationFlags(replay=Path("a"), instruments=Path("b")), "--replay and --instruments"),
        (SimulationFlags(instruments=Path("nowhere")), "nowhere cannot be read"),
    ],
)
def test_a_flag_that_cannot_be_is_named(flags: SimulationFlags, names: str) -> None:
    with pytest.raises(BadInput, match=names):
        settings_of(flags, port=0, seed=1)
