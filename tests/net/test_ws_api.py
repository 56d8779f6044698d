"""A warm connection of the WS-API, mostly to the real local exchange."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

import pytest
from aiohttp import web

from connector.core.secrets import Secret
from connector.net.http import NoAnswer
from connector.net.sign import HmacSigner
from connector.net.system_clock import SystemClock
from connector.net.ws_api import Params, WsApi
from connector.simulator.server import LocalExchange
from connector.venue.limits import HELD_A_DAY
from tests.companions.local_trading import until


@contextlib.asynccontextmanager
async def running(ws_api: WsApi) -> AsyncIterator[WsApi]:
    task = asyncio.create_task(ws_api.run())
    try:
        await until(lambda: ws_api.is_up)
        yield ws_api
    finally:
        task.cancel()
        await asyncio.wait([task])


@contextlib.asynccontextmanager
async def listening(handle: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """An address where `handle` takes WebSockets: a venue that does what the local exchange would not."""
    app = web.Application()
    app.router.add_get("/ws", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"ws://127.0.0.1:{runner.addresses[0][1]}/ws"
    await runner.cleanup()


def signed(venue: LocalExchange, **params: object) -> Params:
    signer = HmacSigner(Secret(venue.api_key), Secret(venue.api_secret))
    row: dict[str, object] = {**params, "apiKey": venue.api_key, "timestamp": venue.runtime.now_ms()}
    return {**row, "signature": signer.sign("&".join(f"{name}={row[name]}" for name in sorted(row)))}


def order(venue: LocalExchange, client_order_id: str, price: str = "50000") -> Params:
    terms = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01"}
    return signed(venue, **terms, price=price, newClientOrderId=client_order_id)


async def test_many_requests_at_once_each_get_their_own_answer(venue: LocalExchange) -> None:
    async with running(WsApi("orders", venue.ws_api, SystemClock())) as ws_api:
        names = [f"order-{number}" for number in range(50)]
        answers = await asyncio.gather(*(ws_api.send("order.place", order(venue, name)) for name in names))
    assert [json.loads(answer.body)["clientOrderId"] for answer in answers] == names
    assert {answer.status for answer in answers} == {200}
    assert ws_api.connections == 1


async def test_a_refusal_is_an_answer_with_code_and_text_as_over_rest(venue: LocalExchange) -> None:
    async with running(WsApi("orders", venue.ws_api, SystemClock())) as ws_api:
        answer = await ws_api.send("order.cancel", signed(venue, symbol="BTCUSDT", origClientOrderId="never"))
    assert answer.status == 400
    assert json.loads(answer.body) == {"code": -2011, "msg": "Unknown order sent."}


async def test_the_counts_of_an_answer_stand_under_the_names_that_rest_gives_them(venue: LocalExchange) -> None:
    async with running(WsApi("orders", venue.ws_api, SystemClock())) as ws_api:
        placed = await ws_api.send("order.place", order(venue, "counted"))
        asked = await ws_api.send("v2/account.balance", signed(venue))
    assert placed.headers["X-MBX-ORDER-COUNT-10S"] == "1"
    assert int(asked.headers["X-MBX-USED-WEIGHT-1M"]) > 0


async def test_what_finds_no_connection_was_not_sent(venue: LocalExchange) -> None:
    ws_api = WsApi("orders", venue.ws_api, SystemClock())
    with pytest.raises(NoAnswer) as silence:
        await ws_api.send("order.place", order(venue, "never"))
    assert not silence.value.sent
    assert not venue.engine.accounts[venue.account_id].open_orders.get("BTCUSDT")


async def test_a_connection_that_ends_leaves_what_was_sent_over_it_without_an_answer(venue: LocalExchange) -> None:
    async with running(WsApi("orders", venue.ws_api, SystemClock())) as ws_api:
        venue.faults.arm("reset_after_execution")
        with pytest.raises(NoAnswer) as silence:
            await ws_api.send("order.place", order(venue, "unknown"))
        assert silence.value.sent
        await until(lambda: ws_api.is_up and ws_api.connections == 2)
        answer = await ws_api.send("order.status", signed(venue, symbol="BTCUSDT", origClientOrderId="unknown"))
        assert answer.status == 200


async def test_an_answer_that_stays_out_is_waited_for_no_longer_and_the_connection_is_replaced() -> None:
    async with listening(silent) as address, running(patient_for(address, 0.05)) as ws_api:
        with pytest.raises(NoAnswer, match=r"no answer within 0.05 s") as silence:
            await ws_api.send("order.place", {})
        assert silence.value.sent
        await until(lambda: ws_api.is_up and ws_api.connections == 2)


async def test_an_answer_to_nobody_ends_the_connection_and_whoever_waits_gets_none() -> None:
    async with listening(revoked) as address, running(WsApi("orders", address, SystemClock())) as ws_api:
        with pytest.raises(NoAnswer, match="status 401") as silence:
            await ws_api.send("order.place", {})
    assert silence.value.sent


async def test_an_old_connection_ends_when_its_successor_is_up_and_its_answers_are_there(venue: LocalExchange) -> None:
    terms = replace(HELD_A_DAY, life_s=0.2)
    async with running(WsApi("orders", venue.ws_api, SystemClock(), terms=terms)) as ws_api:
        statuses = list[int]()
        while ws_api.connections < 3:
            statuses.append((await ws_api.send("order.place", order(venue, f"order-{len(statuses)}"))).status)
            await asyncio.sleep(0.01)
    assert set(statuses) == {200}


async def test_pauses_grow_while_connections_end_early() -> None:
    came = list[float]()

    async def closing(request: web.Request) -> web.WebSocketResponse:
        came.append(asyncio.get_running_loop().time())
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.close()
        return socket

    async with listening(closing) as address:
        task = asyncio.create_task(WsApi("orders", address, SystemClock()).run())
        await until(lambda: len(came) == 5)
        task.cancel()
    pauses = [later - earlier for earlier, later in itertools.pairwise(came)]
    assert pauses == sorted(pauses)


def patient_for(address: str, seconds: float) -> WsApi:
    return WsApi("orders", address, SystemClock(), answer_within_s=seconds)


async def silent(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(timeout=0.1)
    await socket.prepare(request)
    async for _ in socket:
        pass
    return socket


async def revoked(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(timeout=0.1)
    await socket.prepare(request)
    async for _ in socket:
        await socket.send_json({"id": None, "status": 401, "error": {"code": -2015, "msg": "Invalid API-key"}})
    return socket
