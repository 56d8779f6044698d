"""`connector create` at a terminal: it asks, refuses what can't be, shows the ladder, and writes a file that runs."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from connector.config.loader import load_settings
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from tests.companions.flows.in_process import done
from tests.companions.flows.programs import exchange
from tests.companions.places import ROOT

#: In the order in which they are asked for.
ANSWERS = (
    ("market:", "btc-usdt"), ("leverage:", "5"), ("bid_spread:", "0.05"), ("ask_spread:", "0.05"),
    ("order_refresh_time:", "10"), ("order_amount:", "0.002"),
)  # fmt: skip


@contextlib.contextmanager
def creating(home: Path, *words: str) -> Iterator["pexpect.spawn[str]"]:
    command = pexpect.spawn(
        sys.executable, ["-m", "connector", "create", *words, "--home", str(home)], cwd=str(ROOT), encoding="utf-8",
        dimensions=(50, 200), timeout=60, env={**os.environ, "TERM": "dumb"},
    )  # fmt: skip
    try:
        yield command
    finally:
        command.close(force=True)


async def test_a_person_is_asked_refused_shown_the_ladder_and_has_a_file_that_loads(tmp_path: Path) -> None:
    async with exchange() as (_, row):
        with creating(tmp_path, "--exchange", row["rest"]) as command:
            command.expect("market: trading pair")
            command.sendline("bitcoin")
            command.expect("market: bitcoin: must be base and quote joined by a dash")
            command.sendline("BTC-USDT")
            for key, text in ANSWERS[1:]:
                command.expect(f"{key} ")
                command.sendline(text)
            command.expect("Go through them, too")
            command.sendline("")
            command.expect("BTC-USDT: best bid ")
            command.expect("Write it")
            command.sendline("order_amount")
            command.expect(r"order_amount: amount of the first level")
            command.sendline("0.003")
            command.expect("Write it")
            command.sendline("")
            command.expect("connector run --config")
            command.expect(pexpect.EOF)
            command.close()
            assert command.exitstatus == 0
    settings = load_settings(tmp_path / "conf" / "perpetual_market_making.yml", PerpetualMarketMakingSettings)
    assert (settings.market, settings.leverage, str(settings.order_amount)) == ("BTC-USDT", 5, "0.003")


@pytest.mark.parametrize("after", [0, 3, len(ANSWERS)])
def test_ctrl_c_anywhere_leaves_nothing_behind(tmp_path: Path, after: int) -> None:
    with creating(tmp_path) as command:
        for key, text in ANSWERS[:after]:
            command.expect(f"{key} ")
            command.sendline(text)
        command.expect(f"{ANSWERS[after][0]} " if after < len(ANSWERS) else "Go through them")
        command.expect(": $" if after < len(ANSWERS) else r"\] $")
        command.sendintr()
        command.expect("nothing was written")
        command.expect(pexpect.EOF)
        command.close()
        assert command.exitstatus == 0
    assert list(tmp_path.rglob("*")) == []


async def test_it_asks_at_a_terminal_alone_and_writes_over_nothing(tmp_path: Path) -> None:
    code, said = await done("create", home=tmp_path)
    assert (code, "it asks: type this command at a terminal" in said) == (2, True)
    code, said = await done("create", "--strategy", "nothing", home=tmp_path)
    assert (code, "no such strategy; use one of perpetual_market_making" in said) == (2, True)
    await done("init", home=tmp_path)
    code, said = await done("create", home=tmp_path)
    assert (code, "exists already" in said) == (3, True)
