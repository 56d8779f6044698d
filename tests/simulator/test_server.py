import asyncio
import json
from dataclasses import replace
from decimal import Decimal

import aiohttp
import pytest

from connector.simulator.market.orders import LIMIT, SELL, OrderRequest
from connector.simulator.server import LocalExchange
from tests.companions.simulator.callers import QUIET, SocketClient

BTC = "BTCUSDT"


async def test_a_second_trader_placed_at_the_engine_meets_a_client_of_the_port(
    venue: LocalExchange, client: SocketClient
) -> None:
    user = await client.user_stream()
    maker = venue.admit(Decimal(50_000))
    ask = OrderRequest(BTC, SELL, LIMIT, Decimal("0.01"), Decimal(60_000))
    resting = venue.act(lambda engine, now_ms: engine.place(maker.account_id, ask, now_ms))
    result = await client.order("BUY", "0.01", newOrderRespType="RESULT")
    assert (result["status"], resting.status) == ("FILLED", "FILLED")
    kinds = [(await user.receive_json(timeout=5))["e"] for _ in range(4)]
    assert kinds == ["ORDER_TRADE_UPDATE", "TRADE_LITE", "ACCOUNT_UPDATE", "ORDER_TRADE_UPDATE"]


async def test_snapshot_and_stream_agree_over_the_port(client: SocketClient) -> None:
    socket = await client.open("/public/stream?streams=btcusdt@depth@100ms")
    await client.order("BUY", "0.01", "59000")
    frame = (await socket.receive_json(timeout=5))["data"]
    snapshot = (await client.raw("GET", "/fapi/v1/depth", f"symbol={BTC}&limit=5"))[2]
    assert frame["u"] <= snapshot["lastUpdateId"]
    assert frame["b"] == snapshot["bids"] == [["59000.00", "0.010"]]


async def test_a_restart_is_a_new_life_on_the_same_port() -> None:
    venue = LocalExchange(QUIET)
    await venue.start()
    first = (venue.rest, venue.api_key, venue.runtime.epoch_name)
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(f"{venue.stream}/public/ws") as socket:
            await venue.restart()
            assert (await socket.receive(timeout=5)).type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)
        async with session.get(f"{venue.rest}/local/v1/account") as reply:
            reply = await reply.json()
    assert venue.rest == first[0]
    assert reply["api_key"] == venue.api_key != first[1] and reply["life"] != first[2]
    await venue.stop()
    await venue.stop()


async def test_after_an_outage_the_same_life_comes_back(venue: LocalExchange, client: SocketClient) -> None:
    await client.order("BUY", "0.01", "59000")
    await venue.stop()
    with pytest.raises(aiohttp.ClientError):
        await client("GET", "/fapi/v1/openOrders")
    await venue.start()
    assert len(await client("GET", "/fapi/v1/openOrders")) == 1


async def test_a_broken_pulse_is_told_and_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    venue = LocalExchange(QUIET)
    await venue.start()
    monkeypatch.setattr(type(venue.runtime), "beat", lambda runtime: 1 // 0)
    async with asyncio.timeout(5):
        await venue.broken()
    with pytest.raises(ZeroDivisionError):
        await venue.stop()


async def test_a_taken_port_is_an_error_and_leaves_nothing_behind(venue: LocalExchange) -> None:
    second = LocalExchange(replace(QUIET, port=venue.port))
    with pytest.raises(OSError, match="address already in use"):
        await second.start()
    with pytest.raises(RuntimeError):
        await venue.start()


async def test_the_background_trades_on_its_own() -> None:
    settings = replace(QUIET, background=True)
    async with LocalExchange(settings) as venue, aiohttp.ClientSession() as session:
        address = f"{venue.stream}/market/ws/btcusdt@aggTrade"
        async with session.ws_connect(address) as socket, asyncio.timeout(20):
            trade = json.loads(await socket.receive_str())
        assert abs(Decimal(trade["p"]) - 60_000) < 600
        async with session.get(f"{venue.rest}/local/v1/background") as reply:
            assert (await reply.json())["commands"] > 100


async def test_funding_comes_by_itself() -> None:
    settings = replace(QUIET, funding_first_s=0.3, funding_interval_s=0.2)
    async with LocalExchange(settings) as venue:
        async with asyncio.timeout(10):
            while len(venue.engine.settlements) < 4:
                await asyncio.sleep(0.02)
        due = [row.funding_ms for row in venue.engine.settlements if row.symbol == BTC]
        assert due[1] - due[0] == 200


@pytest.mark.parametrize(("host", "shown"), [("0.0.0.0", "127.0.0.1"), ("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")])
def test_addresses_are_told_so_that_this_machine_can_use_them(host: str, shown: str) -> None:
    venue = LocalExchange(replace(QUIET, host=host))
    assert venue.rest == f"http://{shown}:0" and venue.ws_api == f"ws://{shown}:0/ws-fapi/v1"


async def test_it_listens_on_its_own_loopback_address_alone(venue: LocalExchange) -> None:
    with pytest.raises(OSError):
        await asyncio.wait_for(asyncio.open_connection("127.0.0.2", venue.port), 5)
    async with LocalExchange(replace(QUIET, host="0.0.0.0")) as open_one:
        _, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", open_one.port), 5)
        writer.close()
        await writer.wait_closed()


async def test_a_port_is_closed_for_a_while_and_opened_again(venue: LocalExchange) -> None:
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{venue.rest}/local/v1/faults?name=outage&answer=refused&ms=400") as reply:
            assert reply.status == 200
        async with asyncio.timeout(5):
            while venue.faults.standing("outage"):
                with pytest.raises(aiohttp.ClientError):
                    await session.get(f"{venue.rest}/fapi/v1/time")
                await asyncio.sleep(0.02)
    async with aiohttp.ClientSession() as session, asyncio.timeout(5):
        while True:
            try:
                async with session.get(f"{venue.rest}/fapi/v1/time") as reply:
                    assert reply.status == 200
                    break
            except aiohttp.ClientConnectorError:
                await asyncio.sleep(0.02)


async def test_streams_go_on_where_the_clock_steps_back() -> None:
    settings = replace(QUIET, background=True, funding_first_s=1, funding_interval_s=1)
    names = ("btcusdt@markPrice@1s", "btcusdt@kline_1m", "btcusdt@aggTrade", "!miniTicker@arr", "btcusdt@ticker")
    async with LocalExchange(settings) as venue, aiohttp.ClientSession() as session:
        market = await session.ws_connect(f"{venue.stream}/market/stream?streams={'/'.join(names)}")
        public = await session.ws_connect(
            f"{venue.stream}/public/stream?streams=btcusdt@depth@100ms/btcusdt@rpiDepth@500ms"
        )
        venue.faults.arm("clock_skew", ms=3_600_000)
        heard = {(await market.receive_json(timeout=5))["stream"] for _ in range(30)}
        assert heard
        venue.faults.arm("clock_skew", 0)
        settled = len(venue.engine.settlements)
        wanted = {*names, "btcusdt@depth@100ms", "btcusdt@rpiDepth@500ms"}
        now_ms = venue.runtime.now_ms()

        async def hear(socket: aiohttp.ClientWebSocketResponse) -> None:
            async for message in socket:
                frame = message.json()
                data = frame["data"][0] if isinstance(frame["data"], list) else frame["data"]
                if data["E"] < now_ms + 60_000:
                    wanted.discard(frame["stream"])

        # Each socket by itself: one that waits for the other falls behind by what it was sent before the step.
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            readers = [group.create_task(hear(socket)) for socket in (market, public)]
            while wanted or len(venue.engine.settlements) <= settled + 2:
                await asyncio.sleep(0.02)
            for reader in readers:
                reader.cancel()
