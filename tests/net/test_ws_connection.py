"""One socket of the WS-API against venues that answer as they like: what was written and not answered is unknown."""

import asyncio
import base64
import contextlib
import hashlib
import json
import logging
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest
from aiohttp import web

from connector.net.http import HttpAnswer, NoAnswer
from connector.net.reach import Reach
from connector.net.system_clock import SystemClock
from connector.net.ws_connection import WsConnection
from tests.companions.local_trading import until
from tests.companions.net.ws_venues import Script, listening, scripted


@contextlib.asynccontextmanager
async def connected(script: Script) -> AsyncIterator[WsConnection]:
    """A connection to a venue that answers by `script`."""
    async with listening(scripted(script)) as address:
        connection = WsConnection("orders", SystemClock(), Reach())
        assert (await connection.open(address)).status == 200
        watching = asyncio.create_task(connection.watch())
        try:
            yield connection
        finally:
            connection.drop("the test is over")
            await watching


def result(number: object, **fields: object) -> str:
    return json.dumps({"id": number, "status": 200, "result": fields})


async def unanswered(connection: WsConnection, within_s: float = 5.0) -> NoAnswer:
    with pytest.raises(NoAnswer) as silence:
        await connection.ask("order.place", b"{}", within_s)
    return silence.value


async def test_answers_find_their_requests_in_whatever_order_they_come() -> None:
    held: list[int] = []

    def backwards(request: dict[str, object]) -> list[str]:
        held.append(int(str(request["id"])))
        return [result(number, of=number) for number in reversed(held)] if len(held) == 5 else []

    async with connected(backwards) as connection:
        answers = await asyncio.gather(*(connection.ask("order.place", b"{}", 5.0) for _ in range(5)))
    assert [json.loads(answer.body)["of"] for answer in answers] == [1, 2, 3, 4, 5]


async def test_a_burst_of_answers_wakes_a_few_a_turn_so_that_others_are_served_meanwhile() -> None:
    held: list[object] = []
    turns: list[int] = []
    woken = 0

    def at_once(request: dict[str, object]) -> list[str]:
        held.append(request["id"])
        return [result(number) for number in held] if len(held) == 100 else []

    async def asks(connection: WsConnection) -> None:
        nonlocal woken
        await connection.ask("order.place", b"{}", 5.0)
        woken += 1

    async with connected(at_once) as connection:
        asked = [asyncio.create_task(asks(connection)) for _ in range(100)]
        while woken < 100:
            turns.append(woken)
            await asyncio.sleep(0)
        await asyncio.gather(*asked)
    steps = [later - sooner for sooner, later in pairwise([*turns, woken])]
    assert max(steps) <= 16
    assert sum(steps) == 100


async def test_answers_that_came_before_the_end_are_answers() -> None:
    held: list[object] = []

    def at_once(request: dict[str, object]) -> list[str]:
        held.append(request["id"])
        # The last frame answers nobody, which ends the connection.
        return [*(result(number) for number in held), result(None)] if len(held) == 50 else []

    async with connected(at_once) as connection:
        answers = await asyncio.gather(*(connection.ask("order.place", b"{}", 5.0) for _ in range(50)))
        assert [answer.status for answer in answers] == [200] * 50
        assert not connection.is_open


async def test_each_request_waits_a_time_of_its_own() -> None:
    def answers_the_second(request: dict[str, object]) -> list[str]:
        return [result(request["id"])] if request["id"] == 2 else []

    async with connected(answers_the_second) as connection:
        loop, began_s = asyncio.get_running_loop(), asyncio.get_running_loop().time()
        first = asyncio.create_task(unanswered(connection, 0.2))
        await asyncio.sleep(0.1)
        assert (await connection.ask("order.place", b"{}", 0.2)).status == 200
        third = asyncio.create_task(unanswered(connection, 0.2))
        assert (await first).sent
        assert loop.time() - began_s >= 0.19
        assert not third.done(), "the first one's end is not the other's"
        assert (await third).sent
        assert loop.time() - began_s >= 0.29


async def test_a_request_is_told_to_have_left_before_its_answer_comes() -> None:
    order: list[str] = []
    async with connected(lambda request: [result(request["id"])]) as connection:
        await connection.ask("order.place", b"{}", 5.0, lambda: order.append("left"))
        order.append("answered")
    assert order == ["left", "answered"]


async def test_what_waits_for_room_has_not_left() -> None:
    """The other side reads nothing, so that the system takes no more."""
    left: list[int] = []
    over = asyncio.Event()

    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        (row,) = [line for line in head.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key")]
        accept = base64.b64encode(hashlib.sha1(row.split(b": ")[1] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest())
        writer.write(b"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ")
        writer.write(accept + b"\r\n\r\n")
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await over.wait()
        writer.transport.abort()

    server = await asyncio.start_server(deaf, "127.0.0.1", 0)
    connection = WsConnection("orders", SystemClock(), Reach())
    await connection.open(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ws")
    watching = asyncio.create_task(connection.watch())
    params = b'{"newClientOrderId":"%s"}' % (b"x" * 200_000)
    asked = [
        asyncio.create_task(connection.ask("order.place", params, 5.0, lambda n=n: left.append(n)))  # type: ignore[misc]
        for n in range(60)
    ]
    await asyncio.sleep(0.2)
    assert left == list(range(len(left)))
    assert 0 < len(left) < 60, "the first left, the last wait"
    connection.drop("the test is over")
    for silence in await asyncio.gather(*asked, return_exceptions=True):
        assert isinstance(silence, NoAnswer)
        assert silence.sent, "of what waited some may have left"
    await watching
    over.set()
    server.close()
    await server.wait_closed()


async def test_what_the_socket_swallows_is_unknown_and_ends_it() -> None:
    async with connected(lambda request: []) as connection:
        silence = await unanswered(connection, 0.05)
        assert silence.sent
        assert not connection.is_open
        assert not (await unanswered(connection)).sent, "what finds it gone was not sent"


async def test_an_answer_that_stays_out_while_others_come_ends_nothing() -> None:
    def never_the_first(request: dict[str, object]) -> list[str]:
        return [] if request["id"] == 1 else [result(request["id"])]

    async with connected(never_the_first) as connection:
        slow = asyncio.create_task(unanswered(connection, 0.2))
        await asyncio.sleep(0.05)
        assert (await connection.ask("order.place", b"{}", 5.0)).status == 200
        assert (await slow).sent
        assert connection.is_open
        assert (await connection.ask("order.place", b"{}", 5.0)).status == 200


async def test_while_nothing_is_heard_it_is_doubted_and_the_first_word_ends_the_doubt() -> None:
    waiting: list[int] = []

    def with_the_second(request: dict[str, object]) -> list[str]:
        waiting.append(int(str(request["id"])))
        return [result(number) for number in waiting] if len(waiting) == 2 else []

    async with connected(with_the_second) as connection:
        first = asyncio.create_task(connection.ask("order.cancel", b"{}", 5.0))
        await asyncio.sleep(0.2)
        assert not connection.is_doubted
        await until(lambda: connection.is_doubted, "doubted")
        await connection.ask("order.cancel", b"{}", 5.0)
        assert (await first).status == 200
        assert not connection.is_doubted


@pytest.mark.parametrize(
    "reply",
    [
        lambda request: [json.dumps({"id": request["id"], "status": 200})],
        lambda request: [json.dumps({"id": request["id"], "status": "x", "result": {}})],
        lambda request: [json.dumps({"id": request["id"], "result": {}})],
    ],
)
async def test_an_answer_of_nonsense_is_no_answer_to_its_request_and_the_next_is_asked(reply: Script) -> None:
    sane: list[bool] = []

    def script(request: dict[str, object]) -> list[str]:
        return [result(request["id"])] if sane else reply(request)

    async with connected(script) as connection:
        assert (await unanswered(connection)).sent
        sane.append(True)
        assert (await connection.ask("order.place", b"{}", 5.0)).status == 200


REVOKED = '{"id":null,"status":401,"error":{"code":-2015,"msg":"x"}}'
SHUTDOWN = '{"event":{"e":"serverShutdown","E":1}}'


@pytest.mark.parametrize("frame", ["", "{", "[]", "<html>", REVOKED])
async def test_an_answer_to_nobody_ends_it_and_whoever_waits_knows_nothing(frame: str) -> None:
    async with connected(lambda request: [frame]) as connection:
        silence = await unanswered(connection)
        assert silence.sent
        assert "an answer to nobody" in str(silence)


@pytest.mark.parametrize("number", [99, -1, 0])
async def test_an_answer_to_what_was_never_asked_is_told_and_changes_nothing(
    number: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    async with connected(lambda request: [result(number), result(request["id"])]) as connection:
        assert (await connection.ask("order.place", b"{}", 5.0)).status == 200
    assert f"was never asked for: number {number}" in caplog.text


async def test_an_answer_that_comes_twice_or_late_is_told_and_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    async with connected(lambda request: [result(request["id"], at=1), result(request["id"], at=2)]) as connection:
        answers = [await connection.ask("order.place", b"{}", 5.0) for _ in range(3)]
    assert [json.loads(answer.body)["at"] for answer in answers] == [1, 1, 1]
    assert "comes late, or again: number 1" in caplog.text


async def test_the_venues_word_that_it_ends_soon_asks_for_a_successor_and_loses_no_answer() -> None:
    async with connected(lambda request: [SHUTDOWN, result(request["id"])]) as connection:
        assert (await connection.ask("order.place", b"{}", 5.0)).status == 200
        assert connection.is_due
        assert connection.is_open


async def test_a_session_that_the_venue_no_longer_knows_is_logged_on_anew() -> None:
    def refused(request: dict[str, object]) -> list[str]:
        return [json.dumps({"id": request["id"], "status": 401, "error": {"code": -2015, "msg": "x"}})]

    async with connected(refused) as connection:
        assert (await connection.ask("order.place", b"{}", 5.0)).status == 401
        assert not connection.is_due, "a key of its own is refused for good"
        connection.is_logged_on = True
        assert (await connection.ask("order.place", b"{}", 5.0)).status == 401
        assert connection.is_due


async def test_one_that_retires_waits_for_what_it_was_asked() -> None:
    async with connected(lambda request: [f"after 0.1 {result(request['id'])}"]) as connection:
        asked = asyncio.create_task(connection.ask("order.place", b"{}", 5.0))
        await asyncio.sleep(0.02)
        await connection.retire(5.0)
        assert (await asked).status == 200
        assert not connection.is_open


@pytest.mark.parametrize("status", [418, 429, 403, 503])
async def test_a_refused_handshake_is_an_answer(status: int) -> None:
    async def refusing(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text='{"code":-1003,"msg":"x"}', headers={"Retry-After": "7"})

    async with listening(refusing) as address:
        connection = WsConnection("orders", SystemClock(), Reach())
        answer: HttpAnswer = await connection.open(address)
    assert (answer.status, answer.headers["Retry-After"]) == (status, "7")
    assert not connection.is_open


async def test_a_redirect_is_not_followed() -> None:
    asked: list[str] = []

    async def elsewhere(request: web.Request) -> web.StreamResponse:
        asked.append(str(request.url))
        return web.Response(status=302, headers={"Location": str(request.url)})

    async with listening(elsewhere) as address:
        assert (await WsConnection("orders", SystemClock(), Reach()).open(address)).status == 302
    assert len(asked) == 1


async def test_nobody_there_was_not_sent() -> None:
    with pytest.raises(NoAnswer) as silence:
        await WsConnection("orders", SystemClock(), Reach()).open("ws://127.0.0.1:1/ws")
    assert not silence.value.sent
