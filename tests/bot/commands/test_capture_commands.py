"""Captures as they are asked for at the command line."""

import signal
from pathlib import Path

from connector.bot.commands.replay import replay
from tests.companions.flows.programs import started
from tests.companions.local_trading import until


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
