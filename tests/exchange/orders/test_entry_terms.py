"""What an order is judged by on its way."""

from decimal import Decimal

from connector.core.enums import OrderType, PositionAction, PositionMode, TradeType
from connector.core.event_tags import MarketEvent
from connector.core.intents import OrderIntent
from connector.core.reports import PositionModeReport
from connector.exchange.derivative import PerpetualDerivative
from tests.companions.local_trading import PAIR, SYMBOL, EventLog, until

D = Decimal


async def test_a_closing_order_is_cut_to_the_position_in_hedge_mode_alone(
    connector: PerpetualDerivative, log: EventLog
) -> None:
    """In one-way mode the exchange cuts it itself."""
    terms = connector.components.entry._terms
    asked = SYMBOL, PositionAction.CLOSE, TradeType.SELL
    await connector.set_position_mode(PositionMode.HEDGE)
    assert terms.most_to_close(*asked) is None, "nothing is held"
    connector.place(OrderIntent(PAIR, TradeType.BUY, OrderType.MARKET, D("0.02"), None))
    await log.waits_for(MarketEvent.BuyOrderCompleted)
    await until(lambda: bool(connector.account_positions), "the position")
    assert terms.most_to_close(*asked) == D("0.02")
    assert terms.most_to_close(SYMBOL, PositionAction.OPEN, TradeType.SELL) is None
    connector.components.dispatcher.dispatch(PositionModeReport(PositionMode.ONEWAY))
    assert terms.most_to_close(*asked) is None


async def test_what_opens_waits_for_more_gates_than_what_closes(connector: PerpetualDerivative) -> None:
    permit = connector.components.entry._permit
    connector.openings.shut("a test")
    assert not permit.may_leave(reduces_only=False)
    assert permit.may_leave(reduces_only=True)
