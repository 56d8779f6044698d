"""`buy()` to bytes at the socket over REST, beside the least that a Python program can do: aiohttp and an HMAC.

Both send the same order in turn, one at a time, each when the answer to the one before has come. The reference is a
call that returns at once as `buy()` does, so that its bytes leave from a task, too. Where the log is synced before an
order leaves, the reference writes and syncs a line of the same length first.
"""

import asyncio
import hashlib
import hmac
import os
import time
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from connector.store.durability import Durability, sync_data
from connector.venue.domains import Domain
from tests.bench.orders.buyer import Buyer
from tests.bench.orders.rig import journal_in
from tests.bench.stamping_loop import StampingLoop
from tests.companions.orders.quiet_connector import KEY, SECRET, SYMBOL, trading

ORDERS, ORDERS_SYNCED = 800, 200
_WARM_UP = 100
#: Of an order that is wanted.
_LINE = b"x" * 160


def measure(domain: Domain, folder: Path, durability: Durability) -> tuple[float, float]:
    """Medians in microseconds: of `buy()`, and of the reference."""
    with asyncio.Runner(loop_factory=StampingLoop) as runner:
        return runner.run(_measured(domain, folder, durability))


async def _measured(domain: Domain, folder: Path, durability: Durability) -> tuple[float, float]:
    count = ORDERS_SYNCED if durability is Durability.EACH else ORDERS
    async with AsyncExitStack() as stack:
        connector = await stack.enter_async_context(trading(domain, journal_in(folder, durability)))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        log = None
        if durability is Durability.EACH:
            log = os.open(folder / "reference", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            stack.callback(os.close, log)
        buyer, bare = Buyer(connector), _Bare(domain, session, log)
        seen: tuple[list[float], list[float]] = ([], [])
        for number in range(_WARM_UP + count):
            began_ns = time.perf_counter_ns()
            name = await buyer.buy()
            spent = (_last_sent_ns() - began_ns, await bare.buy())
            buyer.end(name)
            if number >= _WARM_UP:
                for figures, spent_ns in zip(seen, spent, strict=True):
                    figures.append(spent_ns / 1000)
        return median(seen[0]), median(seen[1])


def _last_sent_ns() -> int:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, StampingLoop)
    return loop.sent_ns[-1]


class _Bare:
    """Buys by aiohttp and an HMAC."""

    def __init__(self, domain: Domain, session: aiohttp.ClientSession, log: int | None) -> None:
        self._address = f"{domain.rest}/fapi/v1/order"
        self._session = session
        self._log = log
        self._number = 0

    async def buy(self) -> int:
        began_ns = time.perf_counter_ns()
        if self._log is not None:
            os.write(self._log, _LINE)
            sync_data(self._log)
        await asyncio.create_task(self._send())
        return _last_sent_ns() - began_ns

    async def _send(self) -> None:
        self._number += 1
        params = {
            "symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "positionSide": "BOTH", "quantity": "0.01",
            "newClientOrderId": f"bare-{self._number:025}", "selfTradePreventionMode": "EXPIRE_MAKER",
            "timeInForce": "GTC", "price": "50000", "recvWindow": "5000",
            "timestamp": str(time.time_ns() // 1_000_000),
        }  # fmt: skip
        query = urlencode(params)
        signature = hmac.new(SECRET.encode(), query.encode(), hashlib.sha256).hexdigest()
        address = URL(f"{self._address}?{query}&signature={signature}", encoded=True)
        async with self._session.post(address, headers={"X-MBX-APIKEY": KEY}) as response:
            await response.read()
