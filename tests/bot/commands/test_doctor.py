"""The doctor's table, its JSON and its exit codes."""

import json
from pathlib import Path

import pytest
from rich.console import Console

from connector.bot.commands.doctor import as_json_text, code_of, show
from connector.bot.exit_codes import ExitCode
from connector.core.findings import Concern, Finding, Verdict
from connector.exchange.network.doctor import Examined
from connector.simulator.server import LocalExchange
from connector.venue.domains import LIVE
from tests.companions.flows.programs import home_with, started
from tests.companions.local_trading import Trader

FINE = Finding("clock", Concern.NETWORK, Verdict.OK, "the clock is right")
REFUSED = Finding("key", Concern.KEY, Verdict.REFUSAL, "no such key", ("it was deleted", "it is another's"), "make one")


def of(*findings: Finding) -> Examined:
    return Examined(LIVE, findings)


@pytest.mark.parametrize(
    ("concern", "code"),
    [
        (Concern.NETWORK, ExitCode.UNAVAILABLE),
        (Concern.KEY, ExitCode.NO_USABLE_KEY),
        (Concern.ACCOUNT, ExitCode.UNAVAILABLE),
        (Concern.SETTINGS, ExitCode.BAD_CONFIG),
    ],
)
def test_a_refusal_ends_the_command_for_whom_it_is_about(concern: Concern, code: ExitCode) -> None:
    assert code_of(of(FINE, Finding("x", concern, Verdict.REFUSAL, "no"))) is code
    assert code_of(of(FINE, Finding("x", concern, Verdict.WARNING, "hm"))) is ExitCode.OK


def test_causes_stand_below_what_was_refused_the_likeliest_first() -> None:
    console = Console(width=60, record=True)
    show(of(FINE, REFUSED), console)
    lines = [line.strip() for line in console.export_text().splitlines()]
    assert lines[0] == "binance_perpetual (live)"
    assert lines[2:] == ["refused  no such key", "likely: it was deleted", "or: it is another's", "do: make one"]


def test_the_findings_are_one_object_of_json() -> None:
    told = json.loads(as_json_text(of(FINE, REFUSED), ExitCode.NO_USABLE_KEY))
    assert (told["domain"], told["exit_code"]) == (LIVE.name, 4)
    assert [row["check"] for row in told["findings"]] == ["clock", "key"]


async def test_a_running_exchange_is_examined_with_the_key_it_made_up(venue: LocalExchange, tmp_path: Path) -> None:
    async with started("doctor", "--exchange", venue.rest, "--json", home=tmp_path) as program:
        assert await program.ends() == ExitCode.OK
    assert {row["verdict"] for row in json.loads(program.text)["findings"]} <= {"ok", "warning"}
    assert venue.api_key not in program.text


async def test_a_ladder_that_is_too_large_for_its_leverage_is_refused_as_a_setting(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    home_with(tmp_path, market="BTC-USDT", leverage="125", order_amount="20")
    async with started("doctor", "--exchange", venue.rest, "--json", home=tmp_path) as program:
        assert await program.ends() == ExitCode.BAD_CONFIG, program.text
    assert "all levels of one side come to" in program.text


async def test_of_several_files_each_is_held_against_the_account_and_what_cannot_go_together_is_told(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    btc = home_with(tmp_path / "one", market="BTC-USDT") / "conf" / "perpetual_market_making.yml"
    eth = home_with(tmp_path / "two", market="ETH-USDT", leverage="75", order_amount="4000")
    eth_file = (eth / "conf" / "perpetual_market_making.yml").rename(tmp_path / "eth.yml")
    files = ("--config", str(btc), "--config", str(eth_file), "--exchange", venue.rest)
    async with started("doctor", *files, "--json", home=tmp_path) as program:
        assert await program.ends() == ExitCode.BAD_CONFIG, program.text
    of_settings = [row for row in json.loads(program.text)["findings"] if row["check"] == "settings"]
    assert [row["verdict"] for row in of_settings] == ["ok", "refusal"]
    assert "BTC-USDT" in of_settings[0]["line"] and "all levels of one side come to" in of_settings[1]["line"]
    eth_file.write_text(eth_file.read_text().replace("market: ETH-USDT", "market: BTC-USDT"))
    async with started("doctor", *files, home=tmp_path) as program:
        assert await program.ends() == ExitCode.BAD_CONFIG
    assert "leverage: 75: " in program.text and "BTC-USDT has one leverage" in program.text


async def test_an_exchange_is_not_named_for_a_domain_that_has_addresses_of_its_own(tmp_path: Path) -> None:
    command = ("doctor", "--domain", LIVE.name, "--exchange", "http://127.0.0.1:9")
    async with started(*command, home=tmp_path) as program:
        assert await program.ends() == ExitCode.USAGE
    assert "--exchange: http://127.0.0.1:9: is for the local exchange" in program.text
