"""Recording as a user starts it."""

import asyncio
import signal
from pathlib import Path

from connector.bot.commands.replay import replay
from tests.companions.flows.programs import exchange, started

#: Bytes; a slow machine's recording of half of it may hold no more than ten events of depth.
MUCH = 60_000


async def test_a_recording_that_is_stopped_by_hand_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "by-hand.gz"
    async with exchange() as (_, row), started("record", "--exchange", row["rest"], str(path)) as program:
        while not path.exists() or path.stat().st_size < MUCH:
            assert program.process.returncode is None, program.text
            await asyncio.sleep(0.05)
        program.send(signal.SIGINT)
        assert await program.ends() == 0, program.text
    assert "1 snapshots of BTC-USDT" in program.text
    result = replay(path).symbols["BTCUSDT"]
    assert result.applied > 10
    assert result.checked == result.matched > 10


async def test_without_options_it_records_an_exchange_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "own.gz"
    async with started("record", "--duration", "3", str(path)) as program:
        assert await program.ends() == 0, program.text
    assert replay(path).symbols["BTCUSDT"].checked > 5
