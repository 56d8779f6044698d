import asyncio

import pytest

from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.network import upkeep
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, until


async def test_a_rule_that_the_exchange_changes_is_in_force_after_the_next_reading(
    connector: PerpetualDerivative, venue: LocalExchange
) -> None:
    components = connector.components
    keeping = asyncio.create_task(upkeep.keep_rules(components.pair_rules, components.api, every_s=0.05))
    venue.act(lambda engine, now_ms: engine.set_status(SYMBOL, "TRADING_HALT"))
    await until(lambda: not connector.trading_rules[PAIR].is_trading, "the halt is known")
    keeping.cancel()


async def test_a_reading_that_fails_is_logged_and_tried_again(
    connector: PerpetualDerivative, venue: LocalExchange, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    components = connector.components
    await venue.stop()
    keeping = asyncio.create_task(upkeep.keep_clock(components.gateway, every_s=0.01))
    await until(lambda: "measuring the clock" in caplog.text, "the failure is logged")
    assert not keeping.done()
    keeping.cancel()
