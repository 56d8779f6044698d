"""A key of either domain from its first prompt to the end of a run, as a person does it: the commands at a real
terminal, program and rows as they are. Python's audit events and the proxy's list say whom they asked."""

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from connector.simulator.access.api_keys import ApiKey
from connector.simulator.access.signatures import Rights
from connector.simulator.server import LocalExchange
from connector.venue.domains import LIVE, TESTNET, Domain
from tests.companions.flows.programs import home_with
from tests.companions.keys.at_terminal import Person, with_password
from tests.companions.keys.stores import PASSWORD
from tests.companions.local_trading import SYMBOL, Trader
from tests.companions.net.far_hosts import FarHosts, hosts_of
from tests.companions.places import ROOT

NOTED_CONNECTIONS = ROOT / "tests" / "companions" / "net" / "noted_connections"


class Desk:
    """A person with a home of its own before the terminal; every command's connections are noted."""

    def __init__(self, home: Path, domain: Domain, world: FarHosts) -> None:
        self._home = home_with(home)
        self._domain = domain
        self._world = world
        self._noted = home / "connections"

    def types(self, *words: str) -> Person:
        return Person(
            self._home,
            *words,
            **self._world.environment,
            PYTHONPATH=str(NOTED_CONNECTIONS),
            CONNECTIONS_INTO=str(self._noted),
        )

    def connects(self, key: ApiKey) -> None:
        person, label = self.types("connect", self._domain.name), self._domain.label
        person.answers(f"Enter your {label} API key >>> ", key.api_key)
        person.answers(f"Enter your {label} API secret >>> ", key.api_secret)
        person.sees(f"{self._domain.name} takes the key")
        with_password(person).sees("shown this once: write it down")
        person.sees("stored: ")
        self._ended(person)
        assert "Store it nevertheless?" not in person.shown

    def asks_the_doctor(self) -> None:
        person = self.types("doctor", "--domain", self._domain.name)
        person.answers("Enter your password >>> ", PASSWORD)
        person.sees("the key is accepted, and may read")
        self._ended(person)
        assert "refused" not in person.shown

    def runs(self, account: "Account") -> None:
        """Until it quotes; then Ctrl-C."""
        person = self.types("run", "--domain", self._domain.name)
        person.answers("Enter your password >>> ", PASSWORD)
        person.sees(f"{self._domain.name} takes the key")
        if self._domain.is_live:
            person.sees("what could be lost: binance_perpetual (live)")
            assert not account.has_traded, "nothing is sent before the word"
            person.answers("Type live to trade with it, anything else to leave: ", "live")
        person.sits_until(lambda: not account.is_clear)
        person.types("\x03")
        person.sees("residual")
        self._ended(person)
        assert ("what could be lost" in person.shown) is self._domain.is_live

    @property
    def reached(self) -> set[str]:
        """Every place that was connected to or looked up, since the last time that was asked."""
        lines = self._noted.read_text().splitlines()
        self._noted.unlink()
        return {line.removeprefix("connect ").removeprefix("look up ") for line in lines}

    def _ended(self, person: Person) -> None:
        assert person.ends() == 0, person.shown
        assert person.is_as_before()


class Account:
    """The account that a key is for."""

    def __init__(self, exchange: LocalExchange, key: ApiKey) -> None:
        self._account = exchange.engine.accounts[key.account_id]

    @property
    def has_traded(self) -> bool:
        return bool(self._account.placed)

    @property
    def is_clear(self) -> bool:
        return not self._account.orders_of(SYMBOL)


@pytest.mark.parametrize("domain", [LIVE, TESTNET], ids=lambda row: row.name)
async def test_a_key_is_given_examined_and_traded_with_and_no_host_beyond_the_row_is_asked(
    world: FarHosts, exchange_of: dict[str, LocalExchange], domain: Domain, tmp_path: Path
) -> None:
    exchange = exchange_of[domain.name]
    Trader(exchange).make_market()
    key = exchange.admit(Decimal(10_000), rights=Rights(addresses=frozenset({"127.0.0.1"})))
    account, desk = Account(exchange, key), Desk(tmp_path, domain, world)
    by_proxy = {"127.0.0.1", world.proxy.removeprefix("http://")}
    for acts in (
        lambda: desk.connects(key),
        desk.asks_the_doctor,
        lambda: desk.runs(account),
    ):
        world.attempts.clear()
        await asyncio.to_thread(acts)
        assert world.hosts == hosts_of(domain)
        assert desk.reached <= by_proxy
    assert account.has_traded
    assert account.is_clear
    (other,) = (exchange for name, exchange in exchange_of.items() if name != domain.name)
    assert not any(account.placed for account in other.engine.accounts.values())
