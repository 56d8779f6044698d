import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import aiohttp
import pytest

from connector.simulator.access.signatures import KeyKind, new_pair
from connector.simulator.fault_injection.latency import LatencyModel
from connector.simulator.server import LocalExchange
from connector.simulator.ws_api.socket import REQUESTS_A_TURN
from tests.companions.simulator.callers import QUIET, SocketClient
from tests.companions.simulator.ws_callers import BUY, ws_signed

GONE = (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.ERROR)
Ask = Callable[..., Awaitable[Any]]


@pytest.fixture
async def socket(client: SocketClient) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    yield await client.open("/ws-fapi/v1")


@pytest.fixture
def ask(client: SocketClient, socket: aiohttp.ClientWebSocketResponse) -> Ask:
    """Sends a signed request and waits for what comes next."""

    async def asked(method: str, **params: object) -> Any:
        signed = ws_signed(client.sender, {**params, "timestamp": time.time_ns() // 1_000_000})
        await socket.send_json({"id": method, "method": method, "params": signed})
        return await socket.receive_json(timeout=5)

    return asked


async def test_an_order_lives_and_dies_over_the_socket(ask: Ask) -> None:
    placed = await ask("order.place", **BUY)
    assert (placed["id"], placed["result"]["status"]) == ("order.place", "NEW")
    cancelled = await ask("order.cancel", symbol="BTCUSDT", orderId=placed["result"]["orderId"])
    assert cancelled["result"]["status"] == "CANCELED"


async def test_the_handshake_weighs_five(venue: LocalExchange, socket: aiohttp.ClientWebSocketResponse) -> None:
    await socket.send_json({"id": 1, "method": "time"})
    assert (await socket.receive_json(timeout=5))["rateLimits"][0]["count"] == 6


async def test_many_requests_at_once_are_answered_in_their_order(socket: aiohttp.ClientWebSocketResponse) -> None:
    for number in range(100):
        await socket.send_json({"id": number, "method": "ping"})
    assert [(await socket.receive_json(timeout=5))["id"] for _ in range(100)] == list(range(100))


async def test_a_client_that_sends_without_pause_holds_up_nobody(venue: LocalExchange, client: SocketClient) -> None:
    sender = venue.admit(Decimal(100_000), new_pair(KeyKind.ED25519))
    sockets = [await client.open("/ws-fapi/v1") for _ in range(2)]
    for socket in sockets:
        logon = ws_signed(sender, {"timestamp": time.time_ns() // 1_000_000})
        await socket.send_json({"id": 0, "method": "session.logon", "params": logon})
        assert (await socket.receive_json(timeout=5))["status"] == 200
    hasty, other = sockets
    order = {"id": 1, "method": "order.place", "params": {**BUY, "timestamp": time.time_ns() // 1_000_000}}
    for _ in range(40):
        await hasty.send_json(order)
    await other.send_json(order)
    placed = [(await hasty.receive_json(timeout=5))["result"]["orderId"] for _ in range(40)]
    between = (await other.receive_json(timeout=5))["result"]["orderId"]
    assert placed == sorted(placed)
    assert len([order_id for order_id in placed if order_id < between]) <= 2 * REQUESTS_A_TURN


async def test_the_address_can_silence_the_rate_limits(client: SocketClient) -> None:
    socket = await client.open("/ws-fapi/v1?returnRateLimits=false")
    await socket.send_json({"id": 1, "method": "session.status"})
    reply = await socket.receive_json(timeout=5)
    assert "rateLimits" not in reply and reply["result"]["returnRateLimits"] is False


async def test_a_binary_frame_is_no_request(socket: aiohttp.ClientWebSocketResponse) -> None:
    await socket.send_bytes(b'{"id":1,"method":"ping"}')
    assert (await socket.receive_json(timeout=5))["error"]["code"] == -1135


@pytest.mark.parametrize(("frame", "close_code"), [(b"\xff\xfe", 1007), (b"x" * 70_000, 1009)])
async def test_a_frame_that_is_no_text_or_too_long_closes_the_socket(
    client: SocketClient, socket: aiohttp.ClientWebSocketResponse, frame: bytes, close_code: int
) -> None:
    await socket.send_frame(frame, aiohttp.WSMsgType.TEXT)
    message = await socket.receive(timeout=5)
    assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, close_code)
    assert (await client.raw("GET", "/fapi/v1/ping"))[0] == 200


@pytest.mark.parametrize(
    ("fault", "status", "placed"),
    [
        ("unknown_but_placed", 503, True),
        ("unknown_not_placed", 503, False),
        ("timeout_1006", 503, True),
        ("timeout_1007", 408, True),
        ("overloaded_1008", 503, False),
        ("rate_limited", 429, False),
        ("banned", 418, False),
    ],
)
async def test_faults_strike_orders_over_the_socket_too(
    venue: LocalExchange, client: SocketClient, ask: Ask, fault: str, status: int, placed: bool
) -> None:
    venue.faults.arm(fault)
    reply = await ask("order.place", **BUY, newClientOrderId="mine")
    assert (reply["id"], reply["status"], reply["error"]["code"] < 0) == ("order.place", status, True)
    found = await client("GET", "/fapi/v1/order", symbol="BTCUSDT", origClientOrderId="mine")
    assert (found.get("clientOrderId") == "mine") is placed


async def test_a_fault_of_rest_alone_spoils_no_answer_here(venue: LocalExchange, ask: Ask) -> None:
    venue.faults.arm("stale_snapshot")
    assert (await ask("depth", symbol="BTCUSDT"))["status"] == 200


async def test_a_reset_takes_the_socket_with_it(
    venue: LocalExchange, client: SocketClient, socket: aiohttp.ClientWebSocketResponse
) -> None:
    venue.faults.arm("reset_after_execution")
    signed = ws_signed(client.sender, {**BUY, "newClientOrderId": "mine", "timestamp": time.time_ns() // 1_000_000})
    await socket.send_json({"id": 1, "method": "order.place", "params": signed})
    assert (await socket.receive(timeout=5)).type in GONE
    found = await client("GET", "/fapi/v1/order", symbol="BTCUSDT", origClientOrderId="mine")
    assert found["status"] == "NEW"


async def test_the_event_can_outrun_the_answer_here_too(venue: LocalExchange, client: SocketClient, ask: Ask) -> None:
    user = await client.user_stream()
    venue.faults.arm("event_before_ack", ms=300)
    placing = asyncio.ensure_future(ask("order.place", **BUY))
    assert (await user.receive_json(timeout=5))["o"]["X"] == "NEW"
    assert not placing.done() and (await placing)["status"] == 200


async def test_a_late_answer_holds_up_no_other(venue: LocalExchange, client: SocketClient) -> None:
    socket = await client.open("/ws-fapi/v1")
    venue.faults.arm("event_before_ack", ms=300)
    signed = ws_signed(client.sender, {**BUY, "timestamp": time.time_ns() // 1_000_000})
    await socket.send_json({"id": "late", "method": "order.place", "params": signed})
    await socket.send_json({"id": "next", "method": "ping"})
    assert [(await socket.receive_json(timeout=5))["id"] for _ in range(2)] == ["next", "late"]


async def test_nobody_waits_for_a_late_answer_whose_asker_has_gone(venue: LocalExchange, client: SocketClient) -> None:
    socket = await client.open("/ws-fapi/v1")
    other = await client.user_stream()
    venue.faults.arm("event_before_ack", ms=60_000)
    signed = ws_signed(client.sender, {**BUY, "timestamp": time.time_ns() // 1_000_000})
    await socket.send_json({"id": 1, "method": "order.place", "params": signed})
    assert (await other.receive_json(timeout=5))["o"]["X"] == "NEW"
    before = len(asyncio.all_tasks())
    await socket.close()
    # Its ping, its end of life and the late answer end with it.
    async with asyncio.timeout(5):
        while len(asyncio.all_tasks()) > before - 3:
            await asyncio.sleep(0.01)


async def test_requests_on_their_way_wait_for_none_before_them() -> None:
    async with (
        LocalExchange(replace(QUIET, ack_latency=LatencyModel(300))) as venue,
        aiohttp.ClientSession() as session,
        session.ws_connect(venue.ws_api) as socket,
    ):
        began = time.monotonic()
        for number in range(30):
            await socket.send_json({"id": number, "method": "ping"})
        assert [(await socket.receive_json(timeout=5))["id"] for _ in range(30)] == list(range(30))
        assert 0.3 <= time.monotonic() - began < 5


async def test_an_order_on_its_way_arrives_though_its_sender_has_gone() -> None:
    async with (
        LocalExchange(replace(QUIET, ack_latency=LatencyModel(200))) as venue,
        aiohttp.ClientSession() as session,
    ):
        client = SocketClient(session, venue, venue.runtime.default_key)
        user = await client.user_stream()
        async with session.ws_connect(venue.ws_api) as socket:
            signed = ws_signed(client.sender, {**BUY, "timestamp": time.time_ns() // 1_000_000})
            await socket.send_json({"id": 1, "method": "order.place", "params": signed})
        assert (await user.receive_json(timeout=5))["o"]["X"] == "NEW"
        await client.close()


async def test_a_half_open_socket_hears_nothing(
    venue: LocalExchange, socket: aiohttp.ClientWebSocketResponse, ask: Ask
) -> None:
    venue.faults.arm("half_open", ms=60_000)
    await socket.send_json({"id": "lost", "method": "ping"})
    with pytest.raises(TimeoutError):
        await socket.receive(timeout=0.05)
    venue.faults.arm("half_open", ms=0)
    assert (await ask("time"))["id"] == "time"


async def test_the_ws_api_alone_can_be_down(
    venue: LocalExchange, client: SocketClient, socket: aiohttp.ClientWebSocketResponse
) -> None:
    async with client.session.ws_connect(f"{venue.stream}/market/ws/btcusdt@markPrice") as stream:
        venue.faults.arm("ws_api_down", ms=60_000)
        assert (await socket.receive(timeout=5)).type in GONE
        with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
            await client.session.ws_connect(venue.ws_api)
        assert (await client("GET", "/fapi/v1/time"))["serverTime"]
        assert not stream.closed
        venue.faults.arm("ws_api_down", times=0)
        async with client.session.ws_connect(venue.ws_api) as again:
            await again.send_json({"id": 1, "method": "time"})
            assert (await again.receive_json())["status"] == 200


async def test_an_error_says_until_when_it_wants_silence(venue: LocalExchange, ask: Ask) -> None:
    venue.faults.arm("rate_limited", ms=3_000)
    data = (await ask("order.place", **BUY))["error"]["data"]
    assert data["retryAfter"] - data["serverTime"] == 3_000
    assert "data" not in (await ask("order.cancel", symbol="BTCUSDT", orderId=1))["error"]


async def test_cut_sockets_are_gone(venue: LocalExchange, socket: aiohttp.ClientWebSocketResponse, ask: Ask) -> None:
    await ask("time")
    venue.faults.arm("cut_sockets")
    assert (await socket.receive(timeout=5)).type in GONE


async def test_pings_are_answered_and_too_many_end_the_connection(socket: aiohttp.ClientWebSocketResponse) -> None:
    for _ in range(20):
        await socket.ping(b"are you there")
    message = await socket.receive(timeout=5)
    assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 1008)


async def test_who_answers_no_ping_is_cut() -> None:
    settings = replace(QUIET, ping_interval_s=0.05, pong_within_s=0.12)
    async with LocalExchange(settings) as venue, aiohttp.ClientSession() as session:
        timeout = aiohttp.ClientWSTimeout(ws_close=0.2)
        async with session.ws_connect(venue.ws_api, autoping=False, timeout=timeout) as deaf:
            kinds = [(await deaf.receive(timeout=5)).type]
            while kinds[-1] is aiohttp.WSMsgType.PING:
                kinds.append((await deaf.receive(timeout=5)).type)
            assert len(kinds) > 1 and kinds[-1] in GONE


async def test_a_connection_lives_its_time_and_no_longer() -> None:
    async with (
        LocalExchange(replace(QUIET, socket_life_s=0.2)) as venue,
        aiohttp.ClientSession() as session,
        session.ws_connect(venue.ws_api) as socket,
    ):
        await socket.send_json({"id": 1, "method": "ping"})
        assert (await socket.receive_json(timeout=5))["status"] == 200
        message = await socket.receive(timeout=5)
        assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 1001)


async def test_a_banned_address_is_refused_the_handshake() -> None:
    settings = replace(QUIET, limits=True, limits_times=0.005)
    async with LocalExchange(settings) as venue, aiohttp.ClientSession() as session:
        for status in (None, None, *[429] * 11, 418):
            try:
                async with session.ws_connect(venue.ws_api):
                    assert status is None
            except aiohttp.WSServerHandshakeError as error:
                assert error.status == status


async def test_stopping_the_exchange_ends_its_sockets_quietly(caplog: pytest.LogCaptureFixture) -> None:
    async with aiohttp.ClientSession() as session:
        async with LocalExchange(QUIET) as venue:
            socket = await session.ws_connect(venue.ws_api)
            await socket.send_str(json.dumps({"id": 1, "method": "ping"}))
            await socket.receive_json(timeout=5)
        assert (await socket.receive(timeout=5)).type in GONE
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_an_order_is_carried_out_long_after_its_answer(venue: LocalExchange, client: SocketClient) -> None:
    user = await client.user_stream()
    venue.faults.arm("executed_late", ms=300)
    async with client.session.ws_connect(venue.ws_api) as socket:
        signed = ws_signed(client.sender, {**BUY, "recvWindow": 100, "timestamp": time.time_ns() // 1_000_000})
        await socket.send_json({"id": 1, "method": "order.place", "params": signed})
        reply = await socket.receive_json(timeout=5)
    assert (reply["id"], reply["status"], reply["error"]["code"]) == (1, 503, -1000)
    assert await client("GET", "/fapi/v1/openOrders", symbol="BTCUSDT") == []
    assert (await user.receive_json(timeout=5))["o"]["X"] == "NEW", "though its socket and its window are closed"


async def test_an_order_is_filled_between_two_reads(venue: LocalExchange, client: SocketClient) -> None:
    await client.order("BUY", "0.01", "59000")
    venue.faults.arm("trade_between_reads", path="/fapi/v3/account")
    async with client.session.ws_connect(venue.ws_api) as socket:
        signed = ws_signed(client.sender, {"timestamp": time.time_ns() // 1_000_000})
        await socket.send_json({"id": 1, "method": "v2/account.status", "params": signed})
        told = (await socket.receive_json(timeout=5))["result"]
    assert [row["positionAmt"] for row in told["positions"]] == ["0.000"]
    assert await client("GET", "/fapi/v1/openOrders", symbol="BTCUSDT") == []
