"""A bot in the background: it quotes when the command returns, outlives it, and says why where it does not."""

import json
from pathlib import Path

from tests.companions.flows.in_process import done
from tests.companions.flows.programs import home_with, runs, started


async def test_a_bot_in_the_background_quotes_when_the_command_returns_and_is_stopped_by_name(tmp_path: Path) -> None:
    home = home_with(tmp_path)
    async with started("start", "--name", "btc", "--json", "--home", str(home)) as command:
        assert await command.ends(100) == 0, command.text
    row = json.loads(command.text)
    assert (row["name"], row["state"]["name"], runs(row["pid"])) == ("btc", "quoting", True)
    assert Path(row["output"]) == home / "logs" / "btc.out"
    code, said = await done("start", "--name", "btc", home=home)
    assert (code, "a bot of this name runs in this home" in said) == (2, True)
    code, said = await done("stop", "btc", home=home)
    assert (code, said) == (0, "btc has stopped, exit code 0")
    output = home / "logs" / "btc.out"
    assert "residual" in output.read_text(), "its last words are written"
    assert not runs(row["pid"])
    assert "quotes " not in output.read_text(), "how it stands is asked for, and fills no file"


async def test_one_that_ends_before_it_quotes_ends_the_command_with_its_own_code_and_words(tmp_path: Path) -> None:
    code, said = await done("start", home=home_with(tmp_path, leverage="200"))
    assert code == 3
    assert "bot ended with 3 before it quoted; it said:" in said and "leverage: 200" in said


async def test_a_bot_in_the_background_is_not_asked_for_a_password_at_a_terminal(tmp_path: Path) -> None:
    code, said = await done("start", "--password-from", "terminal", home=home_with(tmp_path))
    assert (code, "a bot in the background has no terminal" in said) == (2, True)
