"""From what a bot asks for to what can be an order: checked by argument, and put on the pair's grids."""

from dataclasses import replace
from decimal import Decimal

from connector.core.enums import OrderType, TradeType
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
    amount = exact_number("amount", intent.amount)
    if not amount > 0:
        raise ArgumentFault("amount", intent.amount, "must be above zero")
    price = None if intent.price is None else exact_number("price", intent.price)
    if intent.order_type.is_limit_type():
        if price is None or not price > 0:
            raise ArgumentFault("price", intent.price, "a limit order needs a price above zero")
        price = rule.quantize_price(price, intent.trade_type)
    return replace(intent, amount=rule.quantize_amount(amount, intent.order_type) or amount, price=price)


def exact_number(argument: str, value: object) -> Decimal:
    """A Decimal or a whole number as a Decimal. Raises `ArgumentFault` for anything else: a float is not exact."""
    if isinstance(value, Decimal):
        if value.is_finite():
            return value
        raise ArgumentFault(argument, value, "is no finite number")
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    remedy = f"write Decimal({str(value)!r})" if isinstance(value, float | str) else "use Decimal"
    raise ArgumentFault(argument, value, f"is a {type(value).__name__}, not a Decimal", remedy)
