"""The page for writers of strategies: its programs run on a local exchange, and its lines are the product's own."""

import ast
import asyncio
import inspect
import sys
from decimal import Decimal
from pathlib import Path

import pytest

import connector
from connector.core.interface import Exchange
from connector.core.secrets import Secret
from connector.keys.key_store import KeyStore
from connector.keys.open_store import created
from connector.simulator.server import LocalExchange
from connector.venue.domains import TESTNET
from tests.companions.documents.pages import EXAMPLES, Block, blocks, page
from tests.companions.flows.programs import exchange
from tests.companions.keys.canaries import secret_file
from tests.companions.keys.stores import PASSWORD, key_for
from tests.companions.local_trading import PAIR, Trader
from tests.companions.net.far_hosts import far_hosts, hosts_of
from tests.companions.places import ROOT

PAGE = page("strategy-api.md")
SHOWN = [block for block in blocks("python") if block.page.name == "strategy-api.md"]
PROGRAMS = [block for block in SHOWN if "asyncio.run(" in block.text]
SNIPPETS = [block for block in SHOWN if block not in PROGRAMS]
#: What each example is run with, and what it says when it has done what it shows.
RUNS = {
    "first_order.py": ([], ["BuyOrderCreated", "OrderCancelled"]),
    "watch_market.py": (["5"], ["funding rate", "touch"]),
    "market_maker.py": (["5"], [" fills, position 0, wallet "]),
    "unknown_outcome.py": (["{rest}"], ["OrderOutcomeUnknown", "found: OPEN, and placed once", "OrderCancelled"]),
}
ERRORS = [
    line.strip("| ").split(" | ")
    for line in PAGE.partition("## Errors")[2].partition("What the exchange refuses")[0].splitlines()
    if line.startswith("| `")
]


async def said_by(program: Path, *arguments: str) -> str:
    """What a program prints, once it has ended well."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(program), *arguments,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        said, _ = await asyncio.wait_for(process.communicate(), 60.0)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, said.decode()
    return said.decode()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
async def test_an_example_does_what_it_shows(example: Path) -> None:
    given, wanted = RUNS[example.name]
    async with exchange() as (_, addresses):
        said = await said_by(example, *(word.format(**addresses) for word in given))
    for words in wanted:
        assert words in said, said


@pytest.mark.parametrize("block", PROGRAMS, ids=lambda block: block.name)
async def test_a_program_of_the_page_runs(block: Block, tmp_path: Path) -> None:
    program = tmp_path / "shown.py"
    program.write_text(block.text)
    await said_by(program)


def connect_testnet(home: Path, venue: LocalExchange) -> None:
    """A key of that exchange is stored for the testnet, and systemd hands its password to programs."""
    venue.faults.arm("no_wallet")
    key = key_for(TESTNET.name, venue.api_key, venue.api_secret)
    created(KeyStore(home / "conf" / "connectors"), key, Secret(PASSWORD))[0].close()
    secret_file(home / "connector-password", PASSWORD)


async def test_the_snippets_of_the_page_run_one_after_the_other(
    venue: LocalExchange, trader: Trader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect_testnet(tmp_path, venue)
    monkeypatch.setenv("CONNECTOR_HOME", str(tmp_path))
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    async with (
        far_hosts(tmp_path, dict.fromkeys(hosts_of(TESTNET), venue)) as hosts,
        connector.open(PAIR, exchange_url=venue.rest) as opened,
    ):
        for name, value in hosts.environment.items():
            monkeypatch.setenv(name, value)
        names: dict[str, object] = {"exchange": opened, "Decimal": Decimal}
        for block in SNIPPETS:
            code = compile(block.text, block.name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            waiting = eval(code, names)
            if waiting is not None:
                await waiting
        assert names["levels"]
        assert getattr(names["payable"], "amount", None) == Decimal("0.002")


@pytest.mark.parametrize(("call", "line"), ERRORS, ids=[call for call, _ in ERRORS])
async def test_a_mistake_is_told_in_the_words_of_the_page(
    call: str, line: str, venue: LocalExchange, trader: Trader
) -> None:
    async with connector.open(PAIR, exchange_url=venue.rest) as opened:
        with pytest.raises(connector.ArgumentFault) as told:
            asked = eval(call.strip("`"), {"connector": connector, "exchange": opened, "Decimal": Decimal})
            if inspect.isawaitable(asked):
                await asked
            async with asked:
                pass
    assert str(told.value) == line.strip("`")


def test_every_call_of_the_interface_is_on_the_page() -> None:
    calls = {name for name in vars(Exchange) if not name.startswith("_")}
    table = PAGE.partition("## Every call")[2].partition("## Every name")[0]
    for name in calls:
        assert f"`{name}`" in table or f"`{name}(" in table, name


def test_every_example_is_on_the_page() -> None:
    for example in EXAMPLES:
        assert f"](examples/{example.name})" in PAGE, example.name
    assert {example.name for example in EXAMPLES} == set(RUNS)
