import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from connector.simulator.access.loopback import HOME
from connector.simulator.clock import VirtualClock
from connector.simulator.server import LocalExchange
from connector.simulator.streams.connection import REGULAR_END
from tests.companions.simulator.callers import QUIET, SocketClient


async def received(socket: aiohttp.ClientWebSocketResponse) -> Any:
    return json.loads(await socket.receive_str(timeout=5))


async def asked(socket: aiohttp.ClientWebSocketResponse, method: str, *params: object) -> Any:
    await socket.send_json({"method": method, "params": list(params), "id": 7})
    return await received(socket)


async def test_control_messages_are_acknowledged_with_their_id(client: SocketClient) -> None:
    socket = await client.open("/public/ws")
    assert await asked(socket, "SUBSCRIBE", "btcusdt@depth", "btcusdt@trade") == {"result": None, "id": 7}
    assert (await asked(socket, "LIST_SUBSCRIPTIONS"))["result"] == ["btcusdt@depth", "btcusdt@trade"]
    assert await asked(socket, "UNSUBSCRIBE", "btcusdt@depth") == {"result": None, "id": 7}
    assert (await asked(socket, "LIST_SUBSCRIPTIONS"))["result"] == ["btcusdt@trade"]


async def test_the_wrapper_is_flipped_at_run_time(client: SocketClient) -> None:
    socket = await client.open("/public/ws/btcusdt@bookTicker")
    assert (await asked(socket, "GET_PROPERTY", "combined"))["result"] is False
    await client.order("BUY", "0.01", "59000")
    assert (await received(socket))["e"] == "bookTicker"
    await asked(socket, "SET_PROPERTY", "combined", True)
    await client.order("BUY", "0.01", "59001")
    assert (await received(socket))["stream"] == "btcusdt@bookTicker"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/market/ws", "btcusdt@bookTicker"),
        ("/public/ws", "BTCUSDT@bookTicker"),
        ("/private/ws", "btcusdt@bookTicker"),
        ("/ws", "btcusdt@aggTrade"),
    ],
)
async def test_a_stream_asked_for_at_the_wrong_place_is_acknowledged_and_silent(
    client: SocketClient, path: str, name: str
) -> None:
    socket = await client.open(path)
    assert (await asked(socket, "SUBSCRIBE", name))["result"] is None
    await client.order("BUY", "0.01", "59000")
    assert (await asked(socket, "LIST_SUBSCRIPTIONS"))["result"] == [name]


async def test_an_unrouted_connection_delivers_public_streams(client: SocketClient) -> None:
    socket = await client.open("/ws/btcusdt@bookTicker")
    await asked(socket, "LIST_SUBSCRIPTIONS")
    await client.order("BUY", "0.01", "59000")
    assert (await received(socket))["e"] == "bookTicker"


async def test_every_private_form_hears_the_account(client: SocketClient) -> None:
    key = (await client.raw("POST", "/fapi/v1/listenKey"))[2]["listenKey"]
    by_path = await client.open(f"/private/ws/{key}")
    by_query = await client.open(f"/private/stream?listenKey={key}&events=ORDER_TRADE_UPDATE")
    by_message = await client.open("/private/stream")
    await asked(by_message, "SUBSCRIBE", key)
    await asked(by_query, "LIST_SUBSCRIPTIONS")
    await asked(by_path, "LIST_SUBSCRIPTIONS")
    await client.order("BUY", "0.01", "59000")
    assert (await received(by_path))["e"] == "ORDER_TRADE_UPDATE"
    for socket in (by_query, by_message):
        wrapped = await received(socket)
        assert (wrapped["stream"], wrapped["data"]["e"]) == (key, "ORDER_TRADE_UPDATE")


async def test_an_event_filter_lets_only_the_named_ones_through(client: SocketClient) -> None:
    key = (await client.raw("POST", "/fapi/v1/listenKey"))[2]["listenKey"]
    socket = await client.open(f"/private/ws?listenKey={key}&events=ACCOUNT_CONFIG_UPDATE")
    await asked(socket, "LIST_SUBSCRIPTIONS")
    await client.order("BUY", "0.01", "59000")
    await client("POST", "/fapi/v1/leverage", symbol="BTCUSDT", leverage=3)
    assert (await received(socket))["e"] == "ACCOUNT_CONFIG_UPDATE"


async def test_an_unknown_listen_key_connects_and_hears_nothing(client: SocketClient) -> None:
    socket = await client.open("/private/ws/nobodyskey")
    await client.order("BUY", "0.01", "59000")
    assert (await asked(socket, "LIST_SUBSCRIPTIONS"))["result"] == ["nobodyskey"]


@pytest.mark.parametrize("path", ["/public/ws", "/market/ws", "/ws"])
async def test_a_listen_key_is_heard_on_the_private_route_alone(client: SocketClient, path: str) -> None:
    key = (await client.raw("POST", "/fapi/v1/listenKey"))[2]["listenKey"]
    socket = await client.open(f"{path}/{key}")
    await asked(socket, "SUBSCRIBE", key)
    await client.order("BUY", "0.01", "59000")
    assert (await asked(socket, "LIST_SUBSCRIPTIONS"))["result"] == [key]


async def test_a_client_that_talks_too_fast_is_sent_away(client: SocketClient) -> None:
    socket = await client.open("/public/ws")
    for number in range(30):
        await socket.send_json({"method": "LIST_SUBSCRIPTIONS", "id": number})
    while not socket.closed:
        await socket.receive(timeout=5)
    assert socket.close_code == 1008


async def test_what_was_asked_within_the_limit_is_answered_before_the_end(client: SocketClient) -> None:
    socket = await client.open("/public/ws")
    for number in range(30):
        await socket.send_json({"method": "LIST_SUBSCRIPTIONS", "id": number})
    answered = [json.loads(message.data)["id"] async for message in socket]
    assert answered[:5] == [0, 1, 2, 3, 4] and len(answered) < 30 and socket.close_code == 1008


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"id":"\\ud800"}', 2),
        ('{"id":"\\ud800","method":"NONSENSE"}', 2),
        ("{", 3),
        ("[]", 2),
        ('{"id":1}', 2),
        ('{"method":"SUBSCRIBE","params":"a"}', 2),
    ],
)
async def test_what_is_no_control_message_is_told_so(client: SocketClient, text: str, code: int) -> None:
    socket = await client.open("/public/ws")
    await socket.send_str(text)
    assert (await received(socket))["code"] == code


async def test_more_streams_than_a_connection_carries_are_refused(client: SocketClient) -> None:
    socket = await client.open("/public/ws")
    assert (await asked(socket, "SUBSCRIBE", *[f"s{number}@trade" for number in range(1_025)]))["code"] == 2


async def test_names_that_are_held_already_do_not_count_twice(client: SocketClient) -> None:
    socket = await client.open("/public/ws")
    names = [f"s{number}@trade" for number in range(1_024)]
    for _ in range(2):
        assert (await asked(socket, "SUBSCRIBE", *names))["result"] is None
    assert (await asked(socket, "SUBSCRIBE", "one@trade"))["code"] == 2
    assert len((await asked(socket, "LIST_SUBSCRIPTIONS"))["result"]) == 1_024


@pytest.mark.parametrize("path", ["/public/ws/", "/public/stream?streams="])
async def test_an_address_may_name_as_many_streams_as_a_connection_carries(client: SocketClient, path: str) -> None:
    names = [f"{number}usdt_perpetual@continuousKline_15m" for number in range(1_025)]
    await client.open(path + "/".join([*names[:-1], *names[:10]]))
    with pytest.raises(aiohttp.WSServerHandshakeError, match="400"):
        await client.open(path + "/".join(names))


@pytest.fixture
async def impatient() -> AsyncIterator[SocketClient]:
    """An exchange that pings at once, and whose readers may lag by few frames."""
    settings = replace(QUIET, ping_interval_s=0.05, pong_within_s=0.12, most_waiting_frames=50)
    async with LocalExchange(settings) as venue, aiohttp.ClientSession() as session:
        socket_client = SocketClient(session, venue, venue.runtime.default_key)
        yield socket_client
        await socket_client.close()


async def test_who_does_not_answer_pings_is_cut(impatient: SocketClient) -> None:
    address = f"{impatient.venue.stream}/public/ws"
    async with impatient.session.ws_connect(address, autoping=False) as socket:
        kinds = [(await socket.receive(timeout=5)).type]
        while kinds[-1] is aiohttp.WSMsgType.PING:
            kinds.append((await socket.receive(timeout=5)).type)
    assert kinds[0] is aiohttp.WSMsgType.PING
    assert kinds[-1] in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR, aiohttp.WSMsgType.CLOSING)


async def test_a_reader_that_lags_is_cut_and_holds_nobody_up(impatient: SocketClient) -> None:
    hub = impatient.venue.runtime.hub
    slow = await impatient.open("/public/ws/btcusdt@bookTicker")
    quick = await impatient.open("/public/ws/btcusdt@trade")
    await asked(quick, "LIST_SUBSCRIPTIONS")
    await asked(slow, "LIST_SUBSCRIPTIONS")
    for _ in range(51):
        hub.publish("btcusdt@bookTicker", b"{}")
    hub.publish("btcusdt@trade", b'{"e":"trade"}')
    assert await received(quick) == {"e": "trade"}
    async with asyncio.timeout(5):
        while not slow.closed:
            await slow.receive()
    assert not hub.is_subscribed("btcusdt@bookTicker")


async def test_a_reader_that_reads_nothing_is_cut_when_its_queue_is_full(impatient: SocketClient) -> None:
    hub, frame = impatient.venue.runtime.hub, b"x" * 4_000
    reader, writer = await asyncio.open_connection(HOME, impatient.venue.port)
    writer.write(
        b"GET /public/ws/btcusdt@bookTicker HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    while not hub.is_subscribed("btcusdt@bookTicker"):
        await asyncio.sleep(0)
    writer.transport.pause_reading()
    published = 0
    while hub.is_subscribed("btcusdt@bookTicker"):
        hub.publish("btcusdt@bookTicker", frame)
        published += 1
        await asyncio.sleep(0)
        assert published < 100_000
    assert published > 50
    writer.close()


async def test_who_does_not_say_goodbye_back_is_cut() -> None:
    async with LocalExchange(replace(QUIET, pong_within_s=0.3)) as venue, aiohttp.ClientSession() as session:
        client = SocketClient(session, venue, venue.runtime.default_key)
        key = (await client.raw("POST", "/fapi/v1/listenKey"))[2]["listenKey"]
        reader, writer = await asyncio.open_connection(HOME, venue.port)
        upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
        nonce = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
        writer.write(f"GET /private/ws/{key} HTTP/1.1\r\nHost: {HOME}\r\n{upgrade}\r\n{nonce}\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
        async with asyncio.timeout(5):
            while not venue.runtime.hub.is_subscribed(key):
                await asyncio.sleep(0.01)
            venue.faults.arm("listen_key_deleted")
            assert b"listenKeyExpired" in await reader.readuntil(REGULAR_END)
            assert await reader.read() == b""
        writer.close()


async def test_a_socket_is_cut_when_its_life_is_over() -> None:
    async with LocalExchange(replace(QUIET, socket_life_s=0.3)) as venue, aiohttp.ClientSession() as session:
        began = asyncio.get_running_loop().time()
        async with session.ws_connect(f"{venue.stream}/public/ws/btcusdt@trade") as socket:
            message = await socket.receive(timeout=5)
        assert message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR, aiohttp.WSMsgType.CLOSING)
        assert asyncio.get_running_loop().time() - began >= 0.3


async def test_a_day_of_a_hurried_clock_is_over_sooner() -> None:
    settings = replace(QUIET, socket_life_s=200.0, clock=VirtualClock(rate=1000.0))
    async with LocalExchange(settings) as venue, aiohttp.ClientSession() as session:
        async with session.ws_connect(f"{venue.stream}/public/ws/btcusdt@trade") as socket:
            message = await socket.receive(timeout=5)
        assert message.type in (aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR, aiohttp.WSMsgType.CLOSING)
