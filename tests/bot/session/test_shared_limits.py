"""The limits that all processes of this machine keep together, at a real local exchange."""

import asyncio
from decimal import Decimal
from pathlib import Path

import pytest

from connector.bot.session.shared_limits import SharedLimits, limits_folder
from connector.core.secrets import Secret
from connector.exchange.assemble import assemble
from connector.exchange.derivative import PerpetualDerivative
from connector.net.sign import HmacSigner
from connector.simulator.server import LocalExchange
from connector.venue import endpoints
from connector.venue.domains import LIVE, LOCAL
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, Trader, ready
from tests.companions.virtual_time import loop_clock

pytestmark = pytest.mark.virtual_time


def connectors(venue: LocalExchange, folder: Path, count: int) -> list[tuple[PerpetualDerivative, SharedLimits]]:
    domain = LOCAL.at(venue.rest, venue.stream, venue.ws_api)
    signer = HmacSigner(Secret(venue.api_key), Secret(venue.api_secret))
    pairs = []
    for number in range(count):
        limits = SharedLimits(folder, domain, signer, Decimal(100))
        pairs.append((assemble(domain, signer, (PAIR,), f"t{number}", loop_clock(), limits.throttle), limits))
    return pairs


async def test_three_that_ask_for_all_they_can_stay_below_the_limit_together(
    venue: LocalExchange, trader: Trader, tmp_path: Path
) -> None:
    pairs = connectors(venue, tmp_path, 3)
    logs = []
    for connector, _ in pairs:
        await ready(connector)
        logs.append(EventLog(connector))
    asked = [
        asyncio.create_task(connector.components.gateway.call(endpoints.USER_TRADES, {"symbol": SYMBOL}))
        for _ in range(400)
        for connector, _ in pairs
    ]
    await asyncio.gather(*asked)
    assert not [event for log in logs for event in log.events if "silence" in getattr(event, "reason", "")]
    for connector, limits in pairs:
        await connector.stop_network()
        limits.close()


def test_each_local_exchange_and_each_account_has_a_count_of_its_own(tmp_path: Path) -> None:
    signers = [HmacSigner(Secret(name), Secret("secret")) for name in ("key-one", "key-two")]
    domains = [
        LOCAL.at(f"http://127.0.0.1:{port}", f"ws://127.0.0.1:{port}", f"ws://127.0.0.1:{port}") for port in (1, 2)
    ]
    held = [SharedLimits(tmp_path, domain, signer, Decimal(50)) for domain in (*domains, LIVE) for signer in signers]
    names = sorted(folder.name for folder in tmp_path.iterdir())
    assert len([name for name in names if name.count("-") == 1 and "local" in name]) == 2
    assert len(names) == 3 + 6
    assert not [name for name in names if "key-" in name], "a key is told to nobody"
    assert held[0].throttle.address.share == Decimal("0.5")
    for limits in held:
        limits.close()


def test_the_folder_is_the_users_whatever_home_a_program_has(monkeypatch: pytest.MonkeyPatch) -> None:
    before = limits_folder()
    monkeypatch.setenv("CONNECTOR_HOME", "/somewhere/else")
    assert limits_folder() == before
