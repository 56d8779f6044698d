"""Intents to request parameters, by the venue's field table. Values are text, amounts in plain notation."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal

from connector.core.amounts import plain
from connector.core.enums import MarginType, PositionMode, PositionSide, SelfTradePrevention, TradeType
from connector.core.intents import OrderIntent
from connector.venue.limits import MAX_ROWS
from connector.venue.order_fields import CLOSE_SEMANTICS, ORDER_TYPES, SELF_TRADE_PREVENTION

RequestParams = Mapping[str, str]


def place_order(
    intent: OrderIntent,
    symbol: str,
    client_order_id: str,
    mode: PositionMode,
    prevention: SelfTradePrevention = SELF_TRADE_PREVENTION,
) -> RequestParams:
    """Parameters of a new order. `positionSide` is always named, so that a wrong mode is refused, not guessed;
    `prevention` is sent where the intent asks for none of its own."""
    close = CLOSE_SEMANTICS[mode, intent.position_action, intent.trade_type]
    params = {
        "symbol": symbol,
        "side": intent.trade_type.name,
        "type": ORDER_TYPES[intent.order_type].type,
        "positionSide": close.position_side.value,
        "quantity": plain(intent.amount),
        "newClientOrderId": client_order_id,
        "selfTradePreventionMode": intent.options.self_trade_prevention or prevention,
    }
    if close.reduce_only:
        params["reduceOnly"] = "true"
    add_limit_terms(params, intent)
    return params


def add_limit_terms(params: dict[str, str], intent: OrderIntent) -> None:
    """Price, or how the venue finds it, and time in force; nothing for what takes at any price."""
    usual, options = ORDER_TYPES[intent.order_type].time_in_force, intent.options
    if usual is None:
        return
    params["timeInForce"] = options.time_in_force or usual
    if options.good_till_ms is not None:
        params["goodTillDate"] = str(options.good_till_ms)
    if options.price_match is not None:
        params["priceMatch"] = options.price_match
    elif intent.price is None:
        raise ValueError("a limit order needs a price")
    else:
        params["price"] = plain(intent.price)


def modify_order(
    symbol: str, client_order_id: str, side: TradeType, price: Decimal, amount: Decimal, *, reduce_only: bool
) -> RequestParams:
    """Parameters of a change of an open order; the amount is the total, what is filled included.

    `reduceOnly` changes nothing: it says that the order is one, which is then spared the least notional.
    """
    params = {
        "symbol": symbol,
        "side": side.name,
        "quantity": plain(amount),
        "price": plain(price),
        "origClientOrderId": client_order_id,
    }
    return params | {"reduceOnly": "true"} if reduce_only else params


def several(orders: Sequence[RequestParams]) -> RequestParams:
    """Parameters of several orders, or changes, in one request: a list of what each would be by itself."""
    return {"batchOrders": _json(list(map(dict, orders)))}


def orders_by_client_id(symbol: str, client_order_ids: Sequence[str]) -> RequestParams:
    """Parameters that name several orders of ours, of one symbol, for a cancel."""
    return {"symbol": symbol, "origClientOrderIdList": _json(list(client_order_ids))}


def _json(value: object) -> str:
    """JSON as the venue reads it in a parameter: no blanks, letters as they are."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def order_by_client_id(symbol: str, client_order_id: str) -> RequestParams:
    """Parameters that name one order of ours: for a query and for a cancel."""
    return {"symbol": symbol, "origClientOrderId": client_order_id}


def order_by_number(symbol: str, exchange_order_id: str) -> RequestParams:
    """Parameters that name one order of the account, whoever placed it, for a query."""
    return {"symbol": symbol, "orderId": exchange_order_id}


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


def minute_of(pair: str, time_ms: int) -> RequestParams:
    """The candle of the minute that a time is in."""
    return {"pair": pair, "interval": "1m", "startTime": str(time_ms // 60_000 * 60_000), "limit": "1"}


def settled_rates_since(symbol: str, start_ms: int, limit: int = MAX_ROWS) -> RequestParams:
    """One page of a symbol's settlements from a time on."""
    return {"symbol": symbol, "startTime": str(start_ms), "limit": str(limit)}


def candles(symbol: str, interval: str, limit: int, start_ms: int | None = None) -> RequestParams:
    """The newest candles, or those from a time on."""
    newest = {"symbol": symbol, "interval": interval, "limit": str(limit)}
    return newest if start_ms is None else newest | {"startTime": str(start_ms)}


def trades_between(symbol: str, start_ms: int, end_ms: int) -> RequestParams:
    """The first trades of a time of less than an hour, both ends in it."""
    return {"symbol": symbol, "startTime": str(start_ms), "endTime": str(end_ms), "limit": str(MAX_ROWS)}


def trades_from(symbol: str, first_id: int) -> RequestParams:
    return {"symbol": symbol, "fromId": str(first_id), "limit": str(MAX_ROWS)}


def statistics(symbol: str, period: str, limit: int) -> RequestParams:
    """The newest rows of a statistic."""
    return {"symbol": symbol, "period": period, "limit": str(limit)}


def countdown(symbol: str, countdown_ms: int) -> RequestParams:
    """The venue's timer of a symbol; 0 stops it."""
    return {"symbol": symbol, "countdownTime": str(countdown_ms)}


def set_leverage(symbol: str, leverage: int) -> RequestParams:
    return {"symbol": symbol, "leverage": str(leverage)}


def set_position_mode(mode: PositionMode) -> RequestParams:
    return {"dualSidePosition": "true" if mode is PositionMode.HEDGE else "false"}


def set_margin_type(symbol: str, margin_type: MarginType) -> RequestParams:
    return {"symbol": symbol, "marginType": margin_type.value}


def set_multi_assets(on: bool) -> RequestParams:
    return {"multiAssetsMargin": "true" if on else "false"}


def set_fee_burn(on: bool) -> RequestParams:
    return {"feeBurn": "true" if on else "false"}


def adjust_margin(symbol: str, amount: Decimal, position_side: PositionSide) -> RequestParams:
    """Margin for an isolated position; an amount below 0 is taken back."""
    kind = "1" if amount > 0 else "2"
    return {"symbol": symbol, "positionSide": position_side.value, "amount": plain(abs(amount)), "type": kind}


def trades_from_id(symbol: str, from_id: int, limit: int = MAX_ROWS) -> RequestParams:
    """One page of the account's trades, by id: the only paging that neither skips nor repeats."""
    return {"symbol": symbol, "fromId": str(from_id), "limit": str(limit)}


def latest(symbol: str, limit: int) -> RequestParams:
    """The newest rows of a list of trades or orders."""
    return {"symbol": symbol, "limit": str(limit)}


def trades_of_order(symbol: str, exchange_order_id: str, limit: int = MAX_ROWS) -> RequestParams:
    return {"symbol": symbol, "orderId": exchange_order_id, "limit": str(limit)}


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
