"""With --json, a program reads one object on standard output, and a person reads the rest beside it."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connector.bot.command_output import CommandOutput
from tests.companions.flows.programs import exchange, home_with
from tests.companions.places import ROOT, SHIPPED_SETTINGS
from tests.companions.simulator.recordings import swinging


async def typed(*words: str, home: Path) -> tuple[int, str, str]:
    """A command as a script types it: its exit code, and its two outputs apart."""
    async with running(*words, home=home) as process:
        out, beside = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode or 0, out.decode(), beside.decode()


@contextlib.asynccontextmanager
async def running(*words: str, home: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """The same while it runs; ended with its block."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "connector", *words, "--home", str(home),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "COLUMNS": "200"}, cwd=ROOT,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (("init",), "file"),
        (("strategy", "new", "mine"), "strategy"),
        (("keys",), "keys"),
        (("audit", "verify"), "is_whole"),
        (("history", "fills"), "fills"),
        (("limits",), "instances"),
    ],
)
async def test_of_an_empty_home_a_command_prints_one_object(tmp_path: Path, words: tuple[str, ...], key: str) -> None:
    code, out, beside = await typed(*words, "--json", home=tmp_path)
    assert (code, key in json.loads(out)) == (0, True), beside


async def test_a_run_writes_its_summary_to_standard_output_and_its_lines_beside_it(tmp_path: Path) -> None:
    async with running("run", "--json", "-", home=home_with(tmp_path)) as process:
        assert process.stderr is not None
        beside = await asyncio.wait_for(process.stderr.readuntil(b"quoting"), 60)
        process.send_signal(signal.SIGINT)
        out, rest = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, rest
    assert json.loads(out)["domain"] == "binance_perpetual_local"
    assert beside.startswith(b"connector ")


async def test_a_rehearsal_does_so_too(tmp_path: Path) -> None:
    words = ("rehearse", str(swinging(tmp_path, 5)), "--config", str(SHIPPED_SETTINGS), "--json", "-")
    code, out, beside = await typed(*words, home=tmp_path)
    assert code == 0, beside
    assert json.loads(out)["dry_run"] == "recording.gz"
    assert beside.startswith("REHEARSAL on recording.gz")


async def test_what_is_cancelled_is_listed_beside_the_object(tmp_path: Path) -> None:
    async with exchange() as (_, told):
        words = ("cancel", "--everyones", "--yes", "--json", "--exchange", told["rest"])
        code, out, beside = await typed(*words, home=tmp_path)
    assert code == 0, beside
    assert json.loads(out) == {"domain": "binance_perpetual_local", "pair": None, "cancelled": []}
    assert "nothing is open" in beside


async def test_a_command_that_fails_prints_no_object(tmp_path: Path) -> None:
    code, out, beside = await typed("status", "--json", home=tmp_path)
    assert (code, out) == (5, "")
    assert f"no bot runs in the home {tmp_path}" in beside


def test_questions_and_words_stand_beside_the_object(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builtins.input", lambda prompt="": f" {prompt}yes ")
    output = CommandOutput(as_json=True)
    output.say("a word")
    assert output.typed("Sure? ") == "yes"
    output.give({"is_done": True}, "done")
    told = capsys.readouterr()
    assert (told.out, told.err) == ('{"is_done": true}\n', "a word\nSure? ")
