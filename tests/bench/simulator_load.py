"""How the local exchange answers while its market is at its wildest: 500 symbols, 100 accounts, 10,000 resting orders.

Requests are signed and sent at fixed times, over the WS-API and over REST, by accounts in turn; each one's answer is
awaited from when it was due, so that a stall counts for all that it held up. Meanwhile every account's own stream is
heard, and depth and mark prices at their speeds. On a machine that is busy with other things the measuring process
stands still too: `own_stall` tells for how long at worst.
"""

import asyncio
import gc
import hashlib
import hmac
import json
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import aiohttp

from tests.bench.exchange_process import Venue, exchange
from tests.bench.simulator_figures import Figure, most
from tests.companions.simulator.long_list import written_list

SYMBOLS, ACCOUNTS, ORDERS_EACH = 500, 100, 100
#: The shares of the price that resting orders lie away from it.
NEAREST, FARTHEST = 0.002, 0.09
REQUESTS_PER_S, SECONDS = 60, 15.0
#: After the start; by then all orders rest.
SCRIPT_AFTER_S = 20
#: What a price script is to be, by name of the run.
FIVE_PERCENT = "name: five\npath: [[0, 0], [4, -5], [10, 0]]\n"
SIGNED_MS, LATE_MS = 50.0, 60.0
DEPTH_MS, MARK_MS = 250, 1000
#: Where the accounts' orders rest, with price, decimals and quantity of each.
PLACES = (
    ("BTCUSDT", 60_000, 1, "0.002"),
    ("BTCUSDT", 60_000, 1, "0.003"),
    ("ETHUSDT", 3_000, 2, "0.02"),
    ("SOLUSDT", 150, 2, "0.4"),
    ("LOT001USDT", 3.1, 3, "20"),
)


@dataclass
class Gaps:
    """When frames of a stream came, in seconds."""

    arrived: list[float] = field(default_factory=list)

    def worst_ms(self) -> float:
        return max(later - earlier for earlier, later in zip(self.arrived, self.arrived[1:], strict=False)) * 1000


@dataclass(frozen=True)
class Key:
    api_key: str
    secret: bytes

    def signed(self, params: dict[str, object]) -> dict[str, object]:
        """With key and signature, as the WS-API takes them."""
        row = {**params, "apiKey": self.api_key, "timestamp": time.time_ns() // 1_000_000}
        text = "&".join(f"{name}={row[name]}" for name in sorted(row))
        return {**row, "signature": hmac.new(self.secret, text.encode(), hashlib.sha256).hexdigest()}

    def query(self, **params: object) -> str:
        """The same for REST, whose key goes into a header."""
        text = urlencode({**params, "timestamp": time.time_ns() // 1_000_000})
        return f"{text}&signature={hmac.new(self.secret, text.encode(), hashlib.sha256).hexdigest()}"


class Desk:
    """One socket of the WS-API that all accounts share, and a session for REST."""

    def __init__(self, session: aiohttp.ClientSession, venue: Venue) -> None:
        self.session, self.venue = session, venue
        self.refusals: list[object] = []
        self._number = 0
        self._waiting: dict[int, asyncio.Future[object]] = {}

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Desk"]:
        async with self.session.ws_connect(self.venue.ws_api, max_msg_size=0) as self._socket:
            reader = asyncio.create_task(self._read())
            yield self
            reader.cancel()

    async def ask(self, method: str, params: dict[str, object]) -> object:
        self._number += 1
        answer = self._waiting[self._number] = asyncio.get_running_loop().create_future()
        await self._socket.send_str(json.dumps({"id": self._number, "method": method, "params": params}))
        return await answer

    async def get(self, path: str, key: Key, **params: object) -> object:
        address = f"{self.venue.rest}{path}?{key.query(**params)}"
        async with self.session.get(address, headers={"X-MBX-APIKEY": key.api_key}) as reply:
            body: object = await reply.json()
            if reply.status != 200:
                self.refusals.append(body)
            return body

    async def local(self, method: str, path: str, **params: object) -> dict[str, str]:
        async with self.session.request(method, f"{self.venue.rest}{path}?{urlencode(params)}") as reply:
            row: dict[str, str] = await reply.json()
            return row

    async def _read(self) -> None:
        async for message in self._socket:
            reply = json.loads(message.data)
            if reply["status"] != 200:
                self.refusals.append(reply["error"])
            self._waiting.pop(reply["id"]).set_result(reply.get("result"))


async def _accounts(desk: Desk) -> list[Key]:
    rows = [await desk.local("POST", "/local/v1/account", deposit=2_000) for _ in range(ACCOUNTS)]
    return [Key(row["api_key"], row["api_secret"].encode()) for row in rows]


def _order(number: int) -> dict[str, object]:
    """The n-th order of an account: three of five to buy, at all distances from the price."""
    symbol, price, decimals, quantity = PLACES[number % len(PLACES)]
    away = NEAREST + (FARTHEST - NEAREST) * number / ORDERS_EACH
    side = "SELL" if number % 5 in (1, 3) else "BUY"
    at = f"{price * (1 - away if side == 'BUY' else 1 + away):.{decimals}f}"
    return {"symbol": symbol, "side": side, "type": "LIMIT", "timeInForce": "GTC", "quantity": quantity, "price": at}


async def _place_all(desk: Desk, keys: list[Key]) -> None:
    for key in keys:
        await asyncio.gather(*(desk.ask("order.place", key.signed(_order(n))) for n in range(ORDERS_EACH)))


async def _listen(desk: Desk, address: str, gaps: Gaps) -> None:
    async with desk.session.ws_connect(f"{desk.venue.stream}{address}", max_msg_size=0) as socket:
        async for _ in socket:
            gaps.arrived.append(time.perf_counter())


async def _own_stalls(beats: Gaps) -> None:
    """How long this process itself did not come to its turn."""
    while True:
        beats.arrived.append(time.perf_counter())
        await asyncio.sleep(0.002)


async def _user_streams(desk: Desk, keys: list[Key]) -> str:
    names = []
    for key in keys:
        headers = {"X-MBX-APIKEY": key.api_key}
        async with desk.session.post(f"{desk.venue.rest}/fapi/v1/listenKey", headers=headers) as reply:
            names.append((await reply.json())["listenKey"])
    return "/private/stream?" + "&".join(f"listenKey={name}" for name in names)


async def _asked(desk: Desk, keys: list[Key]) -> list[float]:
    """The milliseconds that each answer took, counted from when its request was due."""
    loop, waits = asyncio.get_running_loop(), list[float]()

    async def timed(due: float, asking: Callable[[], Awaitable[object]]) -> None:
        await asyncio.sleep(due - loop.time())
        await asking()
        waits.append((loop.time() - due) * 1000)

    began = loop.time()
    async with asyncio.TaskGroup() as group:
        for number in range(int(REQUESTS_PER_S * SECONDS)):
            group.create_task(timed(began + number / REQUESTS_PER_S, _request(desk, keys[number % ACCOUNTS], number)))
    return sorted(waits)


def _request(desk: Desk, key: Key, number: int) -> Callable[[], Awaitable[object]]:
    """An order far away and its end, the account over either way, and its open orders."""
    kind = number % 4
    if kind == 0:
        return lambda: _placed_and_cancelled(desk, key)
    if kind == 1:
        return lambda: desk.ask("v2/account.status", key.signed({}))
    if kind == 2:
        return lambda: desk.get("/fapi/v3/account", key)
    return lambda: desk.get("/fapi/v1/openOrders", key, symbol="BTCUSDT")


async def _placed_and_cancelled(desk: Desk, key: Key) -> None:
    terms = {"symbol": "DOGEUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTX"}
    placed = await desk.ask("order.place", key.signed({**terms, "quantity": 100, "price": "0.1"}))
    if isinstance(placed, dict):
        await desk.ask("order.cancel", key.signed({"symbol": "DOGEUSDT", "orderId": placed["orderId"]}))


async def _measured(venue: Venue, name: str, began: float) -> list[Figure]:
    depth, mark, users, own = Gaps(), Gaps(), Gaps(), Gaps()
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        desk = await stack.enter_async_context(Desk(session, venue).opened())
        keys = await _accounts(desk)
        await _place_all(desk, keys)
        assert not desk.refusals, desk.refusals[:3]
        ready_s = time.perf_counter() - began
        assert ready_s < SCRIPT_AFTER_S, f"it took {ready_s:.0f} s until all orders rested"
        streams = {
            "/public/ws/btcusdt@depth": depth,
            "/market/ws/btcusdt@markPrice@1s": mark,
            await _user_streams(desk, keys): users,
            "/market/ws/!markPrice@arr@1s": Gaps(),
            "/public/ws/!bookTicker": Gaps(),
        }
        listeners = [asyncio.create_task(_listen(desk, address, gaps)) for address, gaps in streams.items()]
        await asyncio.sleep(SCRIPT_AFTER_S - 1 - (time.perf_counter() - began))
        listeners.append(asyncio.create_task(_own_stalls(own)))
        gc.disable()
        waits = await _asked(desk, keys)
        gc.enable()
        left_out = await desk.local("GET", "/local/v1/background")
        for listener in listeners:
            listener.cancel()
    stale = sum("-1021" in str(refusal) for refusal in desk.refusals)
    return [
        most(f"{name}_signed_p50", waits[len(waits) // 2], "ms until a signed request is answered", 20.0),
        most(f"{name}_signed_p99", waits[len(waits) * 99 // 100], "ms, slowest in a hundred", SIGNED_MS),
        most(f"{name}_refused_1021", stale, "requests refused as too old", 0),
        most(f"{name}_depth_late", depth.worst_ms() - DEPTH_MS, f"ms over {DEPTH_MS} between two frames", LATE_MS),
        most(f"{name}_mark_late", mark.worst_ms() - MARK_MS, f"ms over {MARK_MS} between two frames", LATE_MS),
        most(f"{name}_skipped_steps", float(left_out["skipped_steps"]), "background steps left out", 0),
        most(f"{name}_deferred_moves", float(left_out["deferred_moves"]), "scripted moves that waited", float("inf")),
        most(f"{name}_own_stall", own.worst_ms(), "ms in which the measuring process stood still", float("inf")),
    ]


def load() -> Iterator[Figure]:
    """The figures of a calm market, of the crash script and of one that moves 5 %."""

    with tempfile.TemporaryDirectory() as folder:
        contracts = written_list(Path(folder) / "contracts.json", SYMBOLS)
        five = Path(folder) / "five.yml"
        five.write_text(FIVE_PERCENT)
        for name, script in (("calm", ""), ("crash", "crash"), ("five", str(five))):
            options = ("--instruments", str(contracts), *_scripted(script))
            began = time.perf_counter()
            with exchange(*options) as venue:
                yield from asyncio.run(_measured(venue, name, began))


def _scripted(script: str) -> tuple[str, ...]:
    return ("--price-script", f"{script}@{SCRIPT_AFTER_S}") if script else ()
