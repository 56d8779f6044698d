"""One process of Hummingbot's with one connector, or none: what it costs while a market moves. Prints a JSON object.

It runs in Hummingbot's interpreter and tree (`tests/hummingbot/environment.py`), started by `program`.
"""

import argparse
import asyncio
import importlib
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

from hummingbot.core.clock import Clock, ClockMode
from hummingbot.core.data_type.common import OrderType, PositionAction
from hummingbot.core.event.event_listener import EventListener
from hummingbot.core.event.events import MarketEvent

from tests.companions.memory import peak_bytes

_READY_WITHIN_S = 60.0
_SETTLE_S = 2.0
_LAG_EVERY_S, _LAG_FOR_S = 0.01, 2.0
_ORDERS_APART_S = 0.15


def theirs(options: argparse.Namespace) -> Any:
    """Hummingbot's own connector, its hosts those of the local exchange."""
    package = "hummingbot.connector.derivative.binance_perpetual.binance_perpetual"
    constants: Any = importlib.import_module(f"{package}_constants")
    constants.PERPETUAL_BASE_URL = f"{options.rest}/fapi/"
    constants.PERPETUAL_WS_URL = f"{options.rest.replace('http', 'ws')}/"
    kind = importlib.import_module(f"{package}_derivative").BinancePerpetualDerivative
    return kind(
        binance_perpetual_api_key=options.key, binance_perpetual_api_secret=options.secret, trading_pairs=options.pairs
    )


def ours(options: argparse.Namespace) -> Any:
    """The connector of this project."""
    module = importlib.import_module("connector.adapters.hummingbot.derivative")
    return module.BinancePerpetualProDerivative(
        trading_pairs=options.pairs,
        domain="binance_perpetual_pro_local",
        binance_perpetual_pro_exchange=options.rest,
    )


class Lag:
    """How late the loop wakes whoever sleeps."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []

    async def watch(self) -> None:
        while True:
            due = time.perf_counter() + _LAG_EVERY_S
            await asyncio.sleep(_LAG_EVERY_S)
            self.late_ms.append((time.perf_counter() - due) * 1000)

    def at(self, part: float) -> float:
        ordered = sorted(self.late_ms)
        return round(ordered[min(len(ordered) - 1, int(part * len(ordered)))], 3)


@asynccontextmanager
async def running(connector: Any) -> AsyncIterator[None]:
    """In Hummingbot's clock, one tick a second."""
    clock = Clock(ClockMode.REALTIME, tick_size=1.0)
    if connector is not None:
        clock.add_iterator(connector)
    with clock:
        ticking = asyncio.create_task(clock.run())
        try:
            until = time.monotonic() + _READY_WITHIN_S
            while connector is not None and not connector.ready:
                if time.monotonic() > until:
                    raise SystemExit(f"not ready: {connector.status_dict}")
                await asyncio.sleep(0.1)
            yield
        finally:
            ticking.cancel()
            await asyncio.gather(ticking, return_exceptions=True)
    if connector is not None:
        await connector.stop_network()


class WakeUps:
    """How often the loop asks the system what there is: once a turn."""

    def __init__(self) -> None:
        loop: Any = asyncio.get_running_loop()
        self.count = 0
        self._ask = loop._selector.select
        loop._selector.select = self._counted

    def _counted(self, timeout: float | None = None) -> Any:
        self.count += 1
        return self._ask(timeout)


async def cost(connector: Any, seconds: float) -> dict[str, float]:
    """CPU of the whole process, its wake-ups and its memory; then, since looking at it wakes it up, the lag of its
    loop."""
    await asyncio.sleep(_SETTLE_S)
    wake_ups = WakeUps()
    cpu, wall = time.process_time(), time.monotonic()
    await asyncio.sleep(seconds)
    cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    turns = wake_ups.count / wall
    lag = Lag()
    watch = asyncio.create_task(lag.watch())
    await asyncio.sleep(_LAG_FOR_S)
    watch.cancel()
    late = {"lag_p50": lag.at(0.5), "lag_p99": lag.at(0.99)}
    return {"cpu_percent": 100 * cpu / wall, "wake_ups": turns, **late, "memory_mib": peak_bytes("self") / 2**20}


class Created(EventListener):
    """Waits for each order's word."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __call__(self, event: Any) -> None:
        self.count += 1


async def orders(connector: Any, pair: str, count: int) -> list[int]:
    """When each of some resting orders was asked for, by the steady clock (ns), and how long the call took (ns)."""
    created, asked = Created(), []
    for tag in (MarketEvent.BuyOrderCreated, MarketEvent.OrderFailure):
        connector.add_listener(tag, created)
    price = connector.get_price(pair, False) * Decimal("0.9")
    for number in range(count):
        await asyncio.sleep(_ORDERS_APART_S)
        began = time.monotonic_ns()
        order_id = connector.buy(pair, Decimal("0.01"), OrderType.LIMIT, price, position_action=PositionAction.OPEN)
        asked.append(began)
        while created.count <= number:
            await asyncio.sleep(0.001)
        await asyncio.sleep(_ORDERS_APART_S)
        connector.cancel(pair, order_id)
    return asked


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("which", choices=("none", "theirs", "ours"))
    for name in ("rest", "key", "secret"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--pairs", nargs="+", required=True)
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--orders", type=int, default=0)
    options = parser.parse_args()
    connector = {"none": lambda _: None, "theirs": theirs, "ours": ours}[options.which](options)
    async with running(connector):
        if options.orders:
            asked = await orders(connector, options.pairs[0], options.orders)
            print(json.dumps({"asked": asked}), flush=True)
        else:
            print(json.dumps(await cost(connector, options.seconds)), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
