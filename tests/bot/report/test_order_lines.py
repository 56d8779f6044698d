"""Own trades and refusals as lines."""

import asyncio
from decimal import Decimal

import pytest

from connector.bot.report.event_lines import FOLD_MS, EventLines
from connector.bot.report.order_lines import OrderLines
from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.exchange.derivative import PerpetualDerivative
from connector.simulator.server import LocalExchange
from tests.companions.local_trading import PAIR, SYMBOL, EventLog

pytestmark = pytest.mark.virtual_time
D = Decimal


class Told:
    def __init__(self, connector: PerpetualDerivative) -> None:
        self.lines: list[str] = []
        self.events = EventLines(self.lines.append, connector.components.clock)
        self.orders = OrderLines(connector, self.events)
        self.orders.listen()

    def now(self) -> list[str]:
        """What is told so far, without the times."""
        self.orders.tell()
        self.events.settle()
        return [line.partition(" ")[2] for line in self.lines]


async def test_a_trade_is_told_with_what_it_was_and_cost(connector: PerpetualDerivative, log: EventLog) -> None:
    told = Told(connector)
    connector.sell(PAIR, D("0.004"), OrderType.MARKET)
    await log.waits_for(MarketEvent.SellOrderCompleted)
    (line,) = told.now()
    assert line.startswith("sold 0.004 BTC-USDT at 59,990.0 as taker, fee 0.")


@pytest.mark.parametrize("own_settings", [{"check_budget": False}])
async def test_refusals_are_told_with_their_reason_and_folded(connector: PerpetualDerivative, log: EventLog) -> None:
    told = Told(connector)
    for number in range(1, 3):
        connector.buy(PAIR, D("90") + number, OrderType.LIMIT, D(59_000))
        await log.waits_for(MarketEvent.OrderFailure, number)
    (line,) = told.now()
    assert line.startswith("refused: buy 91 BTC-USDT at 59,000.0: POST /fapi/v1/order [-2019]")
    await asyncio.sleep(FOLD_MS / 1000 + 1)
    first, folded = told.now()
    assert first == line
    assert folded.startswith("refused: buy 92 BTC-USDT at 59,000.0: POST /fapi/v1/order [-2019]")
    assert folded.endswith("(once more within 10 s)")


async def test_what_the_connector_itself_keeps_back_is_told_as_not_sent(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    told = Told(connector)
    connector.openings.shut("the desk")
    connector.buy(PAIR, D("0.01"), OrderType.LIMIT, D(59_000))
    await log.waits_for(MarketEvent.OrderFailure)
    (line,) = told.now()
    assert line.startswith("not sent: buy 0.01 BTC-USDT at 59,000.0: ")
    assert "the desk" in line


async def test_what_a_pause_keeps_back_is_told_by_the_pause_alone(
    venue: LocalExchange, connector: PerpetualDerivative, log: EventLog
) -> None:
    told = Told(connector)
    venue.faults.arm("reduce_only_4400", ms=600_000, symbol=SYMBOL)
    for number in range(1, 4):
        connector.buy(PAIR, D("0.01"), OrderType.LIMIT, D(59_000))
        await log.waits_for(MarketEvent.OrderFailure, number)
    assert len(log.of(MarketEvent.OpeningsPaused)) == 1
    await asyncio.sleep(FOLD_MS / 1000 + 1)
    assert told.now() == []
