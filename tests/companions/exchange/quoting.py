"""A strategy that quotes at the local exchange and looks by itself, and touches that a test moves."""

import asyncio
import contextlib
import itertools
from collections.abc import Iterator
from decimal import Decimal

from connector.bot.session.quoter import Quoter
from connector.config.loader import load_settings
from connector.exchange.derivative import PerpetualDerivative
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.touch_quoting import TouchQuoting
from tests.companions.local_trading import until
from tests.companions.market import scenes
from tests.companions.places import SHIPPED_SETTINGS

_UPDATES = itertools.count(10**16)
#: One quote a side, 12 USDT from the mid price, that nothing but what a test does moves.
ONE = {"order_levels": 1, "bid_spread": "0.02", "ask_spread": "0.02", "order_refresh_time": "600"}


@contextlib.contextmanager
def quoting(connector: PerpetualDerivative, said: list[str] | None = None, **changes: object) -> Iterator[Quoter]:
    """A quoter that looks by itself, until the block ends."""
    chosen = load_settings(SHIPPED_SETTINGS, PerpetualMarketMakingSettings, {**ONE, **changes})
    report = (lambda line: None) if said is None else said.append
    quoter = Quoter(connector, TouchQuoting(chosen), connector.components.clock, report)
    quoter.begin()
    try:
        yield quoter
    finally:
        quoter.end()


async def both_rest(connector: PerpetualDerivative) -> None:
    """Until both quotes rest, and what was told of them has been looked at."""
    await until(lambda: len(connector.in_flight_orders) == 2, "asked for")
    await until(lambda: all(order.was_seen for order in connector.in_flight_orders.values()), "they rest")
    await asyncio.sleep(0.1)


def prices(connector: PerpetualDerivative) -> list[Decimal]:
    return sorted(order.price for order in connector.in_flight_orders.values() if order.price is not None)


def move_touch(connector: PerpetualDerivative, bid: str, ask: str) -> None:
    """A frame of the ticker, as the socket hands it on: when this returns the frame has been read."""
    frame = scenes.packed(scenes.ticker(next(_UPDATES), bid, "1", ask, "1"))
    connector.components.feed.on_frame(frame, connector.components.clock.monotonic_ms())
