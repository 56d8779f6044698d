"""An order's options, checked by argument against what its type takes, with prices on the pair's grid."""

from dataclasses import replace
from decimal import Decimal
from typing import Final

from connector.core.amounts import ceil_to, exact_number, floor_to, plain
from connector.core.enums import (
    OrderType,
    PriceMatch,
    SelfTradePrevention,
    TimeInForce,
    TradeType,
    WorkingType,
)
from connector.core.faults import ArgumentFault
from connector.core.intents import OrderIntent
from connector.core.order_options import PLAIN, OrderOptions
from connector.core.trading_rule import TradingRule
from connector.venue.order_fields import (
    GOOD_TILL_BEFORE_MS,
    GOOD_TILL_LEAST_MS,
    LEAST_CALLBACK,
    MOST_CALLBACK,
    ORDER_TYPES,
    TypeFields,
)

_WORDS: Final = {
    "time_in_force": TimeInForce,
    "price_match": PriceMatch,
    "self_trade_prevention": SelfTradePrevention,
    "working_type": WorkingType,
}
_FLAGS: Final = ("price_protect", "close_position")
#: A stop's trigger lies beyond the market as seen from its owner, a profit's before it.
_STOPS: Final = frozenset({OrderType.STOP, OrderType.STOP_MARKET})


def exact_options(intent: OrderIntent, rule: TradingRule, venue_ms: int) -> OrderOptions:
    """The options as they can be sent. Raises `ArgumentFault` for one that the type does not take, or lacks."""
    options, fields = intent.options, ORDER_TYPES[intent.order_type]
    if options is PLAIN and not fields.is_conditional:
        return PLAIN
    if not isinstance(options, OrderOptions):
        raise ArgumentFault("options", options, "are no order options", "use OrderOptions(...)")
    for name, kind in _WORDS.items():
        _check_word(name, getattr(options, name), kind)
    for name in _FLAGS:
        if type(getattr(options, name)) is not bool:
            raise ArgumentFault(name, getattr(options, name), "is neither True nor False")
    _refuse_what_is_not_taken(intent.order_type, options, fields)
    return _priced(_dated(options, venue_ms), intent, rule)


def _check_word(name: str, value: object, kind: type[object]) -> None:
    is_left_out = value is None and name != "working_type"
    if not is_left_out and not isinstance(value, kind):
        raise ArgumentFault(name, value, f"is no {name.replace('_', ' ')}", f"use one of {kind.__name__}")


def _refuse_what_is_not_taken(order_type: OrderType, options: OrderOptions, fields: TypeFields) -> None:
    taken = {
        "time_in_force": options.time_in_force in (None, *fields.times_in_force),
        "good_till_ms": options.good_till_ms is None or TimeInForce.GTD in fields.times_in_force,
        "price_match": options.price_match is None or fields.takes_price_match,
        "trigger_price": options.trigger_price is None or fields.takes_trigger_price,
        "working_type": options.working_type is PLAIN.working_type or fields.is_conditional,
        "price_protect": not options.price_protect or fields.is_conditional,
        "close_position": not options.close_position or fields.takes_close_position,
        "activation_price": options.activation_price is None or fields.takes_callback,
        "callback_rate": options.callback_rate is None or fields.takes_callback,
    }
    for name, is_taken in taken.items():
        if not is_taken:
            raise ArgumentFault(name, getattr(options, name), f"a {order_type.name} order takes none such")


def _dated(options: OrderOptions, venue_ms: int) -> OrderOptions:
    """The venue heeds seconds, and refuses what is too near. A date is GTD's, and GTD needs one."""
    date_ms = options.good_till_ms
    if date_ms is None:
        if options.time_in_force is TimeInForce.GTD:
            raise ArgumentFault("good_till_ms", None, "a GTD order needs its date, in ms")
        return options
    if options.time_in_force not in (None, TimeInForce.GTD):
        raise ArgumentFault("good_till_ms", date_ms, f"{options.time_in_force} has no date", "use TimeInForce.GTD")
    whole_ms = date_ms // 1000 * 1000 if type(date_ms) is int else 0
    if not venue_ms + GOOD_TILL_LEAST_MS < whole_ms < GOOD_TILL_BEFORE_MS:
        least_s = GOOD_TILL_LEAST_MS // 1000
        rule = f"must be a time in ms, more than {least_s} s ahead (now {venue_ms}), before {GOOD_TILL_BEFORE_MS}"
        raise ArgumentFault("good_till_ms", date_ms, rule)
    return replace(options, time_in_force=TimeInForce.GTD, good_till_ms=whole_ms)


def _priced(options: OrderOptions, intent: OrderIntent, rule: TradingRule) -> OrderOptions:
    fields = ORDER_TYPES[intent.order_type]
    if fields.takes_trigger_price:
        return replace(options, trigger_price=_on_grid("trigger_price", options.trigger_price, intent, rule))
    if fields.takes_callback:
        asked = options.activation_price
        activation = None if asked is None else _on_grid("activation_price", asked, intent, rule)
        return replace(options, callback_rate=_callback_rate(options.callback_rate), activation_price=activation)
    return options


def _on_grid(name: str, price: Decimal | None, intent: OrderIntent, rule: TradingRule) -> Decimal:
    """On the tick grid, away from the market: never is it met sooner than was asked for."""
    exact = None if price is None else exact_number(name, price)
    if exact is None or not exact > 0:
        raise ArgumentFault(name, price, f"a {intent.order_type.name} order needs one above zero")
    is_above = (intent.order_type in _STOPS) is (intent.trade_type is TradeType.BUY)
    return (ceil_to if is_above else floor_to)(rule.tick_size, exact)


def _callback_rate(rate: Decimal | None) -> Decimal:
    exact = None if rate is None else exact_number("callback_rate", rate)
    if exact is None or not LEAST_CALLBACK <= exact <= MOST_CALLBACK:
        rule = f"must be a percentage from {plain(LEAST_CALLBACK)} to {plain(MOST_CALLBACK)}"
        raise ArgumentFault("callback_rate", rate, rule, "such as Decimal('0.5')")
    return exact
