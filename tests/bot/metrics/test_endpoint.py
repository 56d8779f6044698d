"""Figures for Prometheus, scraped over a real socket and read by its own client library."""

import asyncio
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession

from connector import __version__
from connector.bot.metrics.endpoint import MetricsEndpoint, token_at
from connector.bot.report.accounting import Accounting
from connector.bot.report.status_source import StatusSource
from connector.bot.watched_run import WatchedRun
from connector.core.enums import OrderType
from connector.core.event_tags import MarketEvent
from connector.core.faults import ConfigFault
from connector.core.twins import TWINS_IN_USE
from connector.exchange.derivative import PerpetualDerivative
from tests.companions.local_trading import PAIR, D, EventLog
from tests.companions.scrapes import scrape, value

TOKEN = "a-token-of-the-test-that-is-long-enough"


@pytest.fixture
def run() -> WatchedRun:
    return WatchedRun()


@pytest.fixture
async def endpoint(run: WatchedRun) -> AsyncIterator[MetricsEndpoint]:
    served = MetricsEndpoint(run, 0, TOKEN)
    async with served.serving():
        yield served


async def test_before_the_first_epoch_the_program_tells_of_itself(endpoint: MetricsEndpoint) -> None:
    found = await scrape(endpoint.address, TOKEN)
    assert value(found, "info", version=__version__, twins=TWINS_IN_USE) == 1
    assert value(found, "trading") == 0
    assert ("process_resident_memory_bytes", frozenset()) in found


async def test_an_order_and_what_became_of_it_are_in_the_next_scrape(
    endpoint: MetricsEndpoint, run: WatchedRun, connector: PerpetualDerivative, log: EventLog
) -> None:
    books = Accounting(PAIR)
    for tag in Accounting.TAGS:
        connector.add_listener(tag, books.on_event)
    run.begin(StatusSource(connector, books, PAIR))
    before = await scrape(endpoint.address, TOKEN)
    assert value(before, "orders_total", outcome="placed") == 0
    assert value(before, "order_confirm_seconds_count") == 0
    connector.buy(PAIR, D("0.010"), OrderType.LIMIT_MAKER, D("59980.5"))
    connector.sell(PAIR, D("0.004"), OrderType.MARKET)
    await log.waits_for(MarketEvent.SellOrderCompleted)
    await log.waits_for(MarketEvent.BuyOrderCreated)
    after = await scrape(endpoint.address, TOKEN)
    assert value(after, "trading") == value(after, "ready") == 1
    assert value(after, "orders_total", outcome="placed") == 2
    assert value(after, "fills_total", pair=PAIR, side="sell") == 1
    assert value(after, "open_orders", pair=PAIR, side="buy") == 1
    assert value(after, "order_confirm_seconds_count") == 2
    assert 0 <= value(after, "order_confirm_seconds_sum") < 10


async def test_an_epoch_that_is_over_leaves_no_figures_that_look_alive(
    endpoint: MetricsEndpoint, run: WatchedRun, connector: PerpetualDerivative
) -> None:
    run.begin(StatusSource(connector, Accounting(PAIR), PAIR))
    assert value(await scrape(endpoint.address, TOKEN), "ready") == 1
    run.end()
    found = await scrape(endpoint.address, TOKEN)
    assert value(found, "trading") == 0
    assert not [name for name, _ in found if name.startswith("connector_price")]


@pytest.mark.parametrize("shown", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"bearer {TOKEN}"])
async def test_nobody_reads_the_figures_without_the_token(endpoint: MetricsEndpoint, shown: str) -> None:
    headers = {"Authorization": shown} if shown else {}
    async with ClientSession() as session, session.get(endpoint.address, headers=headers) as answer:
        assert answer.status == 401
        assert "connector_" not in await answer.text()


async def test_there_is_one_path_and_it_is_read_alone(endpoint: MetricsEndpoint) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with ClientSession(headers=headers) as session:
        async with session.get(endpoint.address.replace("/metrics", "/")) as answer:
            assert answer.status == 404
        async with session.post(endpoint.address) as answer:
            assert answer.status == 405


def test_the_token_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    token = token_at(tmp_path / "data")
    assert len(token) >= 32
    assert token_at(tmp_path / "data") == token
    assert stat.S_IMODE((tmp_path / "data" / "metrics-token").stat().st_mode) == 0o600


def test_a_token_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    token_at(tmp_path)
    (tmp_path / "metrics-token").chmod(0o644)
    with pytest.raises(ConfigFault, match=r"others can get at it.*chmod 600"):
        token_at(tmp_path)


def test_a_file_that_holds_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "metrics-token").touch(0o600)
    with pytest.raises(ConfigFault, match="holds no token; remove the file"):
        token_at(tmp_path)


async def test_a_token_of_any_bytes_is_refused_like_every_wrong_one(
    endpoint: MetricsEndpoint, caplog: pytest.LogCaptureFixture
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(endpoint.address.split(":")[2].split("/")[0]))
    writer.write(b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: \xff\r\n\r\n")
    assert b" 401 " in await reader.readline()
    writer.close()
    assert caplog.text == ""
