"""Orders in the words of Ember, an execution server whose users bring orders along: one way in, which is shut unless
the setting `ember_orders` opens it.

Its words are the venue's with other meanings, which is why nothing but this door may hear them:

    Ember          the venue        with stopOrderType=TakeProfit
    STOP           STOP_MARKET      TAKE_PROFIT_MARKET
    STOP_LIMIT     STOP             TAKE_PROFIT
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from connector.core.enums import OrderType, PositionAction, SelfTradePrevention, TimeInForce, TradeType
from connector.core.faults import ArgumentFault
from connector.core.intents import OrderIntent
from connector.core.order_options import OrderOptions


@dataclass(frozen=True, slots=True)
class EmberOrder:
    """An order as Ember's users write it. Amounts in base units, prices in the quote asset."""

    trading_pair: str
    #: BUY or SELL.
    side: str
    #: MARKET, LIMIT, STOP or STOP_LIMIT.
    order_type: str
    quantity: Decimal
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    #: GTC, IOC or FOK; None: as usual for the type.
    time_in_force: str | None = None
    #: Values as text, or as what the text says.
    attributes: Mapping[str, object] = field(default_factory=dict)
    position_action: PositionAction = PositionAction.OPEN


_TYPES: Final = {
    "MARKET": OrderType.MARKET,
    "LIMIT": OrderType.LIMIT,
    "STOP": OrderType.STOP_MARKET,
    "STOP_LIMIT": OrderType.STOP,
}
_PROFITS: Final = {OrderType.STOP_MARKET: OrderType.TAKE_PROFIT_MARKET, OrderType.STOP: OrderType.TAKE_PROFIT}
_POST_ONLY: Final = {OrderType.LIMIT: OrderType.LIMIT_MAKER}
_FORCES: Final = ("GTC", "IOC", "FOK")


def ember_intent(order: EmberOrder) -> OrderIntent:
    """What Ember's order asks for. Raises `ArgumentFault` that names the word or attribute which is not known here."""
    side, order_type = _side(order.side), _TYPES.get(order.order_type)
    if order_type is None:
        raise ArgumentFault("order_type", order.order_type, "is no order type of Ember's", _one_of(_TYPES))
    force = _time_in_force(order.time_in_force)
    options = OrderOptions(time_in_force=force, trigger_price=order.stop_price)
    intent = OrderIntent(
        order.trading_pair, side, order_type, order.quantity, order.limit_price, order.position_action, options
    )
    for name, value in order.attributes.items():
        if name not in _ATTRIBUTES:
            raise ArgumentFault(name, value, "is no attribute that is known here", _one_of(_ATTRIBUTES))
        intent = _ATTRIBUTES[name](intent, value)
    return intent


def _side(word: str) -> TradeType:
    if word not in TradeType.__members__:
        raise ArgumentFault("side", word, "is no side", _one_of(TradeType.__members__))
    return TradeType[word]


def _time_in_force(word: str | None) -> TimeInForce | None:
    if word is not None and word not in _FORCES:
        raise ArgumentFault("time_in_force", word, "is no time in force of such an order", _one_of(_FORCES))
    return None if word is None else TimeInForce(word)


def _post_only(intent: OrderIntent, value: object) -> OrderIntent:
    asked = {"true": True, "false": False}.get(str(value).lower())
    if asked is None:
        raise ArgumentFault("postOnly", value, "is neither true nor false")
    if not asked:
        return intent
    if not intent.order_type.is_limit_type():
        raise ArgumentFault("postOnly", value, "an order without a limit price always takes", "leave it out")
    if intent.options.time_in_force not in (None, TimeInForce.GTC):
        raise ArgumentFault("postOnly", value, f"{intent.options.time_in_force} may take", "leave one of them out")
    options = replace(intent.options, time_in_force=TimeInForce.GTX)
    return replace(intent, order_type=_POST_ONLY.get(intent.order_type, intent.order_type), options=options)


def _stop_order_type(intent: OrderIntent, value: object) -> OrderIntent:
    if value != "TakeProfit":
        raise ArgumentFault("stopOrderType", value, "is no kind of stop", "TakeProfit, or leave it out")
    if intent.order_type not in _PROFITS:
        raise ArgumentFault("stopOrderType", value, "is for STOP and STOP_LIMIT orders", "leave it out")
    return replace(intent, order_type=_PROFITS[intent.order_type])


def _self_trade_prevention(intent: OrderIntent, value: object) -> OrderIntent:
    if value not in SelfTradePrevention.__members__:
        rule = "is no way to prevent self-trades"
        raise ArgumentFault("selfTradePreventionMode", value, rule, _one_of(SelfTradePrevention.__members__))
    return replace(intent, options=replace(intent.options, self_trade_prevention=SelfTradePrevention(str(value))))


def _side_effect(intent: OrderIntent, value: object) -> OrderIntent:
    raise ArgumentFault("sideEffectType", value, "is for margin accounts: futures borrow nothing", "leave it out")


_ATTRIBUTES: Final[dict[str, Callable[[OrderIntent, object], OrderIntent]]] = {
    "postOnly": _post_only,
    "stopOrderType": _stop_order_type,
    "selfTradePreventionMode": _self_trade_prevention,
    "sideEffectType": _side_effect,
}


def _one_of(words: "Mapping[str, object] | tuple[str, ...]") -> str:
    return f"one of {', '.join(words)}"
