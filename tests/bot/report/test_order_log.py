"""An order's life and a decision, as the log has them."""

import logging
from decimal import Decimal

import pytest

from connector.bot.report.order_log import Decision, OrderLog
from connector.core.enums import OrderType, PositionAction, TradeType
from connector.core.event_tags import MarketEvent
from connector.core.intents import CancelIntent, ModifyIntent, OrderIntent
from connector.exchange.derivative import PerpetualDerivative
from tests.companions.local_trading import PAIR, EventLog, until

pytestmark = pytest.mark.virtual_time
D = Decimal


async def test_every_step_of_an_order_is_in_the_log_with_id_side_price_and_amount(
    connector: PerpetualDerivative, log: EventLog, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "connector.orders")
    orders = OrderLog(connector)
    orders.listen()
    rested = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D("59980.5"))
    orders.write()
    assert [record.getMessage().split(" at ")[0] for record in caplog.records] == [
        f"asked: order_id {rested} pair {PAIR} side buy amount 0.01 price 59980.5 type LIMIT_MAKER action OPEN"
    ]
    await log.waits_for(MarketEvent.BuyOrderCreated)
    sold = connector.sell(PAIR, D("0.004"), OrderType.MARKET)
    await log.waits_for(MarketEvent.SellOrderCompleted)
    connector.cancel(PAIR, rested)
    await log.waits_for(MarketEvent.OrderCancelled)
    orders.close()
    told = [(record.fields["event"], record.fields["order_id"]) for record in caplog.records]  # type: ignore[attr-defined]
    assert [what for what, name in told if name == rested] == ["asked", "taken", "cancelled"]
    assert [what for what, name in told if name == sold] == ["asked", "taken", "filled", "completed"]
    (fill,) = [record for record in caplog.records if "filled:" in record.getMessage()]
    for words in ("side sell", "filled 0.004", "filled_at 59990", "fee 0.", "trade_id "):
        assert words in fill.getMessage()


@pytest.mark.parametrize("own_settings", [{"check_budget": False}])
async def test_a_refusal_is_in_the_log_with_its_reason(
    connector: PerpetualDerivative, log: EventLog, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "connector.orders")
    orders = OrderLog(connector)
    orders.listen()
    connector.buy(PAIR, D("90"), OrderType.LIMIT, D(59_000))
    await log.waits_for(MarketEvent.OrderFailure)
    orders.close()
    (refused,) = [text for text in caplog.messages if text.startswith("refused")]
    assert "amount 90 price 59000" in refused
    assert "[-2019]" in refused


async def test_lines_are_written_a_few_a_turn(connector: PerpetualDerivative, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "connector.decisions")
    orders = OrderLog(connector)
    for _ in range(40):
        orders.decided(Decision((), None, "why"))
    turns = 1
    while orders.write():
        turns += 1
    assert (turns, len(caplog.records)) == (3, 40)


async def test_a_decision_says_what_was_seen_and_what_was_asked_for(
    connector: PerpetualDerivative, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "connector.decisions")
    orders = OrderLog(connector)
    place = OrderIntent(PAIR, TradeType.BUY, OrderType.LIMIT_MAKER, D("0.01"), D("59980.5"), PositionAction.OPEN)
    cancel = CancelIntent(PAIR, "b1-7", "exit no longer fits")
    orders.decided(Decision((place, cancel, ModifyIntent(PAIR, "b1-8", D(60_000))), None, "the touch moved"))
    orders.close()
    assert caplog.messages == [
        "the touch moved; place buy 0.01 at 59980.5 (open); cancel b1-7 (exit no longer fits); move b1-8 to 60000"
    ]


async def test_what_is_asked_is_written_though_nothing_is_heard_of_it(
    connector: PerpetualDerivative, log: EventLog, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "connector.orders")
    orders = OrderLog(connector)
    name = connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D("59980.5"))
    await log.waits_for(MarketEvent.BuyOrderCreated)
    for _ in range(3):
        orders.write()
    await until(lambda: name in connector.in_flight_orders)
    assert len([text for text in caplog.messages if text.startswith("asked")]) == 1, "once"
