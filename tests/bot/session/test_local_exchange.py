"""The local exchange that a bot trades on."""

import asyncio
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from connector.bot.session import local_exchange
from connector.bot.session.recording_lines import outage_line
from connector.core.faults import ConfigFault, UnavailableFault
from connector.simulator.server import LocalExchange
from tests.companions.simulator.long_list import written_list


async def test_a_running_exchange_tells_its_life_and_its_key(venue: LocalExchange) -> None:
    attached = local_exchange.attached(venue.rest)
    epoch = await attached.epoch()
    assert epoch.signer.api_key.reveal() == venue.api_key
    await venue.restart()
    assert (await attached.epoch()).name != epoch.name, "a new life"
    await attached.stop()
    assert (await attached.epoch()).name, "one that we attached to goes on"


async def test_an_exchange_of_our_own_starts_on_a_free_port_and_stops() -> None:
    own = await local_exchange.started(seed=5)
    assert (await own.epoch()).name
    assert "seed 5" in await own.background()
    await own.stop()
    await own.stop()
    with pytest.raises(UnavailableFault, match="no exchange answers"):
        await own.epoch()
    assert await own.background() == ""


async def test_an_exchange_of_our_own_lists_the_contracts_of_a_file(tmp_path: Path) -> None:
    own = await local_exchange.started(5, written_list(tmp_path / "list.json", 20))
    async with aiohttp.ClientSession() as session, session.get(f"{own.domain.rest}/fapi/v1/exchangeInfo") as answer:
        symbols = [row["symbol"] for row in (await answer.json())["symbols"]]
    await own.stop()
    assert len(symbols) == 20 and "LOT002USDT" in symbols


async def test_an_exchange_of_our_own_whose_list_is_none_says_how_to_see_why(tmp_path: Path) -> None:
    with pytest.raises(UnavailableFault, match=r"did not start; try .* --instruments .*nowhere\.json to see why"):
        await local_exchange.started(5, tmp_path / "nowhere.json")


async def test_an_exchange_of_our_own_plays_what_is_written_to_it_and_settles_funding_as_the_venue_does() -> None:
    own = await local_exchange.started(5, replays_stdin=True)
    assert await own.is_trading()
    own.recording.write(outage_line(1, "BTCUSDT", "not seen yet"))
    async with asyncio.timeout(10):
        while await own.is_trading():
            await asyncio.sleep(0.01)
    url = f"{own.domain.rest}/fapi/v1/premiumIndex?symbol=BTCUSDT"
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        row = await answer.json()
    assert 28_000_000 < row["nextFundingTime"] - row["time"] <= 28_800_000
    await own.stop()


async def test_an_exchange_of_somebody_else_takes_no_recording(venue: LocalExchange) -> None:
    attached = local_exchange.attached(venue.rest)
    with pytest.raises(UnavailableFault, match="takes no recording"):
        attached.recording.close()


@pytest.mark.parametrize("url", ["https://127.0.0.1:1", "http://192.168.0.7:8080", "127.0.0.1:8080", "http://x"])
def test_only_an_address_on_this_machine_is_attached_to(url: str) -> None:
    with pytest.raises(ConfigFault, match="--exchange"):
        local_exchange.attached(url)


@pytest.mark.parametrize(("status", "body"), [(200, "<html>"), (200, "{}"), (404, "{}"), (200, "[]")])
async def test_another_server_at_that_address_is_told_apart(status: int, body: str) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, text=body)

    app = web.Application()
    app.router.add_get("/local/v1/account", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    with pytest.raises(UnavailableFault, match="is not a local exchange"):
        await local_exchange.attached(f"http://127.0.0.1:{runner.addresses[0][1]}").epoch()
    await runner.cleanup()
