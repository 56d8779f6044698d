"""Venues of the WS-API that do what the local exchange would not: each frame is answered by a script."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from aiohttp import web

#: The frames that one request brings; one that begins with "after SECONDS " comes so much later.
Script = Callable[[dict[str, Any]], list[str]]


@contextlib.asynccontextmanager
async def listening(handle: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """An address where `handle` takes WebSockets."""
    app = web.Application()
    app.router.add_get("/ws", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"ws://127.0.0.1:{runner.addresses[0][1]}/ws"
    await runner.cleanup()


def scripted(script: Script) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Answers each request by the script."""

    async def handle(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(timeout=0.1)
        await socket.prepare(request)
        async for message in socket:
            for frame in script(json.loads(message.data)):
                words = frame.split(" ", 2)
                if words[0] == "after":
                    await asyncio.sleep(float(words[1]))
                await socket.send_str(words[2] if words[0] == "after" else frame)
        return socket

    return handle
