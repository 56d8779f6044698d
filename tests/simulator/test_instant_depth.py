"""`<symbol>@depth@0ms`, to which NautilusTrader and hftbacktest subscribe by default, on raw sockets."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from tests.companions.simulator.callers import SocketClient

NAME = "btcusdt@depth@0ms"
WITHIN_S = 10.0
#: Levels that the followed book and the one over REST are compared by.
COMPARED = 100


@pytest.fixture
async def lively() -> AsyncIterator[SocketClient]:
    """An exchange with its background market."""
    async with LocalExchange(SimulatorSettings(limits=False)) as venue, aiohttp.ClientSession() as session:
        client = SocketClient(session, venue, venue.runtime.default_key)
        yield client
        await client.close()


async def next_frame(socket: aiohttp.ClientWebSocketResponse) -> Any:
    """The next frame, out of its wrapping."""
    frame = json.loads((await asyncio.wait_for(socket.receive(), WITHIN_S)).data)
    return frame.get("data", frame)


async def snapshot(client: SocketClient) -> Any:
    return (await client.raw("GET", "/fapi/v1/depth", "symbol=BTCUSDT&limit=1000"))[2]


class FollowedBook:
    """A book kept by the venue's steps ("How to manage a local order book")."""

    def __init__(self, snapshot: Any) -> None:
        self.last_id = snapshot["lastUpdateId"]
        self.sides = {"b": dict(snapshot["bids"]), "a": dict(snapshot["asks"])}
        self._before: int | None = None

    def apply(self, frame: Any) -> None:
        if frame["u"] < self.last_id:
            return
        if self._before is None:
            assert frame["U"] <= self.last_id <= frame["u"] or frame["pu"] == self.last_id
        else:
            assert frame["pu"] == self._before
        self._before = self.last_id = frame["u"]
        for side, levels in self.sides.items():
            for price, quantity in frame[side]:
                levels.pop(price, None)
                if float(quantity):
                    levels[price] = quantity

    def best(self, side: str) -> list[list[str]]:
        rows = sorted(self.sides[side].items(), key=lambda level: float(level[0]), reverse=side == "b")
        return [list(level) for level in rows[:COMPARED]]


async def subscribed(client: SocketClient, opening: str) -> aiohttp.ClientWebSocketResponse:
    """A socket that asked for the stream by its address, or by a message where the address names none."""
    socket = await client.open(opening)
    if NAME not in opening:
        await socket.send_json({"method": "SUBSCRIBE", "params": [NAME], "id": 1})
        assert await socket.receive_json(timeout=WITHIN_S) == {"result": None, "id": 1}
    return socket


@pytest.mark.parametrize(
    "opening",
    [
        f"/public/ws/{NAME}",
        f"/public/stream?streams={NAME}",
        "/public/ws",
        "/public/stream",
        f"/ws/{NAME}",
        f"/stream?streams={NAME}",
        "/ws",
    ],
)
async def test_the_book_kept_by_it_is_the_book_over_rest(lively: SocketClient, opening: str) -> None:
    socket = await subscribed(lively, opening)
    first = await next_frame(socket)
    book = FollowedBook(await snapshot(lively))
    book.apply(first)
    for _ in range(50):
        book.apply(await next_frame(socket))
    later = await snapshot(lively)
    while book.last_id < later["lastUpdateId"]:
        book.apply(await next_frame(socket))
    assert book.last_id == later["lastUpdateId"]
    assert book.best("b") == later["bids"][:COMPARED]
    assert book.best("a") == later["asks"][:COMPARED]


@pytest.mark.parametrize("levels", [5, 10, 20])
async def test_its_partial_forms_are_the_top_of_the_book_over_rest(lively: SocketClient, levels: int) -> None:
    socket = await lively.open(f"/public/ws/btcusdt@depth{levels}@0ms")
    before = await next_frame(socket)
    frame = await next_frame(socket)
    assert frame["pu"] == before["u"]
    top = (await lively.raw("GET", "/fapi/v1/depth", f"symbol=BTCUSDT&limit={levels}"))[2]
    while frame["u"] < top["lastUpdateId"]:
        frame = await next_frame(socket)
    assert (frame["u"], frame["b"], frame["a"]) == (top["lastUpdateId"], top["bids"], top["asks"])


async def test_an_order_is_told_before_its_owner_could_ask_for_the_book(client: SocketClient) -> None:
    socket = await client.open(f"/public/ws/{NAME}")
    for price in ("59000", "59001"):
        await client.order("BUY", "0.01", price)
        assert (await next_frame(socket))["b"] == [[f"{price}.00", "0.010"]]


@pytest.mark.parametrize(
    "opening", [f"/market/ws/{NAME}", "/public/ws/btcusdt@depth@250ms", "/public/ws/BTCUSDT@depth@0ms"]
)
async def test_on_another_route_or_ill_spelled_it_is_silent(client: SocketClient, opening: str) -> None:
    silent, heard = await client.open(opening), await client.open(f"/public/ws/{NAME}")
    await client.order("BUY", "0.01", "59000")
    assert (await next_frame(heard))["e"] == "depthUpdate"
    await silent.send_json({"method": "LIST_SUBSCRIPTIONS", "id": 1})
    assert list(await silent.receive_json(timeout=WITHIN_S)) == ["result", "id"]
