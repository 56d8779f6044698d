"""A program of one's own trades at a domain of the venue by the key that `connector connect` has stored."""

from decimal import Decimal
from pathlib import Path

import pytest

import connector
from connector.core.secrets import Secret
from connector.keys.key_store import KeyStore
from connector.keys.open_store import created
from connector.simulator.server import LocalExchange
from connector.venue.domains import TESTNET
from tests.companions.keys.canaries import secret_file
from tests.companions.keys.factors import guarded_home
from tests.companions.keys.stores import PASSWORD, key_for
from tests.companions.local_trading import PAIR, Trader, until
from tests.companions.net.far_hosts import far_hosts, hosts_of

D = Decimal


async def test_it_is_opened_by_its_password_and_trades(
    venue: LocalExchange, trader: Trader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    venue.faults.arm("no_wallet")
    key = key_for(TESTNET.name, venue.api_key, venue.api_secret)
    created(KeyStore(tmp_path / "conf" / "connectors"), key, Secret(PASSWORD))[0].close()
    word = secret_file(tmp_path / "word", PASSWORD)
    async with far_hosts(tmp_path, dict.fromkeys(hosts_of(TESTNET), venue)) as hosts:
        for name, value in hosts.environment.items():
            monkeypatch.setenv(name, value)
        async with connector.open(PAIR, domain=TESTNET.name, home=tmp_path, password_from=f"file:{word}") as exchange:
            name = exchange.buy(PAIR, D("0.010"), connector.OrderType.LIMIT, D(59_000))
            await until(lambda: exchange.in_flight_orders[name].state is connector.OrderState.OPEN, "open")
        assert hosts.hosts <= hosts_of(TESTNET)
    log = (tmp_path / "data" / "audit.log").read_text()
    assert log.index("took the key") < log.index("let go of the key")
    assert not venue.engine.accounts[venue.account_id].has_open_orders()


async def test_a_second_factor_without_an_approval_keeps_the_key_in_its_store(tmp_path: Path) -> None:
    guarded_home(tmp_path, TESTNET.name)
    with pytest.raises(connector.ApprovalFault, match="connector approve unlock --domain binance_perpetual_testnet"):
        async with connector.open(PAIR, domain=TESTNET.name, home=tmp_path, password_from=f"file:{tmp_path / 'word'}"):
            pass
