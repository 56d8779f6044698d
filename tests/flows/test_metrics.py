"""Figures of a run as a user starts it, scraped while it trades, by a real Prometheus too where there is one."""

import asyncio
import contextlib
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.companions.documents.board import expressions
from tests.companions.flows.programs import Program, home_with, started
from tests.companions.local_trading import PAIR
from tests.companions.scrapes import Samples, scrape, value

PROMETHEUS = shutil.which("prometheus")
#: What there is only while something is wrong, or held.
AT_TIMES = (
    "connector_refusals_total", "connector_openings_paused", "connector_gate{", "connector_position_liquidation_price",
    "connector_fills_total", "connector_limit_",
)  # fmt: skip


def address_of(bot: Program) -> str:
    (line,) = [line for _, line in bot.lines if line.startswith("metrics: ")]
    return line.split()[1].rstrip(",")


async def traded(address: str, token: str) -> Samples:
    async with asyncio.timeout(30):
        while value(found := await scrape(address, token), "orders_total", outcome="placed") < 4:
            await asyncio.sleep(0.1)
    return found


async def test_a_run_is_scraped_while_it_trades(tmp_path: Path) -> None:
    async with started("run", "--metrics", "0", home=home_with(tmp_path)) as bot:
        await bot.quotes()
        token = (tmp_path / "data" / "metrics-token").read_text()
        found = await traded(address_of(bot), token)
        assert value(found, "ready") == 1
        assert value(found, "money", asset="USDT", kind="equity") > 0
        assert (
            value(found, "open_orders", pair=PAIR, side="buy") + value(found, "open_orders", pair=PAIR, side="sell") > 0
        )
        assert value(found, "order_confirm_seconds_count") >= 4
        assert value(found, "decision_to_socket_seconds_count") >= 4
        bot.process.terminate()
        assert await bot.ends() == 0, bot.text
    assert token not in bot.text
    assert token not in (tmp_path / "logs" / "connector.log").read_text()


async def test_a_port_that_is_taken_ends_the_start_before_any_order(tmp_path: Path) -> None:
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, started("run", "--metrics", str(port), home=home_with(tmp_path)) as bot:
        assert await bot.ends() == 3, bot.text
    assert bot.text.splitlines()[-1].startswith(f"--metrics: {port}: cannot be listened on: ")


@pytest.mark.skipif(PROMETHEUS is None, reason="no Prometheus here; what it would read is read by its client library")
async def test_a_real_prometheus_scrapes_a_run_with_the_token_and_answers_every_question_of_the_board(
    tmp_path: Path,
) -> None:
    async with started("run", "--metrics", "0", home=home_with(tmp_path)) as bot:
        await bot.quotes()
        target = address_of(bot).removeprefix("http://").removesuffix("/metrics")
        config = {
            "global": {"scrape_interval": "1s"},
            "scrape_configs": [
                {
                    "job_name": "connector",
                    "authorization": {"credentials_file": str(tmp_path / "data" / "metrics-token")},
                    "static_configs": [{"targets": [target]}],
                }
            ],
        }
        (tmp_path / "prometheus.yml").write_text(json.dumps(config))
        async with prometheus_of(tmp_path) as ask, asyncio.timeout(40):
            while not (answer := await ask("connector_ready")):
                await asyncio.sleep(0.2)
            assert [row["value"][1] for row in answer] == ["1"]
            assert answer[0]["metric"]["job"] == "connector"
            silent = {text for text in expressions() if not any(name in text for name in AT_TIMES)}
            while silent:
                await asyncio.sleep(0.2)
                silent = {text for text in silent if not await ask(filled_in(text))}
            for text in expressions():
                await ask(filled_in(text))


def filled_in(text: str) -> str:
    """A question of the board, as Grafana asks it for all that there is."""
    for name, said in {"$job": ".*", "$instance": ".*", "$__rate_interval": "4s"}.items():
        text = text.replace(name, said)
    return text


@contextlib.asynccontextmanager
async def prometheus_of(folder: Path) -> AsyncIterator[Callable[[str], Awaitable[list[dict[str, Any]]]]]:
    """Starts one, and asks it; one that is not up yet has no rows. A question that it refuses fails."""
    assert PROMETHEUS is not None
    port = await free_port()
    server = await asyncio.create_subprocess_exec(
        PROMETHEUS, f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{port}", stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip

    async def ask(query: str) -> list[dict[str, Any]]:
        try:
            async with session.get(f"http://127.0.0.1:{port}/api/v1/query", params={"query": query}) as answer:
                if answer.status == 503:
                    return []
                told = await answer.json()
                assert told["status"] == "success", told
                rows: list[dict[str, Any]] = told["data"]["result"]
                return rows
        except OSError:
            return []

    try:
        async with ClientSession() as session:
            yield ask
    finally:
        server.terminate()
        await server.wait()


async def free_port() -> int:
    async with await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0) as server:
        port: int = server.sockets[0].getsockname()[1]
        return port
