"""`connector strategy new` as a user types it, and the run that follows."""

from pathlib import Path

from tests.companions.flows.programs import started


async def test_what_new_writes_runs_at_once(tmp_path: Path) -> None:
    async with started("strategy", "new", "mine", "--home", str(tmp_path), home=tmp_path) as program:
        assert await program.ends() == 0, program.text
    settings = tmp_path / "conf" / "mine.yml"
    assert program.lines[0][1] == f"{tmp_path / 'strategies' / 'mine.py'}: edit it"
    assert program.lines[2][1] == f"{settings}: connector run --config {settings}"
    async with started("run", "--config", str(settings), "--duration", "15", home=tmp_path) as bot:
        await bot.quotes()
        assert await bot.ends() == 0, bot.text


async def test_a_name_that_is_taken_is_one_line(tmp_path: Path) -> None:
    for code in (0, 3):
        async with started("strategy", "new", "mine", "--home", str(tmp_path), home=tmp_path) as program:
            assert await program.ends() == code, program.text
    assert len(program.lines) == 1
    assert "exists already" in program.text
