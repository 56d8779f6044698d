"""Bots of this machine, seen and told at the command line, as processes."""

import json
import os
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from connector.bot.commands import bots
from connector.bot.control.lines import Ask
from connector.bot.control.places import bound
from connector.bot.control.server import ControlServer
from tests.companions.flows.in_process import done
from tests.companions.flows.programs import home_with, started


async def as_json(*words: str, home: Path) -> dict[str, Any]:
    code, said = await done(*words, "--json", home=home)
    assert code == 0, said
    row: dict[str, Any] = json.loads(said)
    return row


async def test_a_bot_is_listed_paused_resumed_and_stopped_by_its_name(tmp_path: Path) -> None:
    home = home_with(tmp_path)
    async with started("run", "--headless", "--name", "one", home=home) as bot:
        await bot.quotes()
        (row,) = (await as_json("status", home=home))["bots"]
        assert (row["name"], row["pid"], row["state"]["name"]) == ("one", bot.process.pid, "quoting")
        # The first fills may have come by now, with their fees.
        assert re.search(r"wallet (10,00|9,99)\d\.\d{4}", (await done("status", home=home))[1])
        assert (await as_json("orders", home=home))["orders"][0]["trading_pair"] == "BTC-USDT"
        assert "USDT" in (await done("balance", "one", home=home))[1]
        paused = await as_json("pause", home=home)
        assert paused == {"name": "one", "state": "paused", "opening_orders": 0}
        await bot.says("the gate openings is shut by pause")
        assert (await as_json("resume", "one", home=home))["shut_by"] == []
        code, said = await done("stop", home=home)
        assert (code, said) == (0, "one has stopped, exit code 0")
        assert await bot.ends() == 0, bot.text
    code, said = await done("status", home=home)
    assert (code, f"no bot runs in the home {home}; start one: connector start --home {home}" in said) == (5, True)


async def test_one_that_was_killed_is_not_listed_and_one_that_hangs_says_so(tmp_path: Path) -> None:
    home = home_with(tmp_path)
    async with started("run", "--headless", home=home) as bot:
        await bot.quotes()
        bot.send(signal.SIGSTOP)
        code, said = await done("status", "--json", home=home)
        (row,) = json.loads(said)["bots"]
        assert (code, row["state"]["name"]) == (5, "silent"), "who looks after its health hears of it"
        assert "btc-usdt does not answer within 5 s: it hangs" in row["state"]["text"]
        bot.process.kill()
        await bot.process.wait()
    code, said = await done("stop", "btc-usdt", home=home)
    assert (code, "no bot of the name btc-usdt runs" in said) == (5, True)


async def test_a_process_that_outlives_its_run_is_told_by_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that runs this test, here."""
    monkeypatch.setattr(bots, "_ENDS_WITHIN_S", 0.2)
    home = home_with(tmp_path)
    server: ControlServer

    def stop(strategy: str) -> dict[str, Any]:
        server.end(0, "")
        return {"state": "stopping"}

    server = ControlServer(*bound(home / "data", "one", is_exact=True), {Ask.STOP: stop})
    async with server.serving():
        code, said = await done("stop", "one", home=home)
    told = f"one: its process {os.getpid()} still runs after 0.2 s: not all that it says is written yet"
    assert (code, said.splitlines()) == (0, [told, "one has stopped, exit code 0"])
