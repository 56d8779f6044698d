"""A dry run from one end to the other over real sockets: the far exchange stands behind TLS under the names of the
domain's row, and must see nothing but questions about its market."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connector.bot.exit_codes import ExitCode
from connector.core.secrets import Secret
from connector.keys.key_store import KeyStore
from connector.keys.open_store import created
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from connector.venue.domains import LIVE, TESTNET, Domain, host_of
from tests.companions.flows.programs import home_with, runs, started
from tests.companions.keys.stores import API_KEY, API_SECRET, PASSWORD, key_for
from tests.companions.local_trading import until
from tests.companions.net.far_hosts import FarHosts, far_hosts, hosts_of

DOMAINS = pytest.mark.parametrize("domain", [LIVE, TESTNET], ids=lambda row: row.name)
#: What only a request of an account has.
SIGNED = (b"x-mbx-apikey", b"signature=", b"listenkey", b'"apikey"')


@pytest.fixture
async def far() -> AsyncIterator[LocalExchange]:
    """Beginning long before the run, so that its market has moved."""
    async with LocalExchange(SimulatorSettings(seed=7, pace=3.0)) as exchange:
        yield exchange


@pytest.fixture
async def world(far: LocalExchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FarHosts]:
    async with far_hosts(tmp_path, dict.fromkeys(hosts_of(LIVE) | hosts_of(TESTNET), far)) as hosts:
        for name, value in hosts.environment.items():
            monkeypatch.setenv(name, value)
        yield hosts


def asked_of(world: FarHosts, domain: Domain) -> bytes:
    return b"".join(bytes(world.heard[host]) for host in hosts_of(domain)).lower()


@DOMAINS
async def test_orders_fill_at_the_near_exchange_by_the_far_ones_data_and_nothing_signed_leaves(
    far: LocalExchange, world: FarHosts, domain: Domain, tmp_path: Path
) -> None:
    home = home_with(tmp_path / "home", bid_spread="0.002", ask_spread="0.002", order_refresh_time="3")
    created(KeyStore(home / "conf" / "connectors"), key_for(domain.name, API_KEY, API_SECRET), Secret(PASSWORD))
    summary = tmp_path / "summary.json"
    words = ("run", "--dry-run", "--domain", domain.name, "--duration", "20", "--json", str(summary))
    async with started(*words, home=home) as bot:
        await bot.says(f"DRY RUN: the market is {domain.name}'s ({domain.title}), orders go to a local exchange alone")
        await bot.quotes()
        assert await bot.ends() == ExitCode.OK, bot.text
    told = json.loads(summary.read_text())
    assert (told["domain"], told["dry_run"]) == ("binance_perpetual_local", domain.name)
    assert told["exchange"]["fills"] > 0
    assert told["exchange"]["placed"] >= told["exchange"]["fills"]
    assert not (home / "data" / "audit.log").exists(), "the key that lies there was not unlocked"
    assert not far.engine.accounts[far.account_id].placed
    assert world.hosts == {host_of(domain.rest), host_of(domain.stream)}
    asked = asked_of(world, domain)
    assert b"/fapi/v1/depth?" in asked
    assert not [word for word in SIGNED if word in asked]
    assert not [line for line in asked.split(b"\r\n") if line.startswith((b"post ", b"put ", b"delete "))]


async def test_while_the_far_exchange_is_gone_no_price_stands_and_no_quote_and_both_come_back(
    far: LocalExchange, world: FarHosts, tmp_path: Path
) -> None:
    # So far from the market that none is filled: a position's take-profit would rest through the halt.
    home = home_with(tmp_path / "home", bid_spread="2", ask_spread="2")
    words = ("run", "--dry-run", "--domain", TESTNET.name, "--duration", "40")
    async with started(*words, home=home) as bot:
        await bot.quotes()
        await far.stop()
        await bot.says(f"{TESTNET.name} is out of sight (")
        await bot.says("BTC-USDT - / -  halted: the exchange takes no orders of the pair (TRADING_HALT)  quotes 0")
        await far.start()
        await bot.says(f"{TESTNET.name} is seen again after ")
        await bot.quotes(after=len(bot.lines))
        bot.send(signal.SIGINT)
        assert await bot.ends() == ExitCode.OK, bot.text


async def test_the_near_exchange_ends_with_a_bot_that_is_killed(world: FarHosts, tmp_path: Path) -> None:
    words = ("run", "--dry-run", "--domain", TESTNET.name)
    async with started(*words, home=home_with(tmp_path / "home")) as bot:
        await bot.quotes()
        (near,) = bot.children()
        bot.send(signal.SIGKILL)
        await bot.process.wait()
        await until(lambda: not runs(near), "the exchange is gone")


@DOMAINS
async def test_without_a_network_the_host_is_named_within_ten_seconds(
    domain: Domain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with far_hosts(tmp_path, {}) as nowhere:
        for name, value in nowhere.environment.items():
            monkeypatch.setenv(name, value)
        began_s = asyncio.get_running_loop().time()
        async with started("run", "--dry-run", "--domain", domain.name, home=home_with(tmp_path / "home")) as bot:
            assert await bot.ends() == ExitCode.UNAVAILABLE, bot.text
        assert asyncio.get_running_loop().time() - began_s < 10
    assert f"{host_of(domain.rest)} (requests) can't be reached" in bot.lines[-1][1]
    assert nowhere.hosts == {host_of(domain.rest), host_of(domain.stream)}


async def test_a_dry_run_of_a_local_exchange_is_refused_in_one_line(tmp_path: Path) -> None:
    async with started("run", "--dry-run", home=home_with(tmp_path)) as bot:
        assert await bot.ends() == ExitCode.USAGE
    assert [line for _, line in bot.lines] == [
        "--dry-run: binance_perpetual_local: is a local exchange already; leave it out, or name another domain"
    ]
