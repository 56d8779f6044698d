"""The flags of the local exchange: what is wrong with them is said before it starts."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from connector.bot.commands.command_line import app


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--clock", "fast"), 2, "--clock fast: say x and a number"),
        (("--limits", "half"), 2, "half: venue, off, or xN"),
        (("--ack-latency", "slow"), 2, "slow"),
        (("--journal", "a", "--state", "b"), 2, "--journal and --state do not go together"),
        (("--host", "0.0.0.0"), 2, "is not loopback"),
        (("--price-script", "nope"), 3, "nope is neither a file nor one of"),
        (("--state", "no/such/folder/state"), 3, "--state no/such/folder/state: its folder does not exist"),
        (("--journal", "no/such/folder/j"), 3, "--journal no/such/folder/j: its folder does not exist"),
        (("--journal", "old"), 3, "--journal old: exists already; name another file, or remove it"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_flag_that_cannot_be_used_is_one_line_and_no_exchange_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    old = tmp_path / "old"
    old.write_text("of another run")
    answer = CliRunner().invoke(app, ["simulator", "--port", "0", *words])
    assert (answer.exit_code, said in answer.output) == (code, True), answer.output
    assert old.read_text() == "of another run"
