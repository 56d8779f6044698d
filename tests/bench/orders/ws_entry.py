"""The round trip of an order over the WS-API, beside that of a blocking socket that does the same.

All sign by HMAC, write JSON and read the answer's, in turn, one order at a time: the connector's socket by itself, and
the whole of it, from `buy()` until a listener hears that the order is taken.
"""

import asyncio
import base64
import hashlib
import hmac
import os
import socket
import struct
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import ujson

from connector.core.enums import OrderWay
from connector.net.http import HttpAnswer
from connector.net.reach import Reach
from connector.net.system_clock import SystemClock
from connector.net.ws_api import Ask, WsApi
from connector.store.durability import Durability
from connector.venue.domains import Domain
from tests.bench.orders.buyer import Buyer
from tests.bench.orders.rig import journal_in
from tests.companions.orders.quiet_connector import KEY, SECRET, SYMBOL, trading

ORDERS, ORDERS_SYNCED = 800, 200
_WARM_UP = 100


class _OpenDoor:
    """Lets every connection in."""

    async def open_socket(self, handshake: Callable[[], Awaitable[HttpAnswer]]) -> None:
        await handshake()

    async def greet(self, ask: Ask) -> bool:
        return False


def measure(domain: Domain) -> tuple[float, float]:
    """Medians in microseconds: of the connector's socket, and of the blocking one."""
    return asyncio.run(_measured(domain))


def measure_buy(domain: Domain, folder: Path, durability: Durability) -> tuple[float, float]:
    """Medians in microseconds: from `buy()` to the event of its acknowledgement, and of the blocking socket."""
    return asyncio.run(_bought(domain, folder, durability))


async def _bought(domain: Domain, folder: Path, durability: Durability) -> tuple[float, float]:
    count = ORDERS_SYNCED if durability is Durability.EACH else ORDERS
    bare = _Blocking(domain)
    seen: tuple[list[float], list[float]] = ([], [])
    async with trading(domain, journal_in(folder, durability), OrderWay.WS_API) as connector:
        buyer = Buyer(connector)
        for number in range(_WARM_UP + count):
            began_ns = time.perf_counter_ns()
            name = await buyer.buy()
            middle_ns = time.perf_counter_ns()
            bare.ask(number, _signed(f"bare-{number}"))
            spent = (middle_ns - began_ns, time.perf_counter_ns() - middle_ns)
            buyer.end(name)
            if number >= _WARM_UP:
                for figures, spent_ns in zip(seen, spent, strict=True):
                    figures.append(spent_ns / 1000)
        assert connector.components.gateway.order_sockets is not None
        if connector.components.gateway.order_sockets.fallbacks:
            raise RuntimeError("orders went by REST: the figure means nothing")
    bare.close()
    return median(seen[0]), median(seen[1])


async def _measured(domain: Domain) -> tuple[float, float]:
    ours, bare = WsApi("bench", domain.ws_api, SystemClock(), _OpenDoor(), Reach(domain)), _Blocking(domain)
    running = asyncio.create_task(ours.run())
    async with asyncio.timeout(10):
        while not ours.is_up:
            await asyncio.sleep(0.01)
    seen: tuple[list[float], list[float]] = ([], [])
    for number in range(_WARM_UP + ORDERS):
        began_ns = time.perf_counter_ns()
        answer = await ours.send("order.place", ujson.dumps(_signed(f"ours-{number}")).encode(), lambda: None)
        middle_ns = time.perf_counter_ns()
        row = bare.ask(number, _signed(f"bare-{number}"))
        spent = (middle_ns - began_ns, time.perf_counter_ns() - middle_ns)
        if answer.status != 200 or row["status"] != 200:
            raise RuntimeError(f"{answer} {row}")
        if number >= _WARM_UP:
            for figures, spent_ns in zip(seen, spent, strict=True):
                figures.append(spent_ns / 1000)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    bare.close()
    return median(seen[0]), median(seen[1])


def _signed(name: str) -> dict[str, object]:
    params: dict[str, object] = {
        "apiKey": KEY, "newClientOrderId": name, "positionSide": "BOTH", "price": "50000", "quantity": "0.01",
        "recvWindow": 5000, "selfTradePreventionMode": "EXPIRE_MAKER", "side": "BUY", "symbol": SYMBOL,
        "timeInForce": "GTC", "timestamp": time.time_ns() // 1_000_000, "type": "LIMIT",
    }  # fmt: skip
    payload = "&".join([f"{name}={value}" for name, value in params.items()])
    params["signature"] = hmac.new(SECRET.encode(), payload.encode(), hashlib.sha256).hexdigest()
    return params


class _Blocking:
    """A WebSocket client without an event loop."""

    def __init__(self, domain: Domain) -> None:
        address = urlsplit(domain.ws_api)
        self._socket = socket.create_connection((address.hostname, address.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        key = base64.b64encode(os.urandom(16)).decode()
        asked = f"GET {address.path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        self._socket.sendall(f"{asked}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode())
        while not self._socket.recv(4096).endswith(b"\r\n\r\n"):
            pass

    def ask(self, number: int, params: dict[str, object]) -> dict[str, object]:
        """Sends one request and waits for its answer, the only one that can come."""
        text = ujson.dumps({"id": number, "method": "order.place", "params": params}).encode()
        mask = os.urandom(4)
        masked = int.from_bytes(text, "big") ^ int.from_bytes((mask * (len(text) // 4 + 1))[: len(text)], "big")
        head = struct.pack("!BBH", 0x81, 0xFE, len(text)) + mask
        self._socket.sendall(head + masked.to_bytes(len(text), "big"))
        frame = self._socket.recv(1 << 16)
        while len(frame) < 4 or len(frame) < 4 + int.from_bytes(frame[2:4], "big"):
            frame += self._socket.recv(1 << 16)
        row: dict[str, object] = ujson.loads(frame[4:])
        return row

    def close(self) -> None:
        self._socket.close()
