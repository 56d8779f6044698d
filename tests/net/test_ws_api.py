"""A warm connection of the WS-API, mostly to the real local exchange and by the real door."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web

from connector.core.secrets import Secret
from connector.net.gateway import Gateway
from connector.net.http import Http, NoAnswer
from connector.net.limits.throttle import Throttle
from connector.net.reach import Reach
from connector.net.sign import HmacSigner
from connector.net.system_clock import SystemClock
from connector.net.ws_api import WsApi
from connector.net.ws_connection import Params
from connector.simulator.access.signatures import KeyKind
from connector.simulator.server import LocalExchange
from connector.venue.domains import LOCAL
from connector.venue.limits import HELD_A_DAY
from tests.companions.local_trading import until
from tests.companions.net.gateways import domain_of
from tests.companions.net.ws_venues import listening, scripted
from tests.companions.orders.keys import new_key, own_key

SOMEBODY = HmacSigner(Secret("k" * 64), Secret("secret"))


@pytest.fixture
async def door(venue: LocalExchange) -> AsyncIterator[Gateway]:
    http = Http()
    gateway = Gateway(domain_of(venue), http, Throttle(), SystemClock())
    gateway.sign_with(own_key(venue))
    yield gateway
    await http.close()


def door_of_nowhere() -> Gateway:
    gateway = Gateway(LOCAL, Http(), Throttle(), SystemClock())
    gateway.sign_with(SOMEBODY)
    return gateway


@contextlib.asynccontextmanager
async def running(ws_api: WsApi) -> AsyncIterator[WsApi]:
    task = asyncio.create_task(ws_api.run())
    try:
        await until(lambda: ws_api.is_up)
        yield ws_api
    finally:
        task.cancel()
        await asyncio.wait([task])


def connection_to(venue: LocalExchange, door: Gateway, life_s: float = 3600.0) -> WsApi:
    return WsApi("orders", venue.ws_api, SystemClock(), door, Reach(), replace(HELD_A_DAY, life_s=life_s))


def signed(venue: LocalExchange, **params: object) -> Params:
    row: dict[str, object] = {**params, "apiKey": venue.api_key, "timestamp": venue.runtime.now_ms()}
    signature = own_key(venue).sign("&".join(f"{name}={row[name]}" for name in sorted(row)))
    return json.dumps({**row, "signature": signature}).encode()


def order(venue: LocalExchange, client_order_id: str) -> Params:
    terms = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.01"}
    return signed(venue, **terms, price="50000", newClientOrderId=client_order_id)


async def placed(ws_api: WsApi, params: Params) -> int:
    return (await ws_api.send("order.place", params, lambda: None)).status


async def test_many_requests_at_once_each_get_their_own_answer(venue: LocalExchange, door: Gateway) -> None:
    async with running(connection_to(venue, door)) as ws_api:
        names = [f"order-{number}" for number in range(50)]
        answers = await asyncio.gather(
            *(ws_api.send("order.place", order(venue, name), lambda: None) for name in names)
        )
    assert [json.loads(answer.body)["clientOrderId"] for answer in answers] == names
    assert {answer.status for answer in answers} == {200}
    assert ws_api.connections == 1


async def test_what_finds_no_connection_was_not_sent(venue: LocalExchange, door: Gateway) -> None:
    ws_api = connection_to(venue, door)
    with pytest.raises(NoAnswer, match="not connected yet") as silence:
        await placed(ws_api, order(venue, "never"))
    assert not silence.value.sent
    assert not venue.engine.accounts[venue.account_id].open_orders.get("BTCUSDT")


async def test_a_connection_that_ends_leaves_what_was_sent_over_it_without_an_answer(
    venue: LocalExchange, door: Gateway
) -> None:
    async with running(connection_to(venue, door)) as ws_api:
        venue.faults.arm("reset_after_execution")
        with pytest.raises(NoAnswer) as silence:
            await placed(ws_api, order(venue, "unknown"))
        assert silence.value.sent
        assert not ws_api.is_up
        assert ws_api.trouble
        await until(lambda: ws_api.is_up and ws_api.connections == 2)
        asked = signed(venue, symbol="BTCUSDT", origClientOrderId="unknown")
        assert (await ws_api.send("order.status", asked, lambda: None)).status == 200


async def test_an_old_connection_ends_when_its_successor_is_up_and_no_answer_is_lost(
    venue: LocalExchange, door: Gateway
) -> None:
    async with running(connection_to(venue, door, life_s=0.2)) as ws_api:
        statuses, was_up = list[int](), list[bool]()
        while ws_api.connections < 4:
            statuses.append(await placed(ws_api, order(venue, f"order-{len(statuses)}")))
            was_up.append(ws_api.is_up)
            await asyncio.sleep(0.01)
    assert set(statuses) == {200}
    assert all(was_up), "made before the old one is broken"


@pytest.mark.parametrize("kind", list(KeyKind))
async def test_who_can_logs_on_once_a_connection_and_is_logged_on_again_after_a_cut(
    venue: LocalExchange, door: Gateway, kind: KeyKind
) -> None:
    _, signer = new_key(venue, kind)
    door.sign_with(signer)
    async with running(WsApi("orders", venue.ws_api, SystemClock(), door, Reach())) as ws_api:
        assert ws_api.is_logged_on is (kind is KeyKind.ED25519)
        venue.faults.arm("cut_sockets")
        await until(lambda: ws_api.connections == 2)
        assert ws_api.is_logged_on is (kind is KeyKind.ED25519)


async def test_a_clock_that_is_wrong_is_measured_again_for_the_logon(venue: LocalExchange, door: Gateway) -> None:
    _, signer = new_key(venue, KeyKind.ED25519)
    door.sign_with(signer)
    await door.measure_clock()
    venue.faults.arm("clock_skew", ms=120_000)
    async with running(WsApi("orders", venue.ws_api, SystemClock(), door, Reach())) as ws_api:
        assert ws_api.is_logged_on
        assert ws_api.connections == 1


async def test_a_key_that_the_venue_does_not_take_is_told_and_the_connection_is_not_up(
    venue: LocalExchange, door: Gateway
) -> None:
    sender, signer = new_key(venue, KeyKind.ED25519)
    venue.runtime.api_keys.revoke(sender.api_key)
    door.sign_with(signer)
    ws_api = WsApi("orders", venue.ws_api, SystemClock(), door, Reach())
    task = asyncio.create_task(ws_api.run())
    await until(lambda: "invalid API key" in ws_api.trouble, f"told: {ws_api.trouble}")
    assert not ws_api.is_up
    task.cancel()


async def test_one_that_is_open_and_answers_nothing_is_not_up() -> None:
    async with listening(scripted(lambda request: [])) as address:
        ws_api = WsApi("orders", address, SystemClock(), door_of_nowhere(), Reach(), answer_within_s=0.1)
        task = asyncio.create_task(ws_api.run())
        await until(lambda: "no answer within 0.1 s" in ws_api.trouble, "told")
        assert not ws_api.is_up
        assert ws_api.connections == 0
        task.cancel()


async def test_pauses_grow_while_connections_end_early() -> None:
    came = list[float]()

    async def closing(request: web.Request) -> web.WebSocketResponse:
        came.append(asyncio.get_running_loop().time())
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.close()
        return socket

    async with listening(closing) as address:
        task = asyncio.create_task(WsApi("orders", address, SystemClock(), door_of_nowhere(), Reach()).run())
        await until(lambda: len(came) == 5)
        task.cancel()
    pauses = [later - earlier for earlier, later in itertools.pairwise(came)]
    assert pauses[-1] > pauses[0]
    assert sum(pauses) > 1.0
