"""A service that messages are sent to, as `apprise` speaks to it: on loopback, and in the moods that services have."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.companions.keys.canaries import secret_file
from tests.companions.keys.stores import API_SECRET


class MessageService:
    """Keeps what came. `mood`: `takes`, `refuses`, or `hangs`."""

    def __init__(self, mood: str = "takes") -> None:
        self.mood = mood
        self.messages: list[dict[str, Any]] = []
        self.asked = 0
        self.port = 0

    @property
    def text(self) -> str:
        return "\n".join(f"{row['title']}\n{row['message']}" for row in self.messages)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["MessageService"]:
        """Listens for as long as the block lasts."""
        runner = web.ServerRunner(web.Server(self._take, access_log=None), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.port = runner.addresses[0][1]
        try:
            yield self
        finally:
            await runner.cleanup()

    def addresses(self, conf: Path) -> Path:
        """The file of a home that names it, with a token that must be seen nowhere else."""
        conf.mkdir(parents=True, exist_ok=True)
        text = f"# where messages go\n\njson://127.0.0.1:{self.port}/{API_SECRET}\n"
        return secret_file(conf / "notify-addresses", text)

    async def _take(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked += 1
        if self.mood == "hangs":
            await asyncio.sleep(3600)
        if self.mood == "refuses":
            return web.Response(status=500, text=f"no: {request.path}")
        self.messages.append(await request.json())
        return web.Response(text="ok")
