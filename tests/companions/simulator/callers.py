"""Clients of the exchange written for the tests alone: one that calls without a socket, one over real sockets.

Both sign by themselves: HMAC-SHA256 over the very text that is sent, the signature last.
"""

import hashlib
import hmac
import json
import time
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from connector.core.clock import ManualClock
from connector.simulator.access.api_keys import ApiKey
from connector.simulator.local.local_dispatch import local_answer
from connector.simulator.market.default_instruments import MAJORS
from connector.simulator.rest.dispatch import Answer, Ask, answer
from connector.simulator.runtime import Runtime
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings

START_MS = 1_700_000_000_000
#: A quiet exchange: the two great contracts, no background, no rate limits, funding far away.
QUIET = SimulatorSettings(
    background=False, limits=False, funding_first_s=28_800, funding_interval_s=28_800, instruments=MAJORS
)


def signed(secret: str, text: str) -> str:
    mac = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return f"{text}&signature={mac}"


def names(text: str) -> set[str]:
    """The field names that stand in `text`."""
    return set(text.split())


class Caller:
    """Calls an exchange directly, as the holder of one key."""

    def __init__(self, runtime: Runtime, clock: ManualClock, sender: ApiKey) -> None:
        self.runtime, self.clock, self.sender = runtime, clock, sender

    def ask(self, method: str, path: str, **params: object) -> Answer:
        """The whole answer to a signed request."""
        text = urlencode({**params, "timestamp": self.runtime.now_ms()})
        query = signed(self.sender.api_secret, text)
        return answer(self.runtime, Ask(method, path, query, "", self.sender.api_key))

    def __call__(self, method: str, path: str, **params: object) -> Any:
        """The body of the answer."""
        return json.loads(self.ask(method, path, **params).body)

    def code(self, method: str, path: str, **params: object) -> int:
        """The code of the refusal, 0 without one."""
        body = self(method, path, **params)
        return int(body.get("code", 0)) if isinstance(body, dict) else 0

    def local(self, method: str, path: str, **params: object) -> Any:
        return json.loads(local_answer(self.runtime, Ask(method, path, urlencode(params), "", None)).body)

    def order(self, side: str, quantity: str, price: str | None = None, **params: object) -> Any:
        """Places a LIMIT, or a MARKET without a price."""
        terms = {"type": "MARKET"} if price is None else {"type": "LIMIT", "price": price, "timeInForce": "GTC"}
        row = {"symbol": "BTCUSDT", "side": side, "quantity": quantity, **terms, **params}
        return self("POST", "/fapi/v1/order", **row)

    def other(self) -> "Caller":
        """A further trader on the same exchange."""
        return Caller(self.runtime, self.clock, self.runtime.admit(self.runtime.settings.deposit))


def caller(settings: SimulatorSettings = QUIET) -> Caller:
    """The ready-made account of a new exchange whose clock stands."""
    clock = ManualClock(START_MS)
    runtime = Runtime(replace(settings, clock=clock))
    return Caller(runtime, clock, runtime.default_key)


class SocketClient:
    """Speaks to a running exchange over its port."""

    def __init__(self, session: aiohttp.ClientSession, venue: LocalExchange, sender: ApiKey) -> None:
        self.session, self.venue, self.sender = session, venue, sender
        self._sockets: list[aiohttp.ClientWebSocketResponse] = []

    async def raw(self, method: str, path: str, query: str = "", body: str = "") -> tuple[int, Any, Any]:
        """Status, headers and JSON body; query and body are sent as they are."""
        address = f"{self.venue.rest}{path}" + (f"?{query}" if query else "")
        headers = {"X-MBX-APIKEY": self.sender.api_key}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        target = URL(address, encoded=True)
        async with self.session.request(method, target, data=body or None, headers=headers) as reply:
            return reply.status, reply.headers, await reply.json()

    async def __call__(self, method: str, path: str, **params: object) -> Any:
        text = urlencode({**params, "timestamp": time.time_ns() // 1_000_000})
        return (await self.raw(method, path, signed(self.sender.api_secret, text)))[2]

    async def order(self, side: str, quantity: str, price: str | None = None, **params: object) -> Any:
        terms = {"type": "MARKET"} if price is None else {"type": "LIMIT", "price": price, "timeInForce": "GTC"}
        row = {"symbol": "BTCUSDT", "side": side, "quantity": quantity, **terms, **params}
        return await self("POST", "/fapi/v1/order", **row)

    async def open(self, path: str) -> aiohttp.ClientWebSocketResponse:
        timeout = aiohttp.ClientWSTimeout(ws_close=0.2)
        socket = await self.session.ws_connect(f"{self.venue.stream}{path}", timeout=timeout)
        self._sockets.append(socket)
        return socket

    async def close(self) -> None:
        """Closes what it opened; a server that is gone does not hold it up."""
        for socket in self._sockets:
            await socket.close()

    async def user_stream(self) -> aiohttp.ClientWebSocketResponse:
        key = (await self.raw("POST", "/fapi/v1/listenKey"))[2]["listenKey"]
        return await self.open(f"/private/ws/{key}")
