"""Figures of a run as a user starts it, scraped while it trades, by a real Prometheus too where there is one."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.companions.flows.programs import Program, home_with, started
from tests.companions.local_trading import PAIR
from tests.companions.scrapes import Samples, scrape, value

PROMETHEUS = shutil.which("prometheus")


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
async def test_a_real_prometheus_scrapes_a_run_with_the_token(tmp_path: Path) -> None:
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
        answer = await asked_of_prometheus(tmp_path, "connector_ready")
        assert [row["value"][1] for row in answer] == ["1"]
        assert answer[0]["metric"]["job"] == "connector"


async def asked_of_prometheus(folder: Path, query: str) -> list[dict[str, object]]:
    """Starts one, and asks until it has a sample."""
    assert PROMETHEUS is not None
    port = await free_port()
    server = await asyncio.create_subprocess_exec(
        PROMETHEUS, f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{port}", stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(60), ClientSession() as session:
            while True:
                await asyncio.sleep(0.2)
                try:
                    async with session.get(f"http://127.0.0.1:{port}/api/v1/query", params={"query": query}) as answer:
                        rows: list[dict[str, object]] = (await answer.json())["data"]["result"]
                except OSError:
                    continue
                if rows:
                    return rows
    finally:
        server.terminate()
        await server.wait()


async def free_port() -> int:
    async with await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0) as server:
        port: int = server.sockets[0].getsockname()[1]
        return port
