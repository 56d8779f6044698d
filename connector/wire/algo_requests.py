"""Intents for conditional orders, and for orders that are only tried, to request parameters.

Source: "New Algo Order", "Test Order", as of 2026-11. The latter calls some parameters by older names.
"""

from typing import Final

from connector.core.amounts import plain
from connector.core.enums import PositionMode, SelfTradePrevention
from connector.core.intents import OrderIntent
from connector.venue.limits import MAX_ROWS
from connector.venue.order_fields import ALGO_TYPE, CLOSE_SEMANTICS, ORDER_TYPES, SELF_TRADE_PREVENTION
from connector.wire.requests import RequestParams, add_limit_terms, place_order

#: What the test of an order calls by other names.
_OLD_NAMES: Final = {
    "triggerPrice": "stopPrice",
    "activatePrice": "activationPrice",
    "clientAlgoId": "newClientOrderId",
}


def place_algo_order(
    intent: OrderIntent,
    symbol: str,
    client_order_id: str,
    mode: PositionMode,
    prevention: SelfTradePrevention = SELF_TRADE_PREVENTION,
) -> RequestParams:
    """Parameters of a new conditional order. One that closes all of a position has neither amount nor `reduceOnly`."""
    close = CLOSE_SEMANTICS[mode, intent.position_action, intent.trade_type]
    options = intent.options
    params: dict[str, str] = {
        "algoType": ALGO_TYPE,
        "symbol": symbol,
        "side": intent.trade_type.name,
        "type": ORDER_TYPES[intent.order_type].type,
        "positionSide": close.position_side.value,
        "clientAlgoId": client_order_id,
        "selfTradePreventionMode": options.self_trade_prevention or prevention,
        "workingType": options.working_type,
    }
    if options.close_position:
        params["closePosition"] = "true"
    else:
        params["quantity"] = plain(intent.amount)
        if close.reduce_only:
            params["reduceOnly"] = "true"
    if options.price_protect:
        params["priceProtect"] = "true"
    add_limit_terms(params, intent)
    return params | _trigger(intent)


def test_order(
    intent: OrderIntent,
    symbol: str,
    client_order_id: str,
    mode: PositionMode,
    prevention: SelfTradePrevention = SELF_TRADE_PREVENTION,
) -> RequestParams:
    """Parameters that ask whether an order would be taken."""
    if not intent.order_type.is_conditional:
        return place_order(intent, symbol, client_order_id, mode, prevention)
    params = place_algo_order(intent, symbol, client_order_id, mode, prevention)
    return {_OLD_NAMES.get(name, name): value for name, value in params.items() if name != "algoType"}


def algo_orders_since(symbol: str, start_ms: int) -> RequestParams:
    """The first page of the history of conditional orders from a time on."""
    return {"symbol": symbol, "startTime": str(start_ms), "limit": str(MAX_ROWS)}


def algo_orders_from_id(symbol: str, from_id: int) -> RequestParams:
    """One page of the history of conditional orders, ids from `from_id` on."""
    return {"symbol": symbol, "algoId": str(from_id), "limit": str(MAX_ROWS)}


def _trigger(intent: OrderIntent) -> dict[str, str]:
    options = intent.options
    prices = {
        "triggerPrice": options.trigger_price,
        "activatePrice": options.activation_price,
        "callbackRate": options.callback_rate,
    }
    return {name: plain(price) for name, price in prices.items() if price is not None}
