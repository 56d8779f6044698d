"""A price that an address tells, on a server of the test's own."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal

import pytest
from aiohttp import web

from connector.bot.quoting.custom_price import CustomPrice
from connector.net.system_clock import SystemClock
from tests.companions.local_trading import until

D = Decimal


@dataclass
class Oracle:
    """What the address answers with."""

    body: str = "60000.5\n"
    status: int = 200
    address: str = ""
    asked: int = 0

    async def answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        return web.Response(text=self.body, status=self.status)


@pytest.fixture
async def oracle() -> AsyncIterator[Oracle]:
    made, app = Oracle(), web.Application()
    app.router.add_get("/price", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.address = f"http://127.0.0.1:{runner.addresses[0][1]}/price?token=mine"
    yield made
    await runner.cleanup()


@pytest.fixture
async def price(oracle: Oracle) -> AsyncIterator[CustomPrice]:
    made = CustomPrice(oracle.address, 0.02, SystemClock())
    yield made
    await made.close()


async def test_its_answer_is_the_price_and_counts_from_the_question_on(oracle: Oracle, price: CustomPrice) -> None:
    before_ms = SystemClock().monotonic_ms()
    await price.begin()
    seen = price.seen()
    assert seen is not None
    assert seen.price == D("60000.5")
    assert before_ms <= seen.at_ms <= SystemClock().monotonic_ms()
    assert price.name == oracle.address.removesuffix("?token=mine"), "what may be a secret is not told"


@pytest.mark.parametrize("body", ["", "nan", "-1", "0", "[60000]", "about 60000", "1e400", "60000 " + "0" * 100_000])
async def test_an_answer_that_is_no_price_changes_nothing_and_is_named(
    oracle: Oracle, price: CustomPrice, body: str
) -> None:
    await price.begin()
    first, oracle.body = price.seen(), body
    await price.begin()
    assert price.seen() is first
    assert price.trouble == "its answer is no number above 0"


async def test_an_error_is_no_price(oracle: Oracle, price: CustomPrice) -> None:
    oracle.status = 503
    await price.begin()
    assert (price.seen(), price.trouble) == (None, "it answered with 503")


async def test_it_is_asked_again_and_again(oracle: Oracle, price: CustomPrice) -> None:
    running = asyncio.create_task(price.run())
    await until(lambda: price.seen() is not None, "first price")
    oracle.body = "61000"
    await until(lambda: (seen := price.seen()) is not None and seen.price == 61_000, "next price")
    oracle.status = 500
    await until(lambda: bool(price.trouble), "trouble")
    oracle.status = 200
    await until(lambda: not price.trouble, "it recovers by itself")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_host_that_is_not_there_is_told_as_such() -> None:
    price = CustomPrice("http://127.0.0.1:9/price", 1, SystemClock())
    await price.begin()
    await price.close()
    assert price.seen() is None
    assert (price.name, price.trouble) == ("http://127.0.0.1:9/price", "Connection refused")
