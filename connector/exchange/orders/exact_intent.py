"""From what a bot asks for to what can be an order: checked by argument, and put on the pair's grids."""

from dataclasses import replace

from connector.core.amounts import exact_number
from connector.core.enums import OrderType, PositionAction, TradeType
from connector.core.faults import ArgumentFault
from connector.core.intents import OrderIntent
from connector.core.trading_rule import TradingRule


def exact_intent(intent: OrderIntent, rule: TradingRule) -> OrderIntent:
    """The intent on the rule's grids. Raises `ArgumentFault`, by the argument's name, for what can be no order.

    An amount that would round to zero stays as it is, to be refused by the rule it breaks.
    """
    if not isinstance(intent.trade_type, TradeType):
        raise ArgumentFault("trade_type", intent.trade_type, "is no side", "use TradeType.BUY or TradeType.SELL")
    if not isinstance(intent.order_type, OrderType):
        raise ArgumentFault("order_type", intent.order_type, "is no order type", "use OrderType.LIMIT or its like")
    if not isinstance(intent.position_action, PositionAction):
        remedy = "use PositionAction.OPEN or PositionAction.CLOSE"
        raise ArgumentFault("position_action", intent.position_action, "is no position action", remedy)
    amount = exact_number("amount", intent.amount)
    if not amount > 0:
        raise ArgumentFault("amount", intent.amount, "must be above zero")
    price = None if intent.price is None else exact_number("price", intent.price)
    if intent.order_type.is_limit_type():
        if price is None or not price > 0:
            raise ArgumentFault("price", intent.price, "a limit order needs a price above zero")
        price = rule.quantize_price(price, intent.trade_type)
    return replace(intent, amount=rule.quantize_amount(amount, intent.order_type) or amount, price=price)
