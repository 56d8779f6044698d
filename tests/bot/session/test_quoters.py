"""Several strategies on one connector: each at its own pair, told apart."""

import asyncio
from collections.abc import Iterator

import pytest

from connector.bot.quoting.run_plan import NamedSettings, RunPlan
from connector.bot.session.quoters import Quoters
from connector.config.loader import load_settings
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.venue.domains import LOCAL
from tests.companions.local_trading import PAIR, until
from tests.companions.places import SHIPPED_SETTINGS

pytestmark = pytest.mark.virtual_time


@pytest.fixture(name="said")
def nothing_said() -> Iterator[list[str]]:
    yield []


def plan(*markets: str) -> RunPlan:
    files = [load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings, {"market": market}) for market in markets]
    return RunPlan(tuple(NamedSettings(f"on {one.market}", one, f"{one.market}.yml") for one in files))


async def test_one_alone_is_not_told_of_by_name(connector: PerpetualDerivative, said: list[str]) -> None:
    quoters = Quoters(connector, plan(PAIR), LOCAL, connector.components.clock, said.append)
    assert quoters.facts() == ()
    quoters.begin(lambda decision: None)
    await until(lambda: len(connector.in_flight_orders) == 4, "it quotes")
    assert quoters.heed_the_slow()
    quoters.end()


async def test_a_frame_of_one_pair_wakes_its_strategy_alone(
    connector: PerpetualDerivative, venue: LocalExchange, said: list[str]
) -> None:
    await connector.add_trading_pair("ETH-USDT")
    await until(lambda: connector.ready, "both books are there")
    quoters = Quoters(connector, plan(PAIR, "ETH-USDT"), LOCAL, connector.components.clock, said.append)
    quoters.begin(lambda decision: None)
    btc, eth = (connector.get_order_book(pair) for pair in (PAIR, "ETH-USDT"))
    assert btc is not eth
    feeds = [connector.components.prices.feed_of(pair) for pair in (PAIR, "ETH-USDT")]
    watchers = [feed.touch_watcher for feed in feeds]
    assert None not in watchers and watchers[0] != watchers[1], (
        "each feed tells its own strategy, without a way between"
    )
    await until(lambda: len(connector.in_flight_orders) >= 4, "it quotes")
    quoters.end()
    assert [feed.touch_watcher for feed in feeds] == [None, None]
    assert [one.pairs for one in quoters.facts()] == [(PAIR,), ("ETH-USDT",)]
    await asyncio.sleep(0)
