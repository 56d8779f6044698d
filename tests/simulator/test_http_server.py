import asyncio
import json
import logging

import pytest

from connector.simulator.server import LocalExchange


async def exchanged(venue: LocalExchange, sent: bytes) -> bytes:
    """What comes back until the exchange closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", venue.port)
    writer.write(sent)
    came = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    await writer.wait_closed()
    return came


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64) + b"\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n",
    ],
)
async def test_what_is_no_http_is_told_so_in_the_venues_shape(
    venue: LocalExchange, caplog: pytest.LogCaptureFixture, sent: bytes
) -> None:
    came = await exchanged(venue, sent)
    head, _, body = came.partition(b"\r\n\r\n")
    assert head.split()[1] == b"400"
    assert json.loads(body) == {"code": -1013, "msg": "Invalid message."}
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert b" 200 " in await exchanged(venue, b"GET /fapi/v1/ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")


async def test_a_handshake_that_is_none_is_refused_in_the_venues_shape(venue: LocalExchange) -> None:
    head = b"GET /ws-fapi/v1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: close\r\n\r\n"
    came = await exchanged(venue, head)
    assert came.startswith(b"HTTP/1.1 400 ") and came.endswith(b'{"code":-1013,"msg":"Invalid message."}')
