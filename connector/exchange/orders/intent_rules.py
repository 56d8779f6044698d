"""Which of the pair's rules an exact intent breaks, and how much of a closing one the position leaves room for."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from connector.core.amounts import ZERO
from connector.core.enums import PositionAction, PositionMode
from connector.core.intents import OrderIntent
from connector.core.trading_rule import BrokenRule, TradingRule
from connector.orders.in_flight_order import InFlightOrder


def broken_rule(intent: OrderIntent, rule: TradingRule, mark: Decimal) -> BrokenRule | None:
    """The first rule that an intent breaks, or None. A market order is worth the mark price, a conditional one what it
    is triggered at."""
    options = intent.options
    trigger = options.trigger_price or options.activation_price
    broken = None if trigger is None else rule.broken_price(trigger, "trigger price")
    if options.close_position:
        return rule.broken_status() or broken
    known = ZERO if mark.is_nan() else mark
    price = intent.price or trigger or known
    return broken or rule.broken_by(
        intent.amount,
        price,
        intent.order_type,
        reduce_only=intent.reduces_only,
        is_priced=intent.price is not None,
    )


def within_what_is_held(
    intent: OrderIntent, symbol: str, mode: PositionMode, held: Decimal, orders: Iterable[InFlightOrder]
) -> OrderIntent:
    """A closing order of hedge mode, cut to what its position holds beside the closing orders that work already.

        one-way    the venue cuts what is reduce-only, and what it echoes is taken ("Modes")
        hedge      the venue refuses what goes beyond the position, so that it is cut here

    Where no room is left it stays as it is, and the venue's refusal says why. A conditional order is not cut: the
    position of now is not that of its trigger. `orders` are those that may still trade.
    """
    if mode is not PositionMode.HEDGE or not intent.reduces_only or intent.order_type.is_conditional:
        return intent
    working = sum((order.remaining_amount for order in orders if _closes_alike(order, intent, symbol)), ZERO)
    room = abs(held) - working
    return replace(intent, amount=room) if ZERO < room < intent.amount else intent


def _closes_alike(order: InFlightOrder, intent: OrderIntent, symbol: str) -> bool:
    is_closing = order.position_action is PositionAction.CLOSE and not order.waits_for_trigger
    return is_closing and (order.symbol, order.trade_type) == (symbol, intent.trade_type)
