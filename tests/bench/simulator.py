"""How much the local exchange bears: one client over the WS-API, and one listener to its streams.

The exchange runs in a process of its own on one core, the client on another. Every order is signed by itself (HMAC),
rests, and is cancelled: the default background market runs beside them.
"""

import asyncio
import hashlib
import hmac
import time
from collections import deque
from collections.abc import Callable, Iterator

import picows
import ujson

from tests.bench.exchange_process import Venue, exchange
from tests.bench.simulator_figures import Figure, least, most
from tests.bench.simulator_load import load

SECONDS = 6.0
#: Requests that the client leaves unanswered at full speed.
IN_FLIGHT = 32
STEADY_ORDERS_PER_S = 1_000
#: An exchange so far behind gets no more orders: it takes 200 open ones a symbol.
MOST_STEADY = 100
#: What the client makes up for where it stood still itself; more at once would measure how a burst is answered.
MOST_BEHIND_S = 0.002
#: Sockets that hear each change of the best prices, while one order after another changes them.
LISTENERS, ORDERS_IN_TURN = 100, 4


class Trader(picows.WSListener):
    """Sends orders and their cancels, and keeps the microseconds that each order's answer took."""

    def __init__(self, venue: Venue) -> None:
        self._venue = venue
        self._secret = venue.api_secret.encode()
        self._sent: dict[int, tuple[int, str]] = {}
        self._number = 0
        self.resting: deque[int] = deque()
        self.waits_us: list[float] = []
        self.refusals: list[object] = []
        self.answered: Callable[[], None] = lambda: None

    def on_ws_connected(self, transport: picows.WSTransport) -> None:
        self._transport = transport

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        if frame.msg_type == picows.WSMsgType.PING:
            transport.send_pong(frame.get_payload_as_bytes())
            return
        reply = ujson.loads(frame.get_payload_as_bytes())
        sent_ns, method = self._sent.pop(reply["id"])
        if reply["status"] != 200:
            self.refusals.append(reply["error"])
        elif method == "order.place":
            self.waits_us.append((time.perf_counter_ns() - sent_ns) / 1000)
            self.resting.append(reply["result"]["orderId"])
        self.answered()

    @property
    def in_flight(self) -> int:
        return len(self._sent)

    def place(self) -> None:
        price = f"{40_000 + self._number % 100}.0"
        row = {"side": "BUY", "type": "LIMIT", "timeInForce": "GTX", "quantity": "0.010", "price": price}
        self._send("order.place", row)

    def cancel(self) -> None:
        self._send("order.cancel", {"orderId": self.resting.popleft()})

    def next(self) -> None:
        """Cancels what rests, a few left standing, or places."""
        if len(self.resting) > 20:
            self.cancel()
        else:
            self.place()

    def _send(self, method: str, row: dict[str, object]) -> None:
        self._number += 1
        params = {"apiKey": self._venue.api_key, "symbol": "BTCUSDT", "timestamp": time.time_ns() // 1_000_000, **row}
        payload = "&".join(f"{name}={params[name]}" for name in sorted(params)).encode()
        params["signature"] = hmac.new(self._secret, payload, hashlib.sha256).hexdigest()
        self._sent[self._number] = (time.perf_counter_ns(), method)
        text = ujson.dumps({"id": self._number, "method": method, "params": params})
        self._transport.send(picows.WSMsgType.TEXT, text.encode())


async def _full_speed(venue: Venue) -> Figure:
    """Orders placed a second, each cancelled too, with a bounded number of requests in flight."""
    transport, trader = await picows.ws_connect(lambda: Trader(venue), venue.ws_api)
    ends = time.perf_counter() + SECONDS
    done = asyncio.Event()

    def answered() -> None:
        if time.perf_counter() < ends:
            trader.next()
        elif not trader.in_flight:
            done.set()

    trader.answered = answered
    began = time.perf_counter()
    for _ in range(IN_FLIGHT):
        trader.place()
    await done.wait()
    took = time.perf_counter() - began
    transport.disconnect()
    assert not trader.refusals, trader.refusals[:3]
    return least("orders_per_s", len(trader.waits_us) / took, "orders/s, each cancelled too", 4_000)


async def _steady(venue: Venue) -> list[Figure]:
    """How long the answer to an order takes when they come evenly, each one's cancel between two of them."""
    transport, trader = await picows.ws_connect(lambda: Trader(venue), venue.ws_api)
    loop, count = asyncio.get_running_loop(), round(SECONDS * STEADY_ORDERS_PER_S)
    began = due = loop.time()
    for _ in range(count):
        while loop.time() < due or trader.in_flight > MOST_STEADY:
            await asyncio.sleep(0)
        due = max(due + 1 / STEADY_ORDERS_PER_S, loop.time() - MOST_BEHIND_S)
        trader.place()
        while len(trader.resting) > 20:
            trader.cancel()
    rate = count / (loop.time() - began)
    while trader.in_flight:
        await asyncio.sleep(0.001)
    transport.disconnect()
    assert not trader.refusals, trader.refusals[:3]
    waits = sorted(trader.waits_us)
    return [
        most(f"ack_latency_p{share}", waits[len(waits) * share // 100] / 1000, f"ms at {rate:,.0f} orders/s", target)
        for share, target in ((50, 0.4), (99, 2.0))
    ]


class Listener(picows.WSListener):
    """Counts what it hears, and keeps the best bid where it is told to."""

    def __init__(self, *, keeps_bid: bool) -> None:
        self.frames, self._keeps_bid, self.best_bid = 0, keeps_bid, ""

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        self.frames += 1
        if self._keeps_bid:
            self.best_bid = ujson.loads(frame.get_payload_as_bytes())["b"]


class Joiner(Trader):
    """Joins the best bid and leaves it again, which every listener hears."""

    def __init__(self, venue: Venue, bid: Listener) -> None:
        super().__init__(venue)
        self._bid = bid

    def place(self) -> None:
        row = {"side": "BUY", "type": "LIMIT", "timeInForce": "GTX", "quantity": "0.010", "price": self._bid.best_bid}
        self._send("order.place", row)

    def next(self) -> None:
        if self.resting:
            self.cancel()
        else:
            self.place()


async def _streams(venue: Venue) -> Figure:
    """Frames that arrive in a second while the exchange has no rest."""
    address = f"{venue.stream}/public/ws/btcusdt@bookTicker"
    pairs = [await picows.ws_connect(lambda n=n: Listener(keeps_bid=not n), address) for n in range(LISTENERS)]
    listeners = [listener for _, listener in pairs]
    while not listeners[0].best_bid:
        await asyncio.sleep(0.01)
    transport, joiner = await picows.ws_connect(lambda: Joiner(venue, listeners[0]), venue.ws_api)
    joiner.answered = joiner.next
    for _ in range(ORDERS_IN_TURN):
        joiner.place()
    await asyncio.sleep(1)
    before, began = sum(listener.frames for listener in listeners), time.perf_counter()
    await asyncio.sleep(SECONDS)
    heard, took = sum(listener.frames for listener in listeners) - before, time.perf_counter() - began
    joiner.answered = lambda: None
    for ending in (transport, *(line for line, _ in pairs)):
        ending.disconnect()
    return least("stream_messages_per_s", heard / took, f"frames/s to {LISTENERS} sockets", 50_000)


def simulator() -> Iterator[Figure]:
    """Orders a second, ack latency, stream messages a second, and how requests fare under load."""
    with exchange() as venue:
        yield asyncio.run(_full_speed(venue))
    with exchange() as venue:
        yield from asyncio.run(_steady(venue))
    with exchange() as venue:
        yield asyncio.run(_streams(venue))
    yield from load()


def run(*, is_json: bool) -> int:
    """Prints each figure as soon as it is measured; 1 where one misses what it is meant to be."""
    missed = 0
    for row in simulator():
        print(row.line(is_json=is_json), flush=True)
        missed |= row.is_missed
    return int(missed)
