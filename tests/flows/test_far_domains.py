"""Both domains of the venue from one end to the other without the network: through HTTPS_PROXY and SSL_CERT_FILE, with
the program and its rows as they are. The proxy's list says whom they asked for."""

import asyncio
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

import connector
from connector.bot.exit_codes import ExitCode
from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.core.events import Event
from connector.core.findings import Verdict
from connector.core.secrets import Secret
from connector.exchange.network.doctor import examine
from connector.keys.key_store import KeyStore
from connector.keys.open_store import created
from connector.net.system_clock import SystemClock
from connector.simulator.access.signatures import Rights
from connector.simulator.server import LocalExchange
from connector.venue.domains import LIVE, TESTNET, Domain, host_of
from tests.companions.flows.programs import at_a_terminal, home_with, started
from tests.companions.keys.canaries import secret_file
from tests.companions.keys.stores import PASSWORD, key_for
from tests.companions.local_trading import PAIR, Trader, until
from tests.companions.net.far_hosts import FarHosts, far_hosts, hosts_of
from tests.companions.orders.keys import own_key

D = Decimal
DOMAINS = pytest.mark.parametrize("domain", [LIVE, TESTNET], ids=lambda row: row.name)


#: Whom this process connected to, or looked up, since the hook was set; it can't be taken off again.
REACHED: list[str] = []


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        REACHED.append(str(arguments[1][0]))
    elif event == "socket.getaddrinfo":
        REACHED.append(str(arguments[0]))


sys.addaudithook(_note)


@DOMAINS
async def test_a_key_is_examined_at_the_hosts_of_its_row_alone(
    world: FarHosts, exchange_of: dict[str, LocalExchange], domain: Domain
) -> None:
    found = await examine(domain, own_key(exchange_of[domain.name]), SystemClock())
    assert found.refusal is None
    assert world.hosts == hosts_of(domain)
    not_asked = {row.check for row in found.findings if row.verdict is Verdict.NOT_ASKED}
    assert not_asked == (set() if domain.is_live else {"permissions"})
    assert all("127.0.0.1" in row.line for row in found.findings if row.check.startswith("host_")), "by the proxy"


@DOMAINS
async def test_a_key_of_the_other_domain_is_tried_there_only_where_its_user_says_so(
    world: FarHosts, exchange_of: dict[str, LocalExchange], domain: Domain
) -> None:
    other = TESTNET if domain.is_live else LIVE
    signer = own_key(exchange_of[other.name])
    found = await examine(domain, signer, SystemClock())
    assert found.refusal is not None
    assert other.title in found.refusal.causes[0]
    assert world.hosts == hosts_of(domain)
    asked = await examine(domain, signer, SystemClock(), tries_other_domains=True)
    assert asked.findings[-1].remedy == f"use it with --domain {other.name}"
    assert world.hosts <= hosts_of(domain) | hosts_of(other)


@DOMAINS
async def test_orders_of_either_domain_are_placed_filled_and_cancelled_at_the_hosts_of_its_row_alone(
    world: FarHosts, exchange_of: dict[str, LocalExchange], domain: Domain
) -> None:
    exchange, heard = exchange_of[domain.name], list[Event]()
    before = len(REACHED)
    other = exchange_of[(TESTNET if domain.is_live else LIVE).name]
    Trader(exchange).make_market()
    orders_there = len(other.engine.accounts[other.account_id].placed)
    async with connector.open(PAIR, domain=domain.name, signer=own_key(exchange), hear=heard.append) as bot:
        await until(lambda: not bot.order_way()[1], "orders go over the WS-API")  # type: ignore[attr-defined]
        resting = bot.buy(PAIR, D("0.010"), OrderType.LIMIT, D("50000"))
        taking = bot.buy(PAIR, D("0.010"), OrderType.MARKET)
        await until(
            lambda: (
                {resting, taking}
                <= {getattr(event, "order_id", "") for event in heard if event.tag is MarketEvent.BuyOrderCreated}
            ),
            "both are there",
        )
        await until(lambda: any(event.tag is MarketEvent.OrderFilled for event in heard), "one is filled")
    assert any(event.tag is MarketEvent.OrderCancelled for event in heard), "what rests goes at the end"
    assert world.hosts == hosts_of(domain) - {host_of(LIVE.wallet)}
    assert len(REACHED) > before
    assert set(REACHED[before:]) == {"127.0.0.1"}, "no name was looked up, and no other machine reached"
    assert len(other.engine.accounts[other.account_id].placed) == orders_there == 0
    assert b"POST /fapi/v1/order" not in world.heard[host_of(domain.rest)], "they went over the WS-API"
    assert world.heard[host_of(domain.ws_api)]


@DOMAINS
async def test_the_command_looks_at_a_domain_without_a_key_and_says_what_lacks(
    world: FarHosts, domain: Domain, tmp_path: Path
) -> None:
    command = (sys.executable, "-m", "connector", "doctor", "--domain", domain.name, "--json", "--home", str(tmp_path))
    process = await asyncio.create_subprocess_exec(
        *command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **world.environment}
    )
    out, told = await process.communicate()
    assert process.returncode == 4, told
    rows = {row["check"]: row["verdict"] for row in json.loads(out)["findings"]}
    assert rows.pop("key") == "refusal"
    assert set(rows.values()) == {"ok"}
    assert world.hosts == hosts_of(domain)


def home_with_key(folder: Path, domain: Domain, exchange: LocalExchange, rights: Rights | None = None) -> list[str]:
    """Settings, and a key of that exchange in the store; returns the options that open it."""
    home_with(folder)
    key = exchange.admit(D(10_000), rights=rights or Rights(addresses=frozenset({"127.0.0.1"})))
    created(
        KeyStore(folder / "conf" / "connectors"), key_for(domain.name, key.api_key, key.api_secret), Secret(PASSWORD)
    )
    word = secret_file(folder / "word", PASSWORD)
    return ["--domain", domain.name, "--password-from", f"file:{word}"]


def last_deed(home: Path) -> str:
    """The last line of its audit log."""
    return (home / "data" / "audit.log").read_text().splitlines()[-1]


@DOMAINS
async def test_the_bot_quotes_at_either_domain_with_its_key_and_leaves_nothing_open(
    world: FarHosts, exchange_of: dict[str, LocalExchange], domain: Domain, tmp_path: Path
) -> None:
    exchange = exchange_of[domain.name]
    Trader(exchange).make_market()
    options = home_with_key(tmp_path, domain, exchange)
    async with started("run", *options, "--yes-live", "--duration", "8", home=tmp_path) as bot:
        await bot.says(f"{domain.name} takes the key")
        await bot.says("no limit on losses is on: all there is may be lost; max_loss_of_day, ")
        await bot.quotes()
        assert await bot.ends() == ExitCode.OK, bot.text
    assert world.hosts == hosts_of(domain)


async def test_a_limit_that_lets_no_order_out_is_told_before_one_is_sent_and_none_is(
    world: FarHosts, demo: LocalExchange, tmp_path: Path
) -> None:
    Trader(demo).make_market()
    options = home_with_key(tmp_path, TESTNET, demo)
    (tmp_path / "conf" / "connector.yml").write_text("max_loss_of_run: 5 %\nmax_position: 0.0005 BTC\n")
    async with started("run", *options, "--duration", "6", home=tmp_path) as bot:
        await bot.says("order_amount: 0.002 BTC: max_position (0.0005 BTC) keeps it back, and it is never placed")
        assert await bot.ends() == ExitCode.OK, bot.text
    assert "no limit on losses is on" not in bot.text
    assert sum(bool(account.placed) for account in demo.engine.accounts.values()) == 1, "the trader's alone"


async def test_the_first_live_run_asks_for_the_word_and_later_ones_do_not(
    world: FarHosts, live: LocalExchange, tmp_path: Path
) -> None:
    Trader(live).make_market()
    words = ("run", *home_with_key(tmp_path, LIVE, live), "--duration", "1", "--home", str(tmp_path))
    async with started(*words, home=tmp_path) as bot:
        assert await bot.ends() == ExitCode.USAGE, bot.text
        assert "asks for the word live: type this command at a terminal, or add --yes-live" in bot.text
    code, shown = await at_a_terminal(words, "no")
    assert (code, "nothing was sent" in shown) == (ExitCode.OK, True), shown
    assert "what could be lost: binance_perpetual (live)" in shown
    assert "let go of the key" in last_deed(tmp_path)
    assert not (tmp_path / "data" / "live_settings").exists()
    code, shown = await at_a_terminal(words, "live")
    assert "order book: compiled" in shown, "it began"
    async with started(*words, home=tmp_path) as bot:
        await bot.says("order book: ")
    assert "what could be lost" not in bot.text


async def test_a_live_start_whose_stakes_can_not_be_told_lets_go_of_the_key(
    world: FarHosts, live: LocalExchange, tmp_path: Path
) -> None:
    options = home_with_key(tmp_path, LIVE, live)
    live.faults.arm("altered_answer", method="GET", path="/fapi/v1/indexPriceKlines", field="1", value='"x"', times=9)
    async with started("run", *options, "--yes-live", home=tmp_path) as bot:
        assert await bot.ends() != ExitCode.OK, bot.text
    assert "let go of the key" in last_deed(tmp_path), bot.text


async def test_an_emergency_cancels_by_a_key_that_can_move_money_out_and_lets_go_of_it(
    world: FarHosts, live: LocalExchange, tmp_path: Path
) -> None:
    rights = Rights(withdrawals=True, addresses=frozenset({"127.0.0.1"}))
    options = home_with_key(tmp_path, LIVE, live, rights)
    async with started("cancel", "--everyones", "--yes", *options, home=tmp_path) as program:
        assert await program.ends() == ExitCode.OK, program.text
    assert "warning: the key may withdraw: whoever steals it can take the money" in program.text
    assert program.text.endswith("nothing is open")
    assert "let go of the key" in last_deed(tmp_path)


@DOMAINS
async def test_a_key_that_may_withdraw_starts_nothing_where_that_can_be_asked(
    world: FarHosts, exchange_of: dict[str, LocalExchange], domain: Domain, tmp_path: Path
) -> None:
    exchange = exchange_of[domain.name]
    Trader(exchange).make_market()
    rights = Rights(withdrawals=True, addresses=frozenset({"127.0.0.1"}))
    options = home_with_key(tmp_path, domain, exchange, rights)
    async with started("run", *options, home=tmp_path) as bot:
        if domain.is_live:
            assert await bot.ends() == ExitCode.NO_USABLE_KEY, bot.text
            assert "the key may withdraw: whoever steals it can take the money" in bot.text
        else:
            await bot.says(f"{domain.name} takes the key")


@DOMAINS
async def test_without_a_network_the_host_is_named_within_ten_seconds(
    domain: Domain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with far_hosts(tmp_path, {}) as nowhere:
        for name, value in nowhere.environment.items():
            monkeypatch.setenv(name, value)
        began_s = asyncio.get_running_loop().time()
        found = await examine(domain, None, SystemClock())
        assert asyncio.get_running_loop().time() - began_s < 10
    assert found.refusal is not None
    assert found.refusal.line.startswith(f"{domain.rest.removeprefix('https://')} (requests) can't be reached")
