"""An exchange with as many contracts as the venue has: traded over real sockets, driven by scripts, kept, replayed."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from connector.core.clock import ManualClock
from connector.simulator.fault_injection.price_scripts import SCRIPTS
from connector.simulator.market.instruments_file import read_instruments
from connector.simulator.persistence.journal import replay_journal
from connector.simulator.persistence.state_hash import state_hash
from connector.simulator.runtime import Runtime
from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from tests.companions.places import RECORDED_2021
from tests.companions.simulator.callers import QUIET, START_MS, SocketClient
from tests.companions.simulator.long_list import long_list, written_list

LISTED = 500
#: A made-up contract whose market runs slowly.
SLOW = "LOT003USDT"


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written_list(tmp_path_factory.mktemp("lists") / "long.json", LISTED)


def with_market(path: Path, **changed: Any) -> SimulatorSettings:
    return SimulatorSettings(instruments=read_instruments(path).instruments, limits=False, **changed)


@asynccontextmanager
async def opened(settings: SimulatorSettings) -> AsyncIterator[SocketClient]:
    async with LocalExchange(settings) as venue, aiohttp.ClientSession() as session, asyncio.timeout(60):
        client = SocketClient(session, venue, venue.runtime.default_key)
        yield client
        await client.close()


async def public(client: SocketClient, path: str, query: str = "") -> Any:
    return (await client.raw("GET", path, query))[2]


async def test_every_contract_of_a_long_list_is_told_and_has_a_market_from_the_start(contracts: Path) -> None:
    async with opened(with_market(contracts)) as client:
        rows = (await public(client, "/fapi/v1/exchangeInfo"))["symbols"]
        assert [row["symbol"] for row in rows] == [row["symbol"] for row in long_list(LISTED)["symbols"]]
        quoted = await public(client, "/fapi/v1/ticker/bookTicker")
        assert len(quoted) == LISTED
        traded = {row["symbol"] for row in rows if row["status"] == "TRADING"}
        assert all(Decimal(row["bidPrice"]) < Decimal(row["askPrice"]) for row in quoted if row["symbol"] in traded)
        assert len(traded) > 490
        for path in ("/fapi/v1/ticker/24hr", "/fapi/v1/premiumIndex", "/fapi/v1/symbolAdlRisk"):
            assert len(await public(client, path)) == LISTED


async def test_a_slow_contract_of_a_long_list_trades_and_tells_its_streams(contracts: Path) -> None:
    async with opened(with_market(contracts)) as client:
        stem = SLOW.lower()
        socket = await client.open(f"/public/stream?streams={stem}@depth@100ms/{stem}@bookTicker")
        bid = (await public(client, "/fapi/v1/ticker/bookTicker", f"symbol={SLOW}"))["bidPrice"]
        order = await client.order("SELL", "1000", symbol=SLOW, newOrderRespType="RESULT")
        assert order["status"] == "FILLED"
        await client.order("BUY", "500", f"{Decimal(bid) * Decimal('0.99'):.5f}", symbol=SLOW)
        kinds = set()
        while len(kinds) < 2:
            kinds.add(json.loads(await socket.receive_str())["data"]["e"])
        assert kinds == {"depthUpdate", "bookTicker"}
        (position,) = await client("GET", "/fapi/v3/positionRisk")
        assert (position["symbol"], Decimal(position["positionAmt"])) == (SLOW, -1000)


async def test_the_streams_of_the_whole_market_tell_all_of_a_long_list(contracts: Path) -> None:
    async with opened(with_market(contracts)) as client:
        marks = await client.open("/market/ws/!markPrice@arr@1s")
        symbols: set[str] = set()
        while len(symbols) < LISTED:
            symbols |= {row["s"] for row in json.loads(await marks.receive_str())}
        tickers = await client.open("/public/ws/!bookTicker")
        quoted: set[str] = set()
        while len(quoted) < LISTED:
            quoted.add(json.loads(await tickers.receive_str())["s"])


async def test_signed_requests_are_carried_out_while_the_whole_market_crashes(contracts: Path) -> None:
    steep = replace(SCRIPTS["crash"], path=((0, 1.0), (2_000, 0.9)))
    async with opened(with_market(contracts, price_scripts=((steep, 500),), pace=4.0)) as client:
        for _ in range(60):
            await client.order("BUY", "100", "0.1", symbol="DOGEUSDT")
        depth = await client.open("/public/ws/btcusdt@depth@100ms")
        frames = [json.loads(await depth.receive_str()) for _ in range(5)]
        assert all(after["pu"] == before["u"] for before, after in pairwise(frames))
        assert len(await client("GET", "/fapi/v1/openOrders", symbol="DOGEUSDT")) == 60
        assert (await client("DELETE", "/fapi/v1/allOpenOrders", symbol="DOGEUSDT"))["code"] == 200
        left_out = await public(client, "/local/v1/background")
        assert left_out["deferred_moves"] > 0, "what was too much was the market's own"


@pytest.mark.skipif(not RECORDED_2021.exists(), reason="no recording lies beside the project")
async def test_the_venues_list_of_2021_trades() -> None:
    async with opened(with_market(RECORDED_2021 / "exchange_info.json")) as client:
        assert len((await public(client, "/fapi/v1/exchangeInfo"))["symbols"]) == 122
        account = client.venue.account_id
        client.venue.act(lambda engine, now_ms: engine.transfer(account, 10**12, now_ms, "BUSD"))
        for symbol, quantity in (("LTCUSDT", "1"), ("BTCUSDT_210924", "0.01"), ("ETHBUSD", "0.01")):
            order = await client.order("BUY", quantity, symbol=symbol, newOrderRespType="RESULT")
            assert order["status"] == "FILLED", symbol


def odd_rows() -> list[dict[str, Any]]:
    rows = {row["symbol"]: row for row in long_list(20)["symbols"]}
    plain, btc = rows[SLOW], rows["BTCUSDT"]
    controlled = [
        {**one, "positionControlSide": "BUY"} if one["filterType"] == "POSITION_RISK_CONTROL" else one
        for one in plain["filters"]
    ]
    return [
        btc,
        {**plain, "symbol": "龙虾USDT", "pair": "龙虾USDT", "baseAsset": "龙虾"},
        {**plain, "symbol": "GONEUSDT", "contractType": "PERPETUAL DELIVERING", "status": "DELIVERING"},
        {**plain, "symbol": "SOONUSDT", "contractType": "", "status": "PENDING_TRADING"},
        {**plain, "symbol": "LOT003", "pair": "LOT003"},
        {**plain, "symbol": "FULLUSDT", "filters": controlled},
    ]


async def test_odd_contracts_are_told_as_they_stand_there_and_trade_if_they_may(tmp_path: Path) -> None:
    file = tmp_path / "odd.json"
    file.write_text(json.dumps({"symbols": odd_rows()}))
    async with opened(replace(QUIET, instruments=read_instruments(file).instruments)) as client:
        told = {row["symbol"]: row for row in (await public(client, "/fapi/v1/exchangeInfo"))["symbols"]}
        assert (told["GONEUSDT"]["contractType"], told["GONEUSDT"]["status"]) == ("PERPETUAL DELIVERING", "DELIVERING")
        assert (told["SOONUSDT"]["contractType"], told["SOONUSDT"]["status"]) == ("", "PENDING_TRADING")
        for symbol in ("龙虾USDT", "LOT003"):
            placed = await client.order("BUY", "1000", "0.15000", symbol=symbol)
            assert (placed["symbol"], placed["status"]) == (symbol, "NEW")
        assert (await client.order("BUY", "1000", "0.15000", symbol="GONEUSDT"))["code"] == -4141
        assert (await client.order("BUY", "1000", "0.15000", symbol="SOONUSDT"))["code"] == -4140
        assert (await client.order("BUY", "1000", "0.15000", symbol="FULLUSDT"))["code"] == -4106
        assert (await client.order("SELL", "1000", "0.25000", symbol="FULLUSDT"))["status"] == "NEW"
        socket = await client.open("/public/ws")
        await socket.send_json({"method": "SUBSCRIBE", "params": ["龙虾usdt@bookTicker"], "id": 1})
        assert json.loads(await socket.receive_str()) == {"result": None, "id": 1}
        await client.order("BUY", "1000", "0.16000", symbol="龙虾USDT")
        assert json.loads(await socket.receive_str())["s"] == "龙虾USDT"


async def test_a_long_list_is_kept_and_goes_on_where_it_was(contracts: Path, tmp_path: Path) -> None:
    settings = with_market(contracts, state=tmp_path / "state")
    async with opened(settings) as client:
        await client.order("SELL", "1000", symbol=SLOW)
        runtime = client.venue.runtime
    runtime.close()
    before, steps = state_hash(runtime.engine), runtime.background.steps
    again = LocalExchange(settings).runtime
    assert (state_hash(again.engine), again.background.steps) == (before, steps)
    assert len(again.engine.listings) == LISTED
    again.pulse()
    assert again.background.steps > steps


@pytest.mark.parametrize(("count", "asleep_ms"), [(LISTED, 500), (40, 3_600_000)])
def test_a_journal_of_a_long_list_comes_to_the_same_hash_with_all_that_was_left_out(
    count: int, asleep_ms: int, tmp_path: Path
) -> None:
    steep = replace(SCRIPTS["crash"], path=((0, 1.0), (1_000, 0.9)))
    clock = ManualClock(START_MS)
    listed, journal = written_list(tmp_path / "list.json", count), tmp_path / "journal"
    runtime = Runtime(with_market(listed, journal=journal, price_scripts=((steep, 0),), clock=clock))
    for ms in (50, 50, asleep_ms, 50):
        clock.advance(ms)
        runtime.pulse()
    assert runtime.background.deferred_moves > 0
    assert bool(runtime.background.skipped_steps) == (asleep_ms > 6_000)
    runtime.close()
    again = replay_journal(journal)
    assert again.agrees and again.recorded and again.commands > 3_000
