"""What a bot does with orders while the weather is bad.

A deed arms what is to strike right before it asks for what can be struck.
"""

import asyncio
from collections.abc import Callable
from decimal import Decimal

from connector.core.enums import OrderType, TradeType
from connector.core.intents import ModifyIntent, OrderIntent
from tests.companions.flows.order_weather import Weather
from tests.companions.local_trading import PAIR

D = Decimal
MAKER = OrderType.LIMIT_MAKER
#: Arms the faults of a run for requests of that method and path; the others once.
Strike = Callable[..., None]
SEVERAL = "/fapi/v1/batchOrders"


def buy(day: Weather, price: int, kind: OrderType = MAKER, amount: str = "0.010") -> str:
    name = day.connector.buy(PAIR, D(amount), kind, D(price))
    day.asked.append(name)
    return name


def sell(day: Weather, price: int, kind: OrderType = MAKER, amount: str = "0.010") -> str:
    name = day.connector.sell(PAIR, D(amount), kind, D(price))
    day.asked.append(name)
    return name


def cancel(day: Weather, name: str) -> None:
    day.cancelled.add(name)
    day.connector.cancel(PAIR, name)


async def creates(day: Weather, strike: Strike) -> None:
    strike("POST")
    buy(day, 59_500)
    buy(day, 60_000)
    await asyncio.sleep(0.3)
    buy(day, 60_001, OrderType.MARKET, "0.002")
    day.trades(-1, "0.004")
    await asyncio.sleep(0.7)
    buy(day, 59_400)


async def cancels(day: Weather, strike: Strike) -> None:
    names = [buy(day, 59_500), buy(day, 60_000)]
    await asyncio.sleep(0.5)
    strike("DELETE")
    day.trades(-1, "0.004")
    for name in names:
        cancel(day, name)
    await asyncio.sleep(0.1)
    cancel(day, names[0])


async def cancels_before_the_ack(day: Weather, strike: Strike) -> None:
    strike("POST")
    cancel(day, buy(day, 59_500))
    name = buy(day, 60_000)
    await asyncio.sleep(0.001)
    cancel(day, name)
    late = buy(day, 59_400)
    await asyncio.sleep(0.05)
    cancel(day, late)


async def cancels_all(day: Weather, strike: Strike) -> None:
    names = [buy(day, 59_500), buy(day, 59_600), buy(day, 60_000)]
    await asyncio.sleep(0.4)
    strike("DELETE")
    day.cancelled |= set(names)
    await day.connector.cancel_all(4.0)


async def trades_both_ways(day: Weather, strike: Strike) -> None:
    """By chance: quotes, market orders, cancels, and others who take what rests."""
    names: list[str] = []
    for round_ in range(12):
        if round_ == 3:
            strike(day.chance.choice(("POST", "DELETE")))
        match day.chance.randrange(6):
            case 0:
                names.append(buy(day, 60_000 - day.chance.randrange(8), amount="0.006"))
            case 1:
                names.append(sell(day, 60_001 + day.chance.randrange(8), amount="0.006"))
            case 2:
                buy(day, 60_100, OrderType.MARKET, "0.002")
            case 3:
                sell(day, 59_900, OrderType.MARKET, "0.003")
            case 4 if names:
                cancel(day, names.pop(day.chance.randrange(len(names))))
            case _:
                day.trades(day.chance.choice((-1, 1)), "0.004")
        await asyncio.sleep(day.chance.choice((0.0, 0.02, 0.3, 0.6)))


def change(day: Weather, *names: str, price: int | None = None, amount: str | None = None) -> None:
    """Of one order by itself, of several together."""
    day.changed.update(names)
    wanted = D(price) if price else None, D(amount) if amount else None
    if len(names) == 1:
        day.connector.modify(PAIR, names[0], price=wanted[0], amount=wanted[1])
    else:
        day.connector.batch_order_modify([ModifyIntent(PAIR, name, *wanted) for name in names])


def cancel_together(day: Weather, *names: str) -> None:
    day.cancelled.update(names)
    day.connector.batch_order_cancel([(PAIR, name) for name in names])


async def changes(day: Weather, strike: Strike) -> None:
    names = [buy(day, 59_500), buy(day, 60_000)]
    await asyncio.sleep(0.5)
    strike("PUT")
    change(day, names[0], price=59_600)
    change(day, names[1], amount="0.020")
    day.trades(-1, "0.004")
    await asyncio.sleep(0.7)
    change(day, names[0], price=59_700, amount="0.005")
    day.trades(-1, "0.010")
    await asyncio.sleep(0.7)
    change(day, names[0], price=60_010)


async def changes_that_are_overtaken_by_cancels(day: Weather, strike: Strike) -> None:
    names = [buy(day, 59_500), buy(day, 60_000)]
    await asyncio.sleep(0.5)
    strike("PUT")
    for name in names:
        change(day, name, amount="0.015")
    await asyncio.sleep(0.01)
    cancel(day, names[0])
    day.trades(-1, "0.012")
    await asyncio.sleep(0.4)
    cancel(day, names[1])


async def several_are_placed_and_cancelled(day: Weather, strike: Strike) -> None:
    strike("POST", SEVERAL)
    prices = (59_500, 59_600, 60_000, 60_001)
    intents = [OrderIntent(PAIR, TradeType.BUY, OrderType.LIMIT_MAKER, D("0.005"), D(price)) for price in prices]
    names = day.connector.batch_order_create(intents)
    day.asked += names
    await asyncio.sleep(0.5)
    day.trades(-1, "0.007")
    strike("DELETE", SEVERAL)
    cancel_together(day, *names[1:])


async def several_are_changed(day: Weather, strike: Strike) -> None:
    names = [buy(day, price) for price in (59_500, 59_600, 60_000)]
    await asyncio.sleep(0.5)
    strike("PUT", SEVERAL)
    change(day, *names, amount="0.020")
    day.trades(-1, "0.004")
    await asyncio.sleep(0.8)
    day.cancelled.update(names[:2])
    strike("DELETE", SEVERAL)
    await day.connector.cancel_all(2.0)
    day.cancelled.update(names)
