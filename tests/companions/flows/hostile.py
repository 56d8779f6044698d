"""A box between bot and exchange that breaks and lies: answers, frames and connections, by seed, on real sockets.

While it is `on`, every `pace_s` one mutation falls due, of a kind drawn by the seed; the next message that it fits is
mutated, all others pass as they came. What was done stands in `told`, in order. The exchange's own paths (`/local`)
pass untouched: they are no part of the venue's protocol.
"""

import asyncio
import contextlib
import json
import random
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
from aiohttp import WSMsgType, web

from tests.companions.flows.lies import one_lie

#: Of answers: how often each kind is drawn, and of frames.
ANSWERS = {
    "lie": 24, "header": 4, "status": 4, "truncated": 2, "empty": 1, "html": 1, "replayed": 3, "swapped": 3,
    "cut": 2, "deep error": 1, "long error": 1, "bomb": 1, "endless": 1,
}  # fmt: skip
FRAMES = {
    "lie": 24, "truncated": 2, "twice": 2, "replayed": 3, "binary": 1, "long": 1, "endless": 1, "cut": 1, "close": 1,
    "not text": 1,
}  # fmt: skip
#: What is mutated, drawn as often: answers, and frames by their route.
EVERYTHING = {"answer": 10, "private": 8, "public": 4, "market": 4}
#: Orders and account alone: while the market is told truly, the bot quotes all the time.
ORDERS = {"order answer": 10, "private": 10}
_ORDER_PATHS = ("rder", "userTrades", "position", "balance", "income")
_MOST_DUE = 4
_KEPT = 30
_HEADERS = ("X-MBX-USED-WEIGHT-1M", "X-MBX-ORDER-COUNT-10S", "Retry-After", "Content-Type", "Date", "Set-Cookie")
_VALUES = ("9" * 5000, "²", "-1", "1e400", "", "NaN", "x" * 6000, "0")
#: Statuses by which the venue fails; one that asks for silence is believed, and is a matter of its own.
_STATUSES = (200, 204, 302, 400, 401, 404, 408, 500, 502, 503, 504)


class Hostile:
    """Forwards to `rest` (its sockets are at the same place). `rest` of its own is where a bot attaches."""

    def __init__(self, upstream: str, seed: int, pace_s: float, ways: dict[str, int]) -> None:
        self.is_on = False
        self.told: list[str] = []
        self.rest = ""
        self._upstream = upstream
        self._chance = random.Random(seed)
        self._pace_s = pace_s
        self._ways = ways
        self._due: Counter[str] = Counter()
        self._bodies: dict[str, list[bytes]] = {}
        self._session: aiohttp.ClientSession | None = None
        packing = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
        self._bomb = b"".join([*(packing.compress(bytes(2**22)) for _ in range(60)), packing.flush()])

    async def handle(self, request: web.Request) -> web.StreamResponse:
        try:
            if request.headers.get("Upgrade", "").lower() == "websocket":
                return await self._carry(request)
            return await self._answer(request)
        except (aiohttp.ClientError, ConnectionError):
            _abort(request)
            return web.Response()

    async def fall_due(self) -> None:
        while True:
            await asyncio.sleep(self._pace_s)
            way = self._drawn(self._ways)
            if self.is_on and self._due[way] < _MOST_DUE:
                self._due[way] += 1

    def _drawn(self, weights: dict[str, int]) -> str:
        return self._chance.choices(list(weights), list(weights.values()))[0]

    def _takes(self, way: str) -> bool:
        if not self.is_on or not self._due[way]:
            return False
        self._due[way] -= 1
        return True

    # Answers.

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        assert self._session is not None
        names = {"X-MBX-APIKEY", "Content-Type"}
        headers = {name: value for name, value in request.headers.items() if name in names}
        address = self._upstream + request.raw_path
        async with self._session.request(
            request.method, aiohttp.client.URL(address, encoded=True), headers=headers, data=await request.read()
        ) as answer:
            body, status = await answer.read(), answer.status
            kept = {name: value for name, value in answer.headers.items() if name.startswith(("X-MBX", "Retry"))}
        told = web.Response(status=status, body=body, headers=kept, content_type="application/json")
        if request.path.startswith("/local"):
            return told
        if self._takes("answer") or (_is_about_orders(request.path) and self._takes("order answer")):
            told = await self._mutated(request, told, body)
        earlier = self._bodies.setdefault(request.path, [])
        earlier.append(body)
        del earlier[:-_KEPT]
        return told

    async def _mutated(self, request: web.Request, told: web.Response, body: bytes) -> web.Response:
        kind, path = self._drawn(ANSWERS), f"{request.method} {request.path}"
        self.told.append(f"{path}: {kind}")
        match kind:
            case "lie":
                told.body, lie = self._lie(body)
                self.told[-1] += f": {lie}"
            case "header":
                name, value = self._chance.choice(_HEADERS), self._chance.choice(_VALUES)
                self.told[-1] += f": {name}: {value[:20]}"
                told.headers[name] = value
            case "status":
                told.set_status(self._chance.choice(_STATUSES))
                self.told[-1] += f": {told.status}"
            case "truncated":
                told.body = body[: self._chance.randrange(len(body) + 1)]
            case "empty":
                told.body = b""
            case "html":
                told.body = b"<html><body>502 Bad Gateway</body></html>"
            case "replayed":
                told.body = self._chance.choice(self._bodies.get(request.path) or [body])
            case "swapped":
                told.body = self._chance.choice(
                    self._bodies[self._chance.choice(list(self._bodies) or [path])] or [body]
                )
            case "deep error":
                told.set_status(400)
                told.body = b'{"code":' * 100_000
            case "long error":
                told.set_status(400)
                told.body = b'{"code":-1000,"msg":"' + b"x" * 10_000_000 + b'"}'
            case "bomb":
                told.body, told.headers["Content-Encoding"] = self._bomb, "gzip"
            case "endless":
                await _drip_without_end(request)
            case _:
                _abort(request)
        return told

    def _lie(self, body: bytes) -> tuple[bytes, str]:
        try:
            return one_lie(json.loads(body), self._chance)
        except ValueError:
            return b"null", "all: null"

    # Sockets.

    async def _carry(self, request: web.Request) -> web.StreamResponse:
        assert self._session is not None
        route = next((way for way in EVERYTHING if request.path.startswith(f"/{way}")), "private")
        near = web.WebSocketResponse(autoping=False, autoclose=False, max_msg_size=0, timeout=0.1)
        await near.prepare(request)
        address = self._upstream.replace("http", "ws", 1) + request.raw_path
        async with self._session.ws_connect(address, autoping=False, max_msg_size=0) as far:
            works = [
                asyncio.create_task(self._forth(near, far)),
                asyncio.create_task(self._back(far, near, request, route)),
            ]
            await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
            for work in works:
                work.cancel()
            await asyncio.gather(*works, return_exceptions=True)
        _abort(request)
        return near

    async def _forth(self, near: web.WebSocketResponse, far: aiohttp.ClientWebSocketResponse) -> None:
        async for message in near:
            if message.type in (WSMsgType.TEXT, WSMsgType.PING, WSMsgType.PONG):
                data = message.data.encode() if isinstance(message.data, str) else message.data
                await far.send_frame(data, message.type)

    async def _back(
        self, far: aiohttp.ClientWebSocketResponse, near: web.WebSocketResponse, request: web.Request, route: str
    ) -> None:
        earlier: list[bytes] = []
        async for message in far:
            data = message.data.encode() if isinstance(message.data, str) else message.data
            if message.type is WSMsgType.TEXT and self._takes(route):
                await self._send_mutated(near, request, route, data, earlier)
            else:
                await near.send_frame(data, message.type)
            earlier.append(data)
            del earlier[:-_KEPT]

    async def _send_mutated(
        self, near: web.WebSocketResponse, request: web.Request, route: str, data: bytes, earlier: list[bytes]
    ) -> None:
        kind = self._drawn(FRAMES)
        self.told.append(f"{route} frame: {kind}")
        send: Callable[[bytes, Any], Any] = near.send_frame
        match kind:
            case "lie":
                lying, lie = self._lie(data)
                self.told[-1] += f": {json.loads(data).get('e', '')} {lie}" if data[:1] == b"{" else lie
                await send(lying, WSMsgType.TEXT)
            case "truncated":
                await send(data[: self._chance.randrange(len(data))], WSMsgType.TEXT)
            case "twice":
                await send(data, WSMsgType.TEXT)
                await send(data, WSMsgType.TEXT)
            case "replayed":
                await send(data, WSMsgType.TEXT)
                await send(self._chance.choice(earlier or [data]), WSMsgType.TEXT)
            case "binary":
                await send(data, WSMsgType.BINARY)
            case "not text":
                await send(b"\xff\xfe\x00", WSMsgType.TEXT)
            case "long":
                await send(b"x" * (2**21), WSMsgType.TEXT)
            case "endless":
                await self._fragments(request)
            case "close":
                await near.close()
            case _:
                _abort(request)

    async def _fragments(self, request: web.Request) -> None:
        """Pieces of a message that never ends: written by hand, as no library would."""
        transport = request.transport
        for number in range(200):
            if transport is None or transport.is_closing():
                return
            transport.write(bytes([0 if number else 1, 126]) + (60_000).to_bytes(2, "big") + b"x" * 60_000)
            await asyncio.sleep(0.002)
        _abort(request)


def _is_about_orders(path: str) -> bool:
    return any(name in path for name in _ORDER_PATHS)


def _abort(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


async def _drip_without_end(request: web.Request) -> None:
    """Chunks until the other side has had enough."""
    answer = web.StreamResponse()
    await answer.prepare(request)
    with contextlib.suppress(ConnectionError):
        for _ in range(400):
            await answer.write(bytes(2**19))
    _abort(request)


@contextlib.asynccontextmanager
async def hostile(upstream: str, seed: int, pace_s: float, ways: dict[str, int]) -> AsyncIterator[Hostile]:
    """A running box before the exchange at `upstream`, honest until it is turned on."""
    box = Hostile(upstream, seed, pace_s, ways)
    app = web.Application(client_max_size=2**26)
    app.router.add_route("*", "/{path:.*}", box.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    timeout = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0)) as box._session:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        box.rest = f"http://127.0.0.1:{runner.addresses[0][1]}"
        falling = asyncio.create_task(box.fall_due())
        try:
            yield box
        finally:
            falling.cancel()
            await runner.cleanup()
