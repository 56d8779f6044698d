"""Every fault that touches orders, met by every way to ask for something, one by one and in pairs.

Each run: a few seconds of bad weather and trade, then on until it is quiet. Then orders, fills, position, wallet and
funding are the exchange's own to the last digit; every event was told once and in order; no order was doubled, none is
open whose cancel was asked for, and none that nobody knows.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from decimal import Decimal

import pytest

from connector.core.enums import OrderType, TradeType
from connector.core.intents import OrderIntent
from connector.simulator.fault_injection.catalogue import FAULTS
from connector.simulator.fault_injection.faults import Armed
from tests.companions.flows.order_weather import Weather, weather
from tests.companions.local_trading import PAIR, SYMBOL

pytestmark = pytest.mark.virtual_time

D = Decimal
MAKER = OrderType.LIMIT_MAKER
#: What these strike is no order of ours: books, trades of the market, conditional orders, contracts that end.
ELSEWHERE = {
    "slow_snapshot", "stale_snapshot", "drop_depth", "duplicate_depth", "reorder_depth", "delay_depth", "depth_gap",
    "na_trades", "odd_contracts", "child_fill_before_algo_update", "child_fill_after_algo_update", "algo_triggering",
    "delisting", "contract_status",
}  # fmt: skip
TOUCHING = sorted(FAULTS.keys() - ELSEWHERE)


def buy(day: Weather, price: int, kind: OrderType = MAKER, amount: str = "0.010") -> str:
    name = day.connector.buy(PAIR, D(amount), kind, D(price))
    day.asked.append(name)
    return name


def cancel(day: Weather, name: str) -> None:
    day.cancelled.add(name)
    day.connector.cancel(PAIR, name)


async def creates(day: Weather, strike: Callable[[str], None]) -> None:
    strike("POST")
    buy(day, 59_500)
    buy(day, 60_000)
    await asyncio.sleep(0.3)
    buy(day, 60_001, OrderType.MARKET, "0.002")
    day.trades(-1, "0.004")
    await asyncio.sleep(0.7)
    buy(day, 59_400)


async def cancels(day: Weather, strike: Callable[[str], None]) -> None:
    names = [buy(day, 59_500), buy(day, 60_000)]
    await asyncio.sleep(0.5)
    strike("DELETE")
    day.trades(-1, "0.004")
    for name in names:
        cancel(day, name)
    await asyncio.sleep(0.1)
    cancel(day, names[0])


async def cancels_before_the_ack(day: Weather, strike: Callable[[str], None]) -> None:
    strike("POST")
    cancel(day, buy(day, 59_500))
    name = buy(day, 60_000)
    await asyncio.sleep(0.001)
    cancel(day, name)
    late = buy(day, 59_400)
    await asyncio.sleep(0.05)
    cancel(day, late)


async def batches(day: Weather, strike: Callable[[str], None]) -> None:
    strike("POST")
    intents = [OrderIntent(PAIR, TradeType.BUY, MAKER, D("0.005"), D(price)) for price in (59_500, 59_600, 60_000)]
    names = day.connector.batch_order_create(intents)
    day.asked += names
    await asyncio.sleep(0.4)
    day.trades(-1, "0.002")
    strike("DELETE")
    day.cancelled |= set(names[1:])
    day.connector.batch_order_cancel([(PAIR, name) for name in names[1:]])


async def cancels_all(day: Weather, strike: Callable[[str], None]) -> None:
    names = [buy(day, 59_500), buy(day, 59_600), buy(day, 60_000)]
    await asyncio.sleep(0.4)
    strike("DELETE")
    day.cancelled |= set(names)
    await day.connector.cancel_all(4.0)


WAYS: dict[str, Callable[[Weather, Callable[[str], None]], Awaitable[None]]] = {
    "create": creates,
    "cancel": cancels,
    "cancel_before_ack": cancels_before_the_ack,
    "batch": batches,
    "cancel_all": cancels_all,
}


def armed(name: str, method: str, chance: random.Random) -> Armed:
    """The fault, of a strength by chance; one of requests strikes those of `method`."""
    row = FAULTS[name]
    fault = Armed(name, times=chance.choice((1, 1, 2, 3)), ms=chance.choice((200, 700, 1_500, 3_000)))
    if row.method and "method" in row.takes:
        fault.method = method
    if "symbol" in row.takes:
        fault.symbol = SYMBOL
    return fault


async def run(way: str, faults: list[str], seed: int) -> None:
    chance = random.Random(f"{way} {faults} {seed}")
    async with weather() as day:
        struck: set[str] = set()

        def strike(method: str) -> None:
            for name in faults:
                if name not in struck or "method" in FAULTS[name].takes:
                    struck.add(name)
                    day.venue.faults.take_up(armed(name, method, chance))

        began = asyncio.get_running_loop().time()
        await WAYS[way](day, strike)
        await asyncio.sleep(max(0.0, 5.0 - (asyncio.get_running_loop().time() - began)))
        await day.clears()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("fault", ["none", *TOUCHING])
async def test_after_any_fault_what_is_known_is_what_the_exchange_has(fault: str, way: str) -> None:
    await run(way, [] if fault == "none" else [fault], 1)


@pytest.mark.parametrize("seed", range(300))
async def test_after_two_faults_at_once_too(seed: int) -> None:
    chance = random.Random(seed)
    await run(chance.choice(list(WAYS)), chance.sample(TOUCHING, 2), seed)
