"""The user's limits as a snapshot has them."""

from decimal import Decimal

import pytest

from connector.bot.report.limit_statuses import limit_statuses
from connector.simulator.fixed_point import E8
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import SYMBOL, Trader, connect, ready, until

pytestmark = pytest.mark.virtual_time


@pytest.mark.parametrize(
    ("on_risk_limit", "follows"), [("stop", "no order leaves any more"), ("close", "the position is closed")]
)
async def test_a_limit_that_struck_says_what_follows(venue: LocalExchange, on_risk_limit: str, follows: str) -> None:
    Trader(venue).make_market()
    connector = connect(venue, max_loss_of_run=10, max_position="2 BTC", on_risk_limit=on_risk_limit)
    await ready(connector)
    try:
        venue.act(lambda engine, now_ms: engine.fix_mark(SYMBOL, 60_000 * E8))
        await connector.set_leverage("BTC-USDT", 20)
        connector.components.risk.losses.judge(Decimal(10_000), connector.venue_time_ms())
        await until(lambda: bool(limit_statuses(connector)))
        struck = connector.components.risk.losses.judge(Decimal(9_000), connector.venue_time_ms())
        assert len(struck) == 1
        rows = {row.name: row for row in limit_statuses(connector)}
        assert rows["max_position BTC-USDT"].struck == ""
        assert (rows["max_loss_of_run"].used, rows["max_loss_of_run"].bound) == (1_000, 10)
        assert rows["max_loss_of_run"].struck.startswith(follows)
    finally:
        await connector.stop_network()
