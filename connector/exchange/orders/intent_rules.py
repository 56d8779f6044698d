"""Which of the pair's rules an exact intent breaks, and how much of a closing one the position leaves room for."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from decimal import Decimal

from connector.core.amounts import ZERO
from connector.core.enums import OrderType, PositionAction, PositionMode, TimeInForce, TradeType
from connector.core.intents import OrderIntent
from connector.core.price_band import broken_band, broken_bound
from connector.core.trading_rule import BrokenRule, TradingRule
from connector.exchange.orders.post_only import Touch
from connector.orders.in_flight_order import InFlightOrder
from connector.venue.limits import MOST_CONDITIONAL


def broken_rule(
    intent: OrderIntent, rule: TradingRule, mark: Decimal, touch: Touch = (None, None)
) -> BrokenRule | None:
    """The first rule that an intent breaks, or None. A market order is worth the mark price, a conditional one what it
    is triggered at. `touch` is the best bid and ask, as far as they are known.

    What the market alone decides (how far a price, or the best one, is from the mark price) keeps no closing order
    back: ours may be older than the venue's.
    """
    options = intent.options
    trigger = options.trigger_price or options.activation_price
    broken = None if trigger is None else rule.broken_price(trigger, "trigger price")
    if options.close_position:
        return rule.broken_status() or broken
    known = ZERO if mark.is_nan() else mark
    price = intent.price or trigger or known
    broken = broken or rule.broken_by(
        intent.amount,
        price,
        intent.order_type,
        reduce_only=intent.reduces_only,
        is_priced=intent.price is not None,
    )
    if broken is None and intent.price is not None and options.trigger_price is not None:
        broken = broken_band(rule, intent.trade_type, intent.price, options.trigger_price, "trigger price")
    return broken or (None if intent.reduces_only else _broken_opening(intent, rule, known, touch))


def _broken_opening(intent: OrderIntent, rule: TradingRule, mark: Decimal, touch: Touch) -> BrokenRule | None:
    """What binds orders that open: the control of the side, the band, and how far a market order goes."""
    side, price = intent.trade_type, intent.price
    if rule.reduce_only_sides and (broken := rule.broken_control(side)):
        return broken
    if not mark or intent.order_type.is_conditional:
        return None
    if price is not None:
        return broken_band(rule, side, price, mark)
    best = touch[1] if side is TradeType.BUY else touch[0]
    is_market = intent.order_type is OrderType.MARKET
    return broken_bound(rule, side, best, mark) if is_market and best is not None else None


def most_resting(order: InFlightOrder, rule: TradingRule) -> int:
    """How many such orders may rest, of its symbol or of all that wait for their trigger; 0 where there is no limit."""
    return MOST_CONDITIONAL if order.waits_for_trigger else rule.max_orders


def broken_count(order: InFlightOrder, rule: TradingRule, active: Collection[InFlightOrder]) -> BrokenRule | None:
    """Whether one more order that opens is too many beside those of ours that rest, those on their way out left aside.
    `order` is among the `active`. What closes is the venue's to judge."""
    most = most_resting(order, rule)
    if not most or not _rests(order) or order.position_action is PositionAction.CLOSE:
        return None
    name = "MAX_NUM_ALGO_ORDERS" if order.waits_for_trigger else "MAX_NUM_ORDERS"
    resting = sum(_rests_beside(other, order) for other in active)
    if resting <= most:
        return None
    return BrokenRule(name, f"maximum {most}", f"order {resting}", "cancel others first")


def _rests(order: InFlightOrder) -> bool:
    """Whether what is left unfilled of it would wait in the book, or it waits for its trigger."""
    is_fleeting = order.options.time_in_force in (TimeInForce.IOC, TimeInForce.FOK)
    return order.waits_for_trigger or (order.order_type.is_limit_type() and not is_fleeting)


def _rests_beside(other: InFlightOrder, order: InFlightOrder) -> bool:
    is_alike = other.waits_for_trigger is order.waits_for_trigger
    is_counted = order.waits_for_trigger or other.symbol == order.symbol
    return is_alike and is_counted and other.cancel_requested_ms is None and _rests(other)


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
