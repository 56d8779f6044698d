"""Every market stream of the protocol's table on a running exchange: delivered on its route, with today's fields."""

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
from tests.companions.simulator.callers import SocketClient, names

DEPTH = names("e E T s U u pu b a ps st")
KLINE = names("e E s k")
#: Name and fields; of what comes as an array, the fields of its rows.
STREAMS: dict[str, set[str]] = {
    "btcusdt@depth": DEPTH,
    "btcusdt@depth@0ms": DEPTH,
    "btcusdt@depth5@0ms": DEPTH,
    "btcusdt@depth@100ms": DEPTH,
    "btcusdt@depth@500ms": DEPTH,
    "btcusdt@depth5": DEPTH,
    "btcusdt@depth10@100ms": DEPTH,
    "btcusdt@depth20@500ms": DEPTH,
    "btcusdt@rpiDepth@500ms": DEPTH,
    "btcusdt@bookTicker": names("e u E T s b B a A ps st"),
    "!bookTicker": names("e u E T s b B a A ps st"),
    "btcusdt@trade": names("e E T s t p q X m st"),
    "btcusdt@aggTrade": names("e E s a p q nq f l T m st"),
    "btcusdt@markPrice": names("e E s p ap i P r T st"),
    "btcusdt@markPrice@1s": names("e E s p ap i P r T st"),
    "!markPrice@arr": names("e E s p ap i P r T st"),
    "!markPrice@arr@1s": names("e E s p ap i P r T st"),
    "btcusdt@kline_1m": KLINE,
    "btcusdt@kline_1M": KLINE,
    "btcusdt_perpetual@continuousKline_1s": names("e E ps ct k"),
    "xauusdt_tradifi_perpetual@continuousKline_1h": names("e E ps ct k"),
    "btcusdt@miniTicker": names("e E s ps c o h l v q st"),
    "!miniTicker@arr": names("e E s ps c o h l v q st"),
    "btcusdt@ticker": names("e E s ps p P w c Q o h l v q O C F L n st"),
    "!ticker@arr": names("e E s ps p P w c Q o h l v q O C F L n st"),
    "btcusdt@forceOrder": names("e E o"),
    "!forceOrder@arr": names("e E o ps st"),
    "!contractInfo": names("e E s ct dt ot cs st"),
    "btcdomusdt@compositeIndex": names("e E s p C c"),
    "!assetIndex@arr": names("e E s i b a B A q g Q G"),
    "ethusd@assetIndex": names("e E s i b a B A q g Q G"),
    "tradingSession": names("e E t T S"),
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
    found: dict[str, Any] = {}
    async with asyncio.timeout(20):
        while wanted - found.keys():
            frame = json.loads(await socket.receive_str())
            found.setdefault(frame["stream"], frame["data"])
    return found


async def test_every_stream_is_delivered_on_its_route_with_todays_fields(lively: SocketClient) -> None:
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
        for name, data in found.items():
            row = data[0] if isinstance(data, list) else data
            assert set(row) == STREAMS[name], name


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
