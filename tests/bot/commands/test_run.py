"""A run that nobody watches: plain lines at a terminal too, and a market of its own that does what it is told."""

import contextlib
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect

from tests.companions.flows.programs import exchange, home_with, started
from tests.companions.places import ROOT


def test_a_headless_run_at_a_terminal_is_plain_lines_on_a_market_that_does_what_a_script_says(
    tmp_path: Path,
) -> None:
    script = tmp_path / "up.yml"
    script.write_text("name: up\npath: [[0, 100]]\n")
    words = ("run", "--headless", "--price-script", str(script), "--home", str(home_with(tmp_path)))
    with at_terminal(*words) as bot:
        # The shipped market begins near 60,000, and doubles within some seconds.
        bot.expect(r"BTC-USDT (7|8|9|1\d)\d,?\d{3}\.\d .* quotes [1-9]", timeout=60)
        shown = bot.before + bot.after
        bot.kill(signal.SIGTERM)
        bot.expect(pexpect.EOF, timeout=60)
        bot.close()
        assert (bot.exitstatus, "\x1b" in shown + bot.before) == (0, False)


@contextlib.contextmanager
def at_terminal(*words: str) -> Iterator["pexpect.spawn[str]"]:
    """A command at a terminal of its own; ended at the latest here."""
    command = pexpect.spawn(
        sys.executable, ["-m", "connector", *words], cwd=str(ROOT), encoding="utf-8", dimensions=(40, 400)
    )
    try:
        yield command
    finally:
        command.close(force=True)


async def test_an_exchange_that_answers_late_is_waited_for_and_called_slow(tmp_path: Path) -> None:
    async with exchange() as (simulator, row):
        simulator.send(signal.SIGSTOP)
        async with started("run", "--exchange", row["rest"], home=home_with(tmp_path)) as bot:
            await bot.says(f"{row['rest']} is slow to answer: it is waited for, 15 s at most")
            simulator.send(signal.SIGCONT)
            await bot.quotes()
            bot.send(signal.SIGTERM)
            assert await bot.ends() == 0, bot.text


async def test_a_stop_while_a_slow_exchange_is_waited_for_ends_at_once(tmp_path: Path) -> None:
    async with exchange() as (simulator, row):
        simulator.send(signal.SIGSTOP)
        async with started("run", "--exchange", row["rest"], home=home_with(tmp_path)) as bot:
            await bot.says("is slow to answer")
            bot.send(signal.SIGTERM)
            assert await bot.ends(5) == 0, bot.text
            assert "stopped before the first order" in bot.text
        simulator.send(signal.SIGCONT)
