"""Captures as they are asked for at the command line."""

import json
import signal
from decimal import Decimal
from pathlib import Path

from connector.bot.commands.replay import replay
from connector.bot.home import home_at
from connector.bot.records.databases import HomeHistory
from connector.config.connector_settings import ConnectorSettings
from tests.companions.flows.in_process import done
from tests.companions.flows.programs import started
from tests.companions.local_trading import until
from tests.companions.places import SHIPPED_SETTINGS
from tests.companions.simulator.recordings import swinging


async def test_a_recording_has_a_home_whose_log_it_writes(tmp_path: Path) -> None:
    path = tmp_path / "out.gz"
    words = ("record", str(path), "--home", str(tmp_path))
    async with started(*words) as program:
        await until(lambda: path.exists() and path.stat().st_size > 3_000, "frames are written", 30)
        program.send(signal.SIGTERM)
        assert await program.ends() == 0, program.text
    assert "frames and 1 snapshots of BTC-USDT" in program.text
    assert replay(path).symbols["BTCUSDT"].applied > 5
    assert (tmp_path / "logs" / "connector.log").is_file()


async def test_a_rehearsal_prints_its_summary_and_its_history_is_kept(tmp_path: Path) -> None:
    recording, tried = swinging(tmp_path, 20), tmp_path / "tried.json"
    words = ("rehearse", str(recording), "--config", str(SHIPPED_SETTINGS), "--from", "1", "--json", str(tried))
    async with started(*words, "--home", str(tmp_path)) as program:
        assert await program.ends(60) == 0, program.text
    assert program.text.splitlines()[0].startswith(
        "REHEARSAL on recording.gz, from 1 s to its end, a round trip of 10 ms"
    )
    assert "DRY RUN" not in program.text
    assert "REHEARSAL on recording.gz" in program.text.split("market: recording.gz")[0].split("\n", 1)[1]
    assert "market: recording.gz, from 1 s to its end, a round trip of 10 ms" in program.text
    row = json.loads(tried.read_text())
    assert row["dry_run"] == "recording.gz" and row["bot"]["fills"] >= 1 and row["residual"] == "0"
    told = await done("history", "fills", "--json", home=tmp_path)
    assert told == (0, '{"fills": []}'), "it lies not among those of runs"
    fills = json.loads((await done("history", "fills", "--json", "--rehearsals", home=tmp_path))[1])["fills"]
    assert len(fills) == row["bot"]["fills"]
    assert sum(Decimal(fill["fee_amount"]) for fill in fills) == Decimal(row["bot"]["fees"])
    marks = [mark for _, mark in HomeHistory(home_at(tmp_path).rehearsals, ConnectorSettings()).marks()]
    money = [mark for mark in marks if mark["kind"] == "money"]
    assert Decimal(money[-1]["equity"]) == Decimal(row["result"]["equity"]), "the last line is of the end"
    assert all(1_700_000_001_000 <= fill["time_ms"] <= 1_700_000_020_000 for fill in fills)


async def test_a_rehearsal_of_no_recording_is_refused_in_one_line(tmp_path: Path) -> None:
    words = ("rehearse", str(tmp_path / "none.gz"), "--config", str(SHIPPED_SETTINGS), "--home", str(tmp_path))
    async with started(*words) as program:
        assert await program.ends(30) == 3, program.text
    assert "RECORDING: " in program.text and "Traceback" not in program.text
