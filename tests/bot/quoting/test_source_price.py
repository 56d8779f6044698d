"""A price from elsewhere counts until it is too old, and what changes is told once."""

import asyncio
from decimal import Decimal

import pytest

from connector.bot.quoting.source_price import FIRST_WITHIN_MS, Seen, SourcePrice
from connector.core.clock import ManualClock

D = Decimal


class Told:
    """A source that a test speaks for."""

    name = "the oracle"

    def __init__(self) -> None:
        self.trouble = ""
        self.last: Seen | None = None
        self.breaks = asyncio.Event()
        self.is_closed = False

    def seen(self) -> Seen | None:
        return self.last

    async def begin(self) -> None: ...

    async def run(self) -> None:
        await self.breaks.wait()
        raise ValueError("it broke")

    async def close(self) -> None:
        self.is_closed = True


def test_a_price_counts_until_it_is_too_old_and_each_change_is_told_once() -> None:
    clock, source, said = ManualClock(), Told(), list[str]()
    price = SourcePrice(source, 2_000, clock, said.append)
    source.last = Seen(D(5), clock.monotonic_ms())
    price.watch()
    assert (price.price(), said) == (5, [])
    clock.advance(2_000)
    assert price.price() == 5
    clock.advance(1)
    source.trouble = "no answer"
    price.watch()
    price.watch()
    assert price.price() is None
    assert said == ["the price of the oracle is older than 2 s (no answer): nothing is quoted until it is back"]
    clock.advance(1_500)
    source.last = Seen(D(6), clock.monotonic_ms())
    price.watch()
    price.watch()
    assert price.price() == 6
    assert said[1:] == ["the price of the oracle is there again after 1.5 s"]


def test_one_that_was_never_told_is_none_and_told_once_it_had_time_to_come() -> None:
    clock, said = ManualClock(), list[str]()
    price = SourcePrice(Told(), 2_000, clock, said.append)
    price.watch()
    assert (price.price(), said) == (None, [])
    clock.advance(FIRST_WITHIN_MS)
    price.watch()
    assert said == ["the price of the oracle was not told yet: nothing is quoted until it is back"]


async def test_a_defect_of_the_following_is_no_old_price_but_raised() -> None:
    source = Told()
    price = SourcePrice(source, 2_000, ManualClock(), lambda line: None)
    await price.begin()
    price.watch()
    source.breaks.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    with pytest.raises(ValueError, match="it broke"):
        price.watch()
    await price.close()
    assert source.is_closed
