"""Intents to request parameters, by the venue's field table. Values are text, amounts in plain notation."""

from collections.abc import Mapping

from connector.core.amounts import plain
from connector.core.enums import PositionMode
from connector.core.intents import OrderIntent
from connector.venue.limits import MAX_ROWS
from connector.venue.order_fields import CLOSE_SEMANTICS, ORDER_TYPES, SELF_TRADE_PREVENTION

RequestParams = Mapping[str, str]


def place_order(intent: OrderIntent, symbol: str, client_order_id: str, mode: PositionMode) -> RequestParams:
    """Parameters of a new order. `positionSide` is always named, so that a wrong mode is refused, not guessed."""
    fields = ORDER_TYPES[intent.order_type]
    close = CLOSE_SEMANTICS[mode, intent.position_action, intent.trade_type]
    params = {
        "symbol": symbol,
        "side": intent.trade_type.name,
        "type": fields.type,
        "positionSide": close.position_side.value,
        "quantity": plain(intent.amount),
        "newClientOrderId": client_order_id,
        "selfTradePreventionMode": SELF_TRADE_PREVENTION,
    }
    if close.reduce_only:
        params["reduceOnly"] = "true"
    if fields.time_in_force is not None:
        if intent.price is None:
            raise ValueError("a limit order needs a price")
        params |= {"timeInForce": fields.time_in_force, "price": plain(intent.price)}
    return params


def order_by_client_id(symbol: str, client_order_id: str) -> RequestParams:
    """Parameters that name one order of ours: for a query and for a cancel."""
    return {"symbol": symbol, "origClientOrderId": client_order_id}


def algo_order_by_client_id(client_order_id: str) -> RequestParams:
    """Parameters that name one conditional order of ours."""
    return {"clientAlgoId": client_order_id}


def of_symbol(symbol: str) -> RequestParams:
    return {"symbol": symbol}


def depth(symbol: str, limit: int) -> RequestParams:
    return {"symbol": symbol, "limit": str(limit)}


def settled_rates(symbol: str | None, limit: int) -> RequestParams:
    """The newest settlements: of one symbol, or of all together."""
    return {"limit": str(limit)} if symbol is None else {"symbol": symbol, "limit": str(limit)}


def set_leverage(symbol: str, leverage: int) -> RequestParams:
    return {"symbol": symbol, "leverage": str(leverage)}


def set_position_mode(mode: PositionMode) -> RequestParams:
    return {"dualSidePosition": "true" if mode is PositionMode.HEDGE else "false"}


def trades_from_id(symbol: str, from_id: int, limit: int = MAX_ROWS) -> RequestParams:
    """One page of the account's trades, by id: the only paging that neither skips nor repeats."""
    return {"symbol": symbol, "fromId": str(from_id), "limit": str(limit)}


def latest(symbol: str, limit: int) -> RequestParams:
    """The newest rows of a list of trades or orders."""
    return {"symbol": symbol, "limit": str(limit)}


def trades_of_order(symbol: str, exchange_order_id: str) -> RequestParams:
    return {"symbol": symbol, "orderId": exchange_order_id, "limit": str(MAX_ROWS)}


def orders_from_id(symbol: str, from_id: int, limit: int = MAX_ROWS) -> RequestParams:
    """One page of the order history, ids from `from_id` on."""
    return {"symbol": symbol, "orderId": str(from_id), "limit": str(limit)}


def orders_since(symbol: str, start_ms: int, limit: int = MAX_ROWS) -> RequestParams:
    """The first page of the order history from a time on."""
    return {"symbol": symbol, "startTime": str(start_ms), "limit": str(limit)}


def trades_since(symbol: str, start_ms: int, limit: int = MAX_ROWS) -> RequestParams:
    """The first page of the account's trades from a time on."""
    return {"symbol": symbol, "startTime": str(start_ms), "limit": str(limit)}


def forced_orders(start_ms: int) -> RequestParams:
    """The venue's own orders from a time on, of every symbol; it keeps those of a week."""
    return {"startTime": str(start_ms), "limit": "100"}


def income_since(start_ms: int, limit: int = MAX_ROWS, kind: str = "") -> RequestParams:
    """One page of the account book by time, of all symbols; of one kind, or all."""
    params = {"startTime": str(start_ms), "limit": str(limit)}
    return params | {"incomeType": kind} if kind else params
