"""Walks the official SDK's response models and tells where the local exchange's answers differ from them.

Prints one JSON line a difference: `{"model":.., "field":.., "difference": "lacks" | "excess" | "type"}`, once each,
and last `{"compared": [models]}`. Argument: the exchange's first line as JSON. A field within a list is `name[]`.
"""

import asyncio
import inspect
import json
import sys
import types
import typing
from functools import partial
from typing import Any

from binance_common import websocket as sdk_websocket
from pydantic import BaseModel, TypeAdapter, ValidationError
from sdk_client import SYMBOL, client_of

Difference = tuple[str, str, str]
WITHIN_S = 30.0


def differences(value: Any, annotation: Any, model: str, field: str) -> set[Difference]:
    """What of a value is not as its annotation promises."""
    annotation = unwrapped(annotation, value)
    if is_model(annotation) and isinstance(value, list):  # a model that stands for a list of itself
        rows = [item for item in value if not isinstance(item, list)]  # of candles the models say nothing
        return set().union(*(differences(item, annotation, model, field) for item in rows))
    if is_model(annotation) and isinstance(value, dict):
        return members(value, annotation, model, field)
    if typing.get_origin(annotation) in (list, typing.List) and isinstance(value, list):  # noqa: UP006
        (item,) = typing.get_args(annotation)
        return set().union(*(differences(each, item, model, f"{field}[]") for each in value))
    try:
        TypeAdapter(annotation).validate_python(value)
    except ValidationError:
        return {(model, field, "type")}
    return set()


def members(value: dict[str, Any], annotation: Any, model: str, field: str) -> set[Difference]:
    """Of an object: what it lacks, what it has in excess, and what differs within."""
    inner = {row.alias or name: row.annotation for name, row in annotation.model_fields.items()}
    inner.pop("additional_properties", None)
    dot = f"{field}." if field else ""
    found = {(model, dot + name, "lacks") for name in inner.keys() - value.keys()}
    found |= {(model, dot + name, "excess") for name in value.keys() - inner.keys()}
    for name in inner.keys() & value.keys():
        found |= differences(value[name], inner[name], model, dot + name)
    return found


def is_model(annotation: Any) -> bool:
    return inspect.isclass(annotation) and issubclass(annotation, BaseModel)


def unwrapped(annotation: Any, value: Any) -> Any:
    """An annotation out of its Optional, and of a choice the member that fits the value's kind."""
    if is_model(annotation) and "actual_instance" in annotation.model_fields:
        return unwrapped(annotation.model_fields["actual_instance"].annotation, value)
    if typing.get_origin(annotation) not in (typing.Union, types.UnionType):
        return annotation
    choices = [choice for choice in typing.get_args(annotation) if choice is not type(None)]
    if value is None or len(choices) == 1:
        return choices[0] if len(choices) == 1 and value is not None else annotation
    for choice in choices:
        is_list = typing.get_origin(choice) is list or (is_model(choice) and getattr(choice, "is_array", bool)())
        if (is_model(choice) or is_list) and is_list == isinstance(value, list):
            return unwrapped(choice, value)
    return annotation


class Walk:
    """Asks, and compares each answer with the model that the SDK has for it."""

    def __init__(self, venue: dict[str, str]) -> None:
        self.client = client_of(venue)
        self.found: set[Difference] = set()
        self.compared: set[str] = set()
        self._raw: Any = None
        self.client.rest_api._session.hooks["response"].append(self._keep)

    def _keep(self, response: Any, *args: Any, **options: Any) -> None:
        self._raw = response.json()

    def compare(self, value: Any, model: Any) -> None:
        """Models of different interfaces share names: the interface is part of theirs here."""
        if model is type(None):
            return
        name = f"{model.__module__.split('.')[1]}.{model.__name__}"
        self.compared.add(name)
        self.found |= differences(value, model, name, "")

    async def rest(self, method: str, **params: Any) -> Any:
        """The answer as it came."""
        call = getattr(self.client.rest_api, method)
        await asyncio.to_thread(partial(call, **params))
        (model,) = typing.get_args(typing.get_type_hints(call)["return"])
        self.compare(self._raw, model)
        return self._raw


class Loads:
    """Stands before the SDK's JSON, and keeps what came over its sockets."""

    def __init__(self) -> None:
        self.came: list[Any] = []

    def loads(self, text: Any, *args: Any, **options: Any) -> Any:
        value = json.loads(text, *args, **options)
        self.came.append(value)
        return value

    def __getattr__(self, name: str) -> Any:
        return getattr(json, name)


async def run(venue: dict[str, str]) -> None:
    walk, loads = Walk(venue), Loads()
    sdk_websocket.json = loads  # type: ignore[attr-defined]
    streams = await follow_user_stream(walk)
    await walk_orders(walk)
    await walk_conditional_orders(walk)
    await walk_account(walk)
    await walk_market(walk)
    await walk_statistics(walk)
    await walk_ws_api(walk, loads)
    await walk_market_streams(walk, streams, loads)
    compare_user_events(walk, loads)
    for model, field, difference in sorted(walk.found):
        print(json.dumps({"model": model, "field": field, "difference": difference}))  # noqa: T201
    print(json.dumps({"compared": sorted(walk.compared)}))  # noqa: T201


async def follow_user_stream(walk: Walk) -> Any:
    streams = walk.client.websocket_streams
    await streams.create_connection()
    key = (await walk.rest("start_user_data_stream"))["listenKey"]
    await streams.user_data(key)
    await asyncio.sleep(1)  # the client tells nobody when its subscription stands
    return streams


def below(book: Any, share: float) -> float:
    """A share of the best bid, in whole units: a price that no one will sell at."""
    return float(round(float(book["bids"][0][0]) * share))


async def walk_orders(walk: Walk) -> None:
    rest = walk.rest
    price = below(await rest("order_book", symbol=SYMBOL, limit=5), 0.97)
    limit = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "time_in_force": "GTC", "quantity": 0.01}
    await rest("change_initial_leverage", symbol=SYMBOL, leverage=9)
    await rest("change_margin_type", symbol=SYMBOL, margin_type="ISOLATED")
    await rest("test_order", **limit, price=price)
    placed = await rest("new_order", **limit, price=price)
    row = {"symbol": SYMBOL, "order_id": placed["orderId"]}
    await rest("query_order", **row)
    await rest("query_current_open_order", **row)
    await rest("current_all_open_orders", symbol=SYMBOL)
    await rest("modify_order", **row, side="BUY", quantity=0.02, price=price - 100, modify_id=7)
    await rest("get_order_modify_history", **row)
    await rest("cancel_order", **row)
    await rest("auto_cancel_all_open_orders", symbol=SYMBOL, countdown_time=60_000)
    await rest("cancel_all_open_orders", symbol=SYMBOL)
    await rest("new_order", symbol=SYMBOL, side="BUY", type="MARKET", quantity=0.02)
    await rest("modify_isolated_position_margin", symbol=SYMBOL, amount=5.0, type=1)
    await rest("get_position_margin_change_history", symbol=SYMBOL)


async def walk_conditional_orders(walk: Walk) -> None:
    rest = walk.rest
    price = below(await rest("order_book", symbol=SYMBOL, limit=5), 0.95)
    kind = {"algo_type": "CONDITIONAL", "symbol": SYMBOL, "side": "SELL", "quantity": 0.01}
    placed = await rest("new_algo_order", **kind, type="STOP_MARKET", trigger_price=price)
    await rest("query_algo_order", algo_id=placed["algoId"])
    await rest("current_all_algo_open_orders", symbol=SYMBOL)
    await rest("cancel_algo_order", algo_id=placed["algoId"])
    await rest("query_all_algo_orders", symbol=SYMBOL)
    await rest("cancel_all_algo_open_orders", symbol=SYMBOL)


async def walk_account(walk: Walk) -> None:
    rest = walk.rest
    for method in (
        "account_information_v2", "account_information_v3", "futures_account_balance_v2", "futures_account_balance_v3",
        "futures_account_configuration", "get_bnb_burn_status", "get_current_multi_assets_mode",
        "get_current_position_mode", "get_income_history", "query_user_rate_limit",
    ):  # fmt: skip
        await rest(method)
    for method in (
        "notional_and_leverage_brackets", "symbol_configuration", "user_commission_rate", "account_trade_list",
        "all_orders", "position_adl_quantile_estimation", "position_information_v2", "position_information_v3",
        "users_force_orders",
    ):  # fmt: skip
        await rest(method, symbol=SYMBOL)
    await rest("toggle_bnb_burn_on_futures_trade", fee_burn="false")
    await rest("new_order", symbol=SYMBOL, side="SELL", type="MARKET", quantity=0.02, reduce_only="true")
    await rest("change_margin_type", symbol=SYMBOL, margin_type="CROSSED")
    for switch in ("true", "false"):
        await rest("change_multi_assets_mode", multi_assets_margin=switch)
        await rest("change_position_mode", dual_side_position=switch)


async def walk_market(walk: Walk) -> None:
    rest = walk.rest
    for method in (
        "check_server_time", "exchange_information", "get_funding_rate_info", "mark_price", "symbol_order_book_ticker",
        "symbol_price_ticker", "symbol_price_ticker_v2", "ticker24hr_price_change_statistics", "adl_risk",
        "asset_index", "composite_index_symbol_information", "query_insurance_fund_balance_snapshot",
        "trading_schedule", "test_connectivity",
    ):  # fmt: skip
        await rest(method)
    for method in (
        "mark_price", "symbol_order_book_ticker", "symbol_price_ticker", "symbol_price_ticker_v2",
        "ticker24hr_price_change_statistics", "adl_risk", "query_insurance_fund_balance_snapshot", "open_interest",
        "recent_trades_list", "old_trades_lookup", "compressed_aggregate_trades_list", "get_funding_rate_history",
        "query_index_price_constituents", "rpi_order_book",
    ):  # fmt: skip
        await rest(method, symbol=SYMBOL)
    for method in ("kline_candlestick_data", "mark_price_kline_candlestick_data", "premium_index_kline_data"):
        await rest(method, symbol=SYMBOL, interval="1m")
    await rest("index_price_kline_candlestick_data", pair=SYMBOL, interval="1m")
    await rest("continuous_contract_kline_candlestick_data", pair=SYMBOL, interval="1m", contract_type="PERPETUAL")


async def walk_statistics(walk: Walk) -> None:
    for method in (
        "open_interest_statistics", "top_trader_long_short_ratio_accounts", "top_trader_long_short_ratio_positions",
        "long_short_ratio", "taker_buy_sell_volume",
    ):  # fmt: skip
        assert await walk.rest(method, symbol=SYMBOL, period="5m"), method
    assert await walk.rest("basis", pair=SYMBOL, contract_type="PERPETUAL", period="5m")
    await walk.rest("quarterly_contract_settlement_price", pair=SYMBOL)


async def walk_ws_api(walk: Walk, loads: Loads) -> None:
    api = walk.client.websocket_api
    await api.create_connection()

    async def ask(method: str, **params: Any) -> Any:
        call = getattr(api, method)
        began = len(loads.came)
        await call(**params)
        (model,) = typing.get_args(typing.get_type_hints(call)["return"])
        answer = next(row for row in loads.came[began:] if isinstance(row, dict) and "id" in row and "status" in row)
        walk.compare(answer, model)
        return answer["result"]

    price = below(await ask("order_book", symbol=SYMBOL), 0.97)
    limit = {"symbol": SYMBOL, "side": "BUY", "quantity": 0.01}
    placed = await ask("new_order", **limit, type="LIMIT", time_in_force="GTC", price=price)
    await ask("modify_order", **limit, price=price - 100, order_id=placed["orderId"], modify_id=8)
    await ask("query_order", symbol=SYMBOL, order_id=placed["orderId"])
    await ask("cancel_order", symbol=SYMBOL, order_id=placed["orderId"])
    kind = {"algo_type": "CONDITIONAL", "symbol": SYMBOL, "side": "SELL", "type": "STOP_MARKET", "quantity": 0.01}
    stop = await ask("new_algo_order", **kind, trigger_price=price)
    await ask("cancel_algo_order", algo_id=stop["algoId"])
    for method in (
        "account_information", "account_information_v2", "futures_account_balance", "futures_account_balance_v2",
        "position_information", "position_information_v2", "start_user_data_stream", "keepalive_user_data_stream",
    ):  # fmt: skip
        await ask(method)
    await ask("symbol_price_ticker", symbol=SYMBOL)
    await ask("symbol_order_book_ticker", symbol=SYMBOL)
    await api.close_connection(close_session=True)


async def walk_market_streams(walk: Walk, streams: Any, loads: Loads) -> None:
    """Each stream is awaited until its first frame came."""
    name = SYMBOL.lower()
    for subscribe in (
        partial(streams.aggregate_trade_streams, symbol=name),
        partial(streams.individual_symbol_book_ticker_streams, symbol=name),
        streams.all_book_tickers_stream,
        partial(streams.diff_book_depth_streams, symbol=name),
        partial(streams.partial_book_depth_streams, symbol=name, levels=5),
        partial(streams.rpi_diff_book_depth_streams, symbol=name),
        partial(streams.mark_price_stream, symbol=name),
        streams.mark_price_stream_for_all_market,
        partial(streams.kline_candlestick_streams, symbol=name, interval="1m"),
        partial(
            streams.continuous_contract_kline_candlestick_streams,
            pair=name, contract_type="perpetual", interval="1m",
        ),
        partial(streams.individual_symbol_mini_ticker_stream, symbol=name),
        streams.all_market_mini_tickers_stream,
        partial(streams.individual_symbol_ticker_streams, symbol=name),
        streams.all_market_tickers_streams,
        streams.asset_index,
        streams.trading_session_stream,
    ):  # fmt: skip
        handle = await subscribe()
        frame = await asyncio.wait_for(first_of(loads, handle._stream), WITHIN_S)
        walk.compare(frame, handle._response_model)
        await handle.unsubscribe()
    await streams.close_connection(close_session=True)


async def first_of(loads: Loads, stream: str) -> Any:
    while True:
        for row in loads.came:
            if isinstance(row, dict) and row.get("stream") == stream:
                return row["data"]
        await asyncio.sleep(0.05)


def compare_user_events(walk: Walk, loads: Loads) -> None:
    """Whatever the user stream said during the walk."""
    from binance_sdk_derivatives_trading_usds_futures.websocket_streams import models

    kinds = {
        "ORDER_TRADE_UPDATE": models.OrderTradeUpdate,
        "ACCOUNT_UPDATE": models.AccountUpdate,
        "ACCOUNT_CONFIG_UPDATE": models.AccountConfigUpdate,
        "ALGO_UPDATE": models.AlgoUpdate,
        "TRADE_LITE": models.TradeLite,
    }
    for row in loads.came:
        event = row.get("data") if isinstance(row, dict) else None
        if isinstance(event, dict) and event.get("e") in kinds:
            walk.compare(event, kinds[event["e"]])


if __name__ == "__main__":
    asyncio.run(run(json.loads(sys.argv[1])))
