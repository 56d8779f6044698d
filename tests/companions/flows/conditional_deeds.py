"""What a bot does with conditional orders while the weather is bad: they are placed, fire, and are cancelled."""

import asyncio
import contextlib
from decimal import Decimal

from connector.core.enums import OrderType, TradeType
from connector.core.order_options import OrderOptions
from connector.simulator.errors import VenueError
from connector.simulator.market.orders import BUY, SELL
from tests.companions.exchange.conditional_scenes import STOP_BUY, STOP_SELL, Kind
from tests.companions.flows.order_deeds import Strike, cancel
from tests.companions.flows.order_weather import Weather
from tests.companions.local_trading import Trader

D = Decimal
ALGO = "/fapi/v1/algoOrder"
STOP = Kind(OrderType.STOP_MARKET, TradeType.BUY, STOP_BUY, None, ())
PROFIT = Kind(OrderType.TAKE_PROFIT_MARKET, TradeType.BUY, STOP_SELL, None, ())
RESTS = Kind(OrderType.STOP, TradeType.BUY, STOP_BUY, D(59_000), ())
FAR = Kind(OrderType.STOP_MARKET, TradeType.BUY, OrderOptions(trigger_price=D(62_000)), None, ())
TRAIL = Kind(OrderType.TRAILING_STOP_MARKET, TradeType.SELL, OrderOptions(callback_rate=D(5)), None, ())


def wait_for(day: Weather, kind: Kind) -> str:
    name = kind.place(day.connector)
    day.asked.append(name)
    return name


def move(day: Weather, side: int) -> None:
    """A stranger takes through the first level, which fires the stops beyond it."""
    with contextlib.suppress(VenueError):
        Trader(day.venue).take(side, "1.1")


async def conditional_placed(day: Weather, strike: Strike) -> None:
    strike("POST", ALGO)
    for kind in (FAR, TRAIL, STOP):
        wait_for(day, kind)
    await asyncio.sleep(0.5)


async def conditional_fired(day: Weather, strike: Strike) -> None:
    for kind in (STOP, RESTS, FAR):
        wait_for(day, kind)
    await asyncio.sleep(0.4)
    strike("POST", ALGO)
    move(day, BUY)
    wait_for(day, PROFIT)
    await asyncio.sleep(0.4)
    move(day, SELL)


async def conditional_cancelled(day: Weather, strike: Strike) -> None:
    names = [wait_for(day, kind) for kind in (FAR, TRAIL, RESTS)]
    await asyncio.sleep(0.4)
    strike("DELETE", ALGO)
    for name in names:
        cancel(day, name)


async def cancelled_as_they_fire(day: Weather, strike: Strike) -> None:
    names = [wait_for(day, kind) for kind in (RESTS, STOP, FAR)]
    await asyncio.sleep(0.4)
    strike("DELETE", ALGO)
    move(day, BUY)
    for name in names:
        cancel(day, name)
    late = wait_for(day, TRAIL)
    await asyncio.sleep(0.001)
    cancel(day, late)


async def conditional_all_cancelled(day: Weather, strike: Strike) -> None:
    names = [wait_for(day, kind) for kind in (RESTS, FAR)]
    await asyncio.sleep(0.4)
    move(day, BUY)
    strike("DELETE", ALGO)
    day.cancelled |= set(names)
    await day.connector.cancel_all(4.0)
