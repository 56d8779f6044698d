"""Every market stream of the protocol's table on a running exchange: delivered on its route, in today's shape."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from connector.simulator.accounts.records import LiquidationPrint
from connector.simulator.market.orders import SELL
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from connector.simulator.streams.stream_names import stream_named
from tests.companions.simulator.callers import SocketClient
from tests.companions.simulator.wire_shapes import mismatches

#: Streams and the shapes of their frames.
STREAMS: dict[str, str] = {
    "btcusdt@depth": "depth",
    "btcusdt@depth@0ms": "depth",
    "btcusdt@depth@100ms": "depth",
    "btcusdt@depth@500ms": "depth",
    "btcusdt@depth5": "depth",
    "btcusdt@depth5@0ms": "depth",
    "btcusdt@depth10@100ms": "depth",
    "btcusdt@depth20@500ms": "depth",
    "btcusdt@rpiDepth@500ms": "depth",
    "btcusdt@bookTicker": "book_ticker",
    "!bookTicker": "book_ticker_of_any",
    "btcusdt@trade": "trade",
    "btcusdt@aggTrade": "aggregate_trade",
    "btcusdt@markPrice": "mark_price",
    "btcusdt@markPrice@1s": "mark_price",
    "!markPrice@arr": "mark_prices",
    "!markPrice@arr@1s": "mark_prices",
    "btcusdt@kline_1m": "kline",
    "btcusdt@kline_1M": "kline",
    "btcusdt_perpetual@continuousKline_1s": "continuous_kline",
    "xauusdt_tradifi_perpetual@continuousKline_1h": "continuous_kline",
    "btcusdt@miniTicker": "mini_ticker",
    "!miniTicker@arr": "mini_tickers",
    "btcusdt@ticker": "ticker",
    "!ticker@arr": "tickers",
    "btcusdt@forceOrder": "forced_order",
    "!forceOrder@arr": "forced_order_of_any",
    "!contractInfo": "contract_status",
    "btcdomusdt@compositeIndex": "composite_index",
    "!assetIndex@arr": "asset_indices",
    "ethusd@assetIndex": "asset_index",
    "tradingSession": "trading_session",
}


@pytest.fixture
async def lively() -> AsyncIterator[SocketClient]:
    """An exchange with its background market."""
    async with LocalExchange(SimulatorSettings(limits=False)) as venue, aiohttp.ClientSession() as session:
        client = SocketClient(session, venue, venue.runtime.default_key)
        yield client
        await client.close()


def frighten(venue: LocalExchange) -> None:
    """A liquidation and a halt, as the engine would note them."""
    now_ms = venue.runtime.now_ms()
    row = LiquidationPrint(1, "BTCUSDT", SELL, 5, 590_000, 59_000 * 10**8, "FILLED", 5, 5, now_ms)
    venue.engine.prints.append(row)
    venue.engine.listings["XRPUSDT"].status = "TRADING_HALT"


async def first_of_each(socket: aiohttp.ClientWebSocketResponse, wanted: set[str]) -> dict[str, Any]:
    """The first frame of every stream; of candles the first with a trade, since one without names no ids."""
    found: dict[str, Any] = {}
    async with asyncio.timeout(20):
        while wanted - found.keys():
            frame = json.loads(await socket.receive_str())
            if not is_empty_candle(frame["data"]):
                found.setdefault(frame["stream"], frame["data"])
    return found


def is_empty_candle(data: Any) -> bool:
    return isinstance(data, dict) and "k" in data and data["k"]["n"] == 0


async def test_every_stream_is_delivered_on_its_route_in_todays_shape(lively: SocketClient) -> None:
    by_route: dict[str, list[str]] = {"public": [], "market": []}
    for name in STREAMS:
        stream = stream_named(name)
        assert stream is not None
        by_route[stream.route].append(name)
    sockets = [
        (await lively.open(f"/{route}/stream?streams={'/'.join(of_route)}"), set(of_route))
        for route, of_route in by_route.items()
    ]
    frighten(lively.venue)
    for found in await asyncio.gather(*(first_of_each(*one) for one in sockets)):
        assert mismatches([(STREAMS[name], data) for name, data in found.items()], "market_streams") == []


async def test_changed_brackets_are_told_with_each_bracket(lively: SocketClient) -> None:
    socket = await lively.open("/market/ws/!contractInfo")
    address = f"{lively.venue.rest}/local/v1/brackets"
    async with lively.session.post(address, params={"symbol": "BTCUSDT", "share": "0.5"}) as reply:
        assert reply.status == 200
    frame = await socket.receive_json(timeout=5)
    assert mismatches([("contract_brackets", frame)], "market_streams") == []


async def test_one_stream_per_name_is_delivered_raw_too(lively: SocketClient) -> None:
    socket = await lively.open("/market/ws/btcusdt@markPrice@1s")
    async with asyncio.timeout(5):
        assert json.loads(await socket.receive_str())["e"] == "markPriceUpdate"


async def test_several_keys_share_a_socket_with_filters_of_their_own(lively: SocketClient) -> None:
    other = SocketClient(lively.session, lively.venue, lively.venue.admit(lively.venue.settings.deposit))
    keys = [(await one.raw("POST", "/fapi/v1/listenKey"))[2]["listenKey"] for one in (lively, other)]
    socket = await lively.open(
        f"/private/stream?listenKey={keys[0]}&events=ACCOUNT_CONFIG_UPDATE"
        f"&listenKey={keys[1]}&events=ORDER_TRADE_UPDATE/ACCOUNT_UPDATE"
    )
    await socket.send_json({"method": "LIST_SUBSCRIPTIONS", "id": 1})
    assert (await socket.receive_json(timeout=5))["result"] == keys
    for one in (lively, other):
        await one.order("BUY", "0.01", "30000")
        await one("POST", "/fapi/v1/leverage", symbol="BTCUSDT", leverage=3)
    frames = [await socket.receive_json(timeout=5) for _ in range(2)]
    assert [(keys.index(frame["stream"]), frame["data"]["e"]) for frame in frames] == [
        (0, "ACCOUNT_CONFIG_UPDATE"),
        (1, "ORDER_TRADE_UPDATE"),
    ]
