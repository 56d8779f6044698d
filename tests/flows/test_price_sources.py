"""A run whose reference price comes from elsewhere: quotes are pulled while it is too old, and come back."""

import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

from tests.companions.flows.programs import home_with, started


@dataclass
class Address:
    """A price that a test tells, or withholds."""

    url: str = ""
    status: int = 200


@pytest.fixture
async def address() -> AsyncIterator[Address]:
    told, app = Address(), web.Application()

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text="60000", status=told.status)

    app.router.add_get("/price", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    told.url = f"http://127.0.0.1:{runner.addresses[0][1]}/price"
    yield told
    await runner.cleanup()


async def test_a_price_that_an_address_tells_no_more_pulls_the_quotes_until_it_does(
    tmp_path: Path, address: Address
) -> None:
    home = home_with(
        tmp_path, price_source="custom_api", price_source_custom_api=address.url, custom_api_update_interval="0.5",
        price_source_max_age="1.5", price_type="custom",
    )  # fmt: skip
    async with started("run", home=home) as bot:
        await bot.quotes()
        address.status = 503
        await bot.says(f"the price of {address.url} is older than 1.5 s (it answered with 503): nothing is quoted")
        await bot.says("quotes 0")
        seen = len(bot.lines)
        address.status = 200
        await bot.says(f"the price of {address.url} is there again after")
        await bot.quotes(after=seen)
        bot.send(signal.SIGINT)
        assert await bot.ends() == 0, bot.text


async def test_another_pairs_market_is_the_reference_price_of_a_whole_run(tmp_path: Path) -> None:
    home = home_with(tmp_path, price_source="external_market", price_source_market="BTC-USDC", bid_spread="0.2")
    async with started("run", home=home) as bot:
        await bot.quotes()
        bot.send(signal.SIGINT)
        assert await bot.ends() == 0, bot.text
    assert "nothing is quoted" not in bot.text


async def test_a_pair_that_the_source_does_not_list_is_one_clear_line(tmp_path: Path) -> None:
    home = home_with(tmp_path, price_source="external_market", price_source_market="XYZ-USDT")
    async with started("run", "--duration", "6", home=home) as bot:
        assert await bot.ends() == 3, bot.text
    assert "price_source_market: XYZ-USDT: no such perpetual pair" in bot.lines[-1][1]
