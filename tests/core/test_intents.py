"""Intents."""

from decimal import Decimal

from connector.core.enums import OrderType, PositionAction, TradeType
from connector.core.intents import OrderIntent


def test_only_a_close_reduces_only() -> None:
    intents = {
        action: OrderIntent("BTC-USDT", TradeType.BUY, OrderType.LIMIT, Decimal(1), Decimal(1), action)
        for action in PositionAction
    }
    assert [action for action, intent in intents.items() if intent.reduces_only] == [PositionAction.CLOSE]
