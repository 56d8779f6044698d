"""Candles under the connector's names, where Hummingbot's factory can be loaded."""

import sys
import time
from types import ModuleType
from typing import Any

import pytest

from connector.adapters.hummingbot.candles import register_candles
from connector.simulator.market.orders import BUY
from connector.simulator.server import LocalExchange
from connector.venue.domains import LIVE, LOCAL
from tests.companions.local_trading import PAIR, Trader

FACTORY = "hummingbot.data_feed.candles_feed.candles_factory"


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Its table of names; the factory itself loads the feeds of every exchange, packages of others among them."""
    module: Any = ModuleType(FACTORY)
    module.CandlesFactory = type("CandlesFactory", (), {"_candles_map": {}})
    monkeypatch.setitem(sys.modules, FACTORY, module)
    names: dict[str, Any] = module.CandlesFactory._candles_map
    return names


def test_each_name_has_the_hosts_of_its_domain(table: dict[str, Any]) -> None:
    register_candles("binance_perpetual_pro", LIVE)
    feed = table["binance_perpetual_pro"](PAIR, "1m", 10)
    assert (feed.rest_url, feed.wss_url) == (LIVE.rest, f"{LIVE.stream}/market/stream")
    assert feed.name == f"binance_perpetual_pro_{PAIR}"


async def test_candles_come_from_the_local_exchange(table: dict[str, Any], venue: LocalExchange, trader: Any) -> None:
    Trader(venue).take(BUY, "0.01")
    register_candles("binance_perpetual_pro_local", LOCAL.at(venue.rest, venue.stream, venue.ws_api))
    feed = table["binance_perpetual_pro_local"](PAIR, "1m", 10)
    assert (await feed.check_network()).name == "CONNECTED"
    rows = await feed.fetch_candles(end_time=round(time.time()) + 60, limit=5)
    assert len(rows) >= 1 and rows[-1][4] > 0


def test_a_factory_that_can_not_be_loaded_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, FACTORY, None)
    register_candles("binance_perpetual_pro", LIVE)
