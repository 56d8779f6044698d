"""The official SDK, REST, WS-API and streams, unmodified but for its base URLs.

Argument: the exchange's first line as JSON. The SDK's REST client is synchronous and runs in a thread.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from binance_common.configuration import (
    ConfigurationRestAPI,
    ConfigurationWebSocketAPI,
    ConfigurationWebSocketStreams,
)
from binance_sdk_derivatives_trading_usds_futures.derivatives_trading_usds_futures import DerivativesTradingUsdsFutures
from binance_sdk_derivatives_trading_usds_futures.rest_api.models import (
    ModifyMultipleOrdersBatchOrdersParameterInner,
    PlaceMultipleOrdersBatchOrdersParameterInner,
)
from steps import Steps

SYMBOL = "BTCUSDT"


def client_of(venue: dict[str, str]) -> DerivativesTradingUsdsFutures:
    key, secret = venue["api_key"], venue["api_secret"]
    return DerivativesTradingUsdsFutures(
        ConfigurationRestAPI(api_key=key, api_secret=secret, base_path=venue["rest"], timeout=10_000, retries=0),
        ConfigurationWebSocketAPI(api_key=key, api_secret=secret, stream_url=venue["ws_api"]),
        ConfigurationWebSocketStreams(stream_url=venue["stream"]),
    )


class Rest:
    """The REST client, a call at a time in a thread."""

    def __init__(self, rest: Any) -> None:
        self._rest = rest

    async def __call__(self, method: str, **params: Any) -> Any:
        """The answer, parsed by the SDK's own model; lists and single objects out of their wrapping."""
        answer = await asyncio.to_thread(partial(getattr(self._rest, method), **params))
        return unwrapped(answer.data())


def unwrapped(data: Any) -> Any:
    return getattr(data, "actual_instance", None) or data


async def run(venue: dict[str, str]) -> int:
    client, steps = client_of(venue), Steps()
    rest = Rest(client.rest_api)
    await read_the_market(rest, steps)
    await set_the_account(rest, steps)
    await trade(rest, steps)
    await place_conditional_orders(rest, steps)
    await read_the_account(rest, steps)
    await trade_over_ws_api(client, rest, steps)
    await watch(client, rest, steps)
    return steps.exit_code


async def read_the_market(rest: Rest, steps: Steps) -> None:
    async def load() -> None:
        symbols = (await rest("exchange_information")).symbols
        assert SYMBOL in [row.symbol for row in symbols], symbols

    async def book() -> None:
        found = await rest("order_book", symbol=SYMBOL, limit=20)
        assert float(found.bids[0][0]) < float(found.asks[0][0]), found

    async def mark() -> None:
        found = await rest("mark_price", symbol=SYMBOL)
        assert float(found.mark_price) > 0 and found.next_funding_time > 0, found

    async def candles() -> None:
        rows = await rest("kline_candlestick_data", symbol=SYMBOL, interval="1m", limit=5)
        assert rows and len(rows[0]) == 12, rows

    async def ticker() -> None:
        assert float((await rest("ticker24hr_price_change_statistics", symbol=SYMBOL)).last_price) > 0

    await steps.take("connectivity", lambda: rest("test_connectivity"))
    await steps.take("server time", lambda: rest("check_server_time"))
    await steps.take("load markets", load)
    await steps.take("order book", book)
    await steps.take("mark price", mark)
    await steps.take("candles", candles)
    await steps.take("ticker", ticker)
    await steps.take("trades", lambda: rest("recent_trades_list", symbol=SYMBOL))
    await steps.take("aggregate trades", lambda: rest("compressed_aggregate_trades_list", symbol=SYMBOL))
    await steps.take("funding rate history", lambda: rest("get_funding_rate_history", symbol=SYMBOL))
    await steps.take("funding intervals", lambda: rest("get_funding_rate_info"))
    await steps.take("open interest", lambda: rest("open_interest", symbol=SYMBOL))
    await steps.take("best bid and ask", lambda: rest("symbol_order_book_ticker", symbol=SYMBOL))
    await steps.take("last price", lambda: rest("symbol_price_ticker_v2", symbol=SYMBOL))


async def set_the_account(rest: Rest, steps: Steps) -> None:
    async def leverage() -> None:
        assert (await rest("change_initial_leverage", symbol=SYMBOL, leverage=9)).leverage == 9

    async def margin_type() -> None:
        await rest("change_margin_type", symbol=SYMBOL, margin_type="ISOLATED")
        (row,) = await rest("symbol_configuration", symbol=SYMBOL)
        assert row.margin_type == "ISOLATED", row
        await rest("change_margin_type", symbol=SYMBOL, margin_type="CROSSED")

    async def mode() -> None:
        await rest("change_position_mode", dual_side_position="true")
        assert (await rest("get_current_position_mode")).dual_side_position is True
        await rest("change_position_mode", dual_side_position="false")

    async def multi_assets() -> None:
        await rest("change_multi_assets_mode", multi_assets_margin="true")
        assert (await rest("get_current_multi_assets_mode")).multi_assets_margin is True
        await rest("change_multi_assets_mode", multi_assets_margin="false")

    await steps.take("leverage", leverage)
    await steps.take("margin type", margin_type)
    await steps.take("position mode", mode)
    await steps.take("multi-assets mode", multi_assets)


async def far_bid(rest: Rest) -> float:
    """A price that no one will sell at."""
    found = await rest("order_book", symbol=SYMBOL, limit=5)
    return float(round(float(found.bids[0][0]) * 0.97))


async def trade(rest: Rest, steps: Steps) -> None:
    limit = partial(rest, "new_order", symbol=SYMBOL, side="BUY", type="LIMIT", time_in_force="GTC")

    async def place_and_cancel() -> None:
        placed = await limit(quantity=0.01, price=await far_bid(rest), new_client_order_id="of-the-sdk")
        assert (placed.status, placed.client_order_id) == ("NEW", "of-the-sdk"), placed
        assert (await rest("query_order", symbol=SYMBOL, order_id=placed.order_id)).status == "NEW"
        assert (await rest("query_current_open_order", symbol=SYMBOL, order_id=placed.order_id)).status == "NEW"
        assert len(await rest("current_all_open_orders", symbol=SYMBOL)) == 1
        assert (await rest("cancel_order", symbol=SYMBOL, order_id=placed.order_id)).status == "CANCELED"

    async def modify() -> None:
        price = await far_bid(rest)
        placed = await limit(quantity=0.01, price=price)
        row = {"symbol": SYMBOL, "side": "BUY", "quantity": 0.02, "price": price - 100, "order_id": placed.order_id}
        changed = await rest("modify_order", **row)
        assert (float(changed.price), float(changed.orig_qty)) == (price - 100, 0.02), changed
        (history,) = await rest("get_order_modify_history", symbol=SYMBOL, order_id=placed.order_id)
        assert float(history.amendment.price.after) == price - 100, history
        await rest("cancel_order", symbol=SYMBOL, order_id=placed.order_id)

    async def batch() -> None:
        price = await far_bid(rest)
        row = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": 0.01, "price": price}
        row["reduceOnly"] = "false"  # the model's own default is not one of its own values
        rows = [PlaceMultipleOrdersBatchOrdersParameterInner.from_dict(row) for _ in range(2)]
        placed = await rest("place_multiple_orders", batch_orders=rows)
        assert [order.status for order in placed] == ["NEW", "NEW"], placed
        ids = [order.order_id for order in placed]
        change = {"symbol": SYMBOL, "side": "BUY", "quantity": 0.01, "price": price - 50, "reduceOnly": "false"}
        rows = [ModifyMultipleOrdersBatchOrdersParameterInner.from_dict({**change, "orderId": each}) for each in ids]
        assert [float(order.price) for order in await rest("modify_multiple_orders", batch_orders=rows)] == [
            price - 50,
            price - 50,
        ]
        gone = await rest("cancel_multiple_orders", symbol=SYMBOL, order_id_list=ids)
        assert [order.status for order in gone] == ["CANCELED", "CANCELED"], gone

    async def take() -> None:
        placed = await rest(
            "new_order", symbol=SYMBOL, side="BUY", type="MARKET", quantity=0.02, new_order_resp_type="RESULT"
        )
        assert (placed.status, float(placed.executed_qty)) == ("FILLED", 0.02), placed
        (position,) = await rest("position_information_v3", symbol=SYMBOL)
        assert float(position.position_amt) == 0.02, position

    async def cancel_all() -> None:
        await limit(quantity=0.01, price=await far_bid(rest))
        await rest("auto_cancel_all_open_orders", symbol=SYMBOL, countdown_time=60_000)
        await rest("cancel_all_open_orders", symbol=SYMBOL)
        assert await rest("current_all_open_orders", symbol=SYMBOL) == []

    await steps.take(
        "test order",
        lambda: rest("test_order", symbol=SYMBOL, side="BUY", type="MARKET", quantity=0.01),
    )
    await steps.take("place, read and cancel", place_and_cancel)
    await steps.take("modify", modify)
    await steps.take("batch", batch)
    await steps.take("cancel all", cancel_all)
    await steps.take("market order and position", take)


async def place_conditional_orders(rest: Rest, steps: Steps) -> None:
    async def stop() -> None:
        price = await far_bid(rest)
        kind = {"algo_type": "CONDITIONAL", "symbol": SYMBOL, "side": "SELL", "type": "STOP_MARKET"}
        placed = await rest("new_algo_order", **kind, quantity=0.01, trigger_price=price, client_algo_id="stop-1")
        assert (placed.algo_status, placed.client_algo_id) == ("NEW", "stop-1"), placed
        assert (await rest("query_algo_order", algo_id=placed.algo_id)).algo_status == "NEW"
        assert len(await rest("current_all_algo_open_orders", symbol=SYMBOL)) == 1
        await rest("cancel_algo_order", algo_id=placed.algo_id)
        (row,) = await rest("query_all_algo_orders", symbol=SYMBOL)
        assert row.algo_status == "CANCELED", row

    async def trailing() -> None:
        kind = {"algo_type": "CONDITIONAL", "symbol": SYMBOL, "side": "SELL", "type": "TRAILING_STOP_MARKET"}
        await rest("new_algo_order", **kind, quantity=0.01, callback_rate=5)
        await rest("cancel_all_algo_open_orders", symbol=SYMBOL)
        assert await rest("current_all_algo_open_orders", symbol=SYMBOL) == []

    await steps.take("stop order", stop)
    await steps.take("trailing stop order", trailing)


async def read_the_account(rest: Rest, steps: Steps) -> None:
    async def balance() -> None:
        rows = {row.asset: row for row in await rest("futures_account_balance_v3")}
        assert float(rows["USDT"].balance) > 0, rows

    async def isolated() -> None:
        await rest("new_order", symbol=SYMBOL, side="SELL", type="MARKET", quantity=0.02, reduce_only="true")
        await rest("change_margin_type", symbol=SYMBOL, margin_type="ISOLATED")
        await rest("new_order", symbol=SYMBOL, side="BUY", type="MARKET", quantity=0.01)
        await rest("modify_isolated_position_margin", symbol=SYMBOL, amount=5.0, type=1)
        rows = await rest("get_position_margin_change_history", symbol=SYMBOL)
        assert float(rows[-1].amount) == 5, rows
        await rest("new_order", symbol=SYMBOL, side="SELL", type="MARKET", quantity=0.01, reduce_only="true")
        await rest("change_margin_type", symbol=SYMBOL, margin_type="CROSSED")

    await steps.take("balance", balance)
    await steps.take("balance, second version", lambda: rest("futures_account_balance_v2"))
    await steps.take("account", lambda: rest("account_information_v3"))
    await steps.take("account, second version", lambda: rest("account_information_v2"))
    await steps.take("positions, second version", lambda: rest("position_information_v2", symbol=SYMBOL))
    await steps.take("account configuration", lambda: rest("futures_account_configuration"))
    await steps.take("brackets", lambda: rest("notional_and_leverage_brackets", symbol=SYMBOL))
    await steps.take("commission", lambda: rest("user_commission_rate", symbol=SYMBOL))
    await steps.take("order limits", lambda: rest("query_user_rate_limit"))
    await steps.take("income", lambda: rest("get_income_history"))
    await steps.take("own trades", lambda: rest("account_trade_list", symbol=SYMBOL))
    await steps.take("all orders", lambda: rest("all_orders", symbol=SYMBOL))
    await steps.take("adl quantile", lambda: rest("position_adl_quantile_estimation", symbol=SYMBOL))
    await steps.take("own liquidations", lambda: rest("users_force_orders", symbol=SYMBOL))
    await steps.take("fee burn", lambda: rest("get_bnb_burn_status"))
    await steps.take("isolated margin", isolated)


async def trade_over_ws_api(client: DerivativesTradingUsdsFutures, rest: Rest, steps: Steps) -> None:
    api = client.websocket_api
    await steps.take("connect to the WS-API", api.create_connection)

    async def result(method: str, **params: Any) -> Any:
        answer = await getattr(api, method)(**params)
        return answer.data().result

    async def order() -> None:
        price = await far_bid(rest)
        row = {"symbol": SYMBOL, "side": "BUY", "quantity": 0.01}
        placed = await result("new_order", **row, type="LIMIT", time_in_force="GTC", price=price)
        assert placed.status == "NEW", placed
        changed = await result("modify_order", **row, price=price - 100, order_id=placed.order_id)
        assert float(changed.price) == price - 100, changed
        assert (await result("query_order", symbol=SYMBOL, order_id=placed.order_id)).status == "NEW"
        assert (await result("cancel_order", symbol=SYMBOL, order_id=placed.order_id)).status == "CANCELED"

    async def stop() -> None:
        kind = {"algo_type": "CONDITIONAL", "symbol": SYMBOL, "side": "SELL", "type": "STOP_MARKET"}
        placed = await result("new_algo_order", **kind, quantity=0.01, trigger_price=await far_bid(rest))
        assert placed.algo_status == "NEW", placed
        await result("cancel_algo_order", algo_id=placed.algo_id)

    await steps.take("order over the WS-API", order)
    await steps.take("stop order over the WS-API", stop)
    await steps.take("account over the WS-API", lambda: result("account_information_v2"))
    await steps.take("account over the WS-API, first version", lambda: result("account_information"))
    await steps.take("balance over the WS-API", lambda: result("futures_account_balance_v2"))
    await steps.take("balance over the WS-API, first version", lambda: result("futures_account_balance"))
    await steps.take("positions over the WS-API", lambda: result("position_information_v2", symbol=SYMBOL))
    await steps.take("positions over the WS-API, first version", lambda: result("position_information", symbol=SYMBOL))
    await steps.take("order book over the WS-API", lambda: result("order_book", symbol=SYMBOL))
    await steps.take("price over the WS-API", lambda: api.symbol_price_ticker(symbol=SYMBOL))
    await steps.take("best bid and ask over the WS-API", lambda: api.symbol_order_book_ticker(symbol=SYMBOL))
    await steps.take("user stream over the WS-API", lambda: result("start_user_data_stream"))
    await api.close_connection(close_session=True)


async def watch(client: DerivativesTradingUsdsFutures, rest: Rest, steps: Steps) -> None:
    streams = client.websocket_streams
    await steps.take("connect to the streams", streams.create_connection)

    async def first(subscribe: Callable[[], Any], wanted: Callable[[Any], bool] = lambda event: True) -> Any:
        """The first event of a stream that is wanted."""
        heard: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        handle = await subscribe()
        handle.on("message", lambda event: None if heard.done() or not wanted(event) else heard.set_result(event))
        return await heard

    async def book() -> None:
        event = await first(lambda: streams.diff_book_depth_streams(symbol=SYMBOL.lower()))
        assert event.u >= event.U, event

    async def mark() -> None:
        event = await first(lambda: streams.mark_price_stream(symbol=SYMBOL.lower(), update_speed="1s"))
        assert float(event.p) > 0, event

    async def own_orders() -> None:
        key = (await rest("start_user_data_stream")).listen_key

        def filled(event: Any) -> bool:
            update = unwrapped(event)
            return type(update).__name__ == "OrderTradeUpdate" and update.o.X == "FILLED"

        heard = asyncio.create_task(first(lambda: streams.user_data(key), filled))
        await asyncio.sleep(1)  # the client tells nobody when its subscription stands
        await rest("new_order", symbol=SYMBOL, side="BUY", type="MARKET", quantity=0.01)
        assert unwrapped(await heard).o.s == SYMBOL
        await rest("new_order", symbol=SYMBOL, side="SELL", type="MARKET", quantity=0.01, reduce_only="true")
        await rest("keepalive_user_data_stream")
        await rest("close_user_data_stream")

    name = SYMBOL.lower()
    await steps.take("watch the book", book)
    await steps.take("watch the mark price", mark)
    await steps.take("watch trades", lambda: first(lambda: streams.aggregate_trade_streams(symbol=name)))
    await steps.take(
        "watch the partial book", lambda: first(lambda: streams.partial_book_depth_streams(symbol=name, levels=10))
    )
    await steps.take(
        "watch the best bid and ask", lambda: first(lambda: streams.individual_symbol_book_ticker_streams(symbol=name))
    )
    await steps.take(
        "watch candles", lambda: first(lambda: streams.kline_candlestick_streams(symbol=name, interval="1m"))
    )
    await steps.take("watch the ticker", lambda: first(lambda: streams.individual_symbol_ticker_streams(symbol=name)))
    await steps.take("watch all mark prices", lambda: first(streams.mark_price_stream_for_all_market))
    await steps.take("watch own orders", own_orders)
    await streams.close_connection(close_session=True)


if __name__ == "__main__":
    sys.exit(asyncio.run(run(json.loads(sys.argv[1]))))
