"""From what a bot asks for to what can be an order: checked by argument, and put on the pair's grids."""

from dataclasses import replace
from decimal import Decimal

from connector.core.amounts import ZERO, exact_number
from connector.core.enums import OrderType, PositionAction, TradeType
from connector.core.faults import ArgumentFault
from connector.core.intents import OrderIntent
from connector.core.trading_rule import TradingRule
from connector.exchange.orders.exact_options import exact_options


def exact_intent(intent: OrderIntent, rule: TradingRule, venue_ms: int) -> OrderIntent:
    """The intent on the rule's grids. Raises `ArgumentFault`, by the argument's name, for what can be no order.

    An amount that would round to zero stays as it is, to be refused by the rule it breaks. `venue_ms` is the venue's
    clock, by which an order's date is judged.
    """
    if not isinstance(intent.trade_type, TradeType):
        raise ArgumentFault("trade_type", intent.trade_type, "is no side", "use TradeType.BUY or TradeType.SELL")
    if not isinstance(intent.order_type, OrderType):
        raise ArgumentFault("order_type", intent.order_type, "is no order type", "use OrderType.LIMIT or its like")
    if not isinstance(intent.position_action, PositionAction):
        remedy = "use PositionAction.OPEN or PositionAction.CLOSE"
        raise ArgumentFault("position_action", intent.position_action, "is no position action", remedy)
    options = exact_options(intent, rule, venue_ms)
    if options.close_position:
        return replace(
            intent, amount=_no_amount(intent), price=None, position_action=PositionAction.CLOSE, options=options
        )
    asked = exact_amount(intent.amount)
    amount, price = rule.quantize_amount(asked, intent.order_type) or asked, _price(intent, rule)
    if amount == asked is intent.amount and options is intent.options and _is_same(price, intent.price):
        # On the grids already: no second one is made of it.
        return intent
    return replace(intent, amount=amount, price=price, options=options)


def _price(intent: OrderIntent, rule: TradingRule) -> Decimal | None:
    price = None if intent.price is None else exact_number("price", intent.price)
    if not intent.order_type.is_limit_type():
        return price
    if intent.options.price_match is not None:
        if price is not None:
            raise ArgumentFault(
                "price", intent.price, "the venue finds the price (price_match)", "leave one of them out"
            )
        return None
    return exact_price(price, intent.trade_type, rule)


def _is_same(exact: Decimal | None, given: object) -> bool:
    return exact is given or (isinstance(given, Decimal) and exact == given)


def _no_amount(intent: OrderIntent) -> Decimal:
    if exact_number("amount", intent.amount):
        remedy = "write Decimal(0)"
        raise ArgumentFault("amount", intent.amount, "an order that closes all of a position has no amount", remedy)
    return ZERO


def exact_amount(amount: Decimal) -> Decimal:
    """An amount as it was given. Raises `ArgumentFault` for what is none."""
    exact = exact_number("amount", amount)
    if not exact > 0:
        raise ArgumentFault("amount", amount, "must be above zero")
    return exact


def exact_price(price: Decimal | None, trade_type: TradeType, rule: TradingRule) -> Decimal:
    """A price on the rule's grid, away from the market. Raises `ArgumentFault` for what is none."""
    exact = None if price is None else exact_number("price", price)
    if exact is None or not exact > 0:
        raise ArgumentFault("price", price, "a limit order needs a price above zero")
    return rule.quantize_price(exact, trade_type)
