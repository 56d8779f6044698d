"""A headless Chromium, spoken to by its DevTools protocol: enough to look at a page and press its buttons."""

import asyncio
import json
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
#: Without these a browser looks for its maker's hosts at every start.
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--window-size=1300,1200",
)  # fmt: skip
STARTS_WITHIN_S = 30.0


class Page:
    """One open page. What its scripts complain of is kept in `errors`."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self._socket, self._next = socket, 0
        self.errors: list[str] = []

    async def command(self, method: str, **params: object) -> Any:
        """A command of the protocol and its result."""
        self._next += 1
        await self._socket.send_json({"id": self._next, "method": method, "params": params})
        while True:
            told = json.loads(await self._socket.receive_str())
            if told.get("method") == "Runtime.exceptionThrown":
                self.errors.append(str(told["params"]["exceptionDetails"]))
            if told.get("id") == self._next:
                return told["result"]

    async def value(self, script: str) -> Any:
        """What a script's expression evaluates to, promises awaited."""
        told = await self.command("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    async def until(self, script: str, within_s: float = 10.0) -> Any:
        """Waits until an expression is true, and returns it."""
        async with asyncio.timeout(within_s):
            while not (found := await self.value(script)):
                await asyncio.sleep(0.05)
        return found


@asynccontextmanager
async def page_at(address: str) -> AsyncIterator[Page]:
    """A page in a browser of its own, which ends with the block."""
    assert CHROMIUM
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = (CHROMIUM, *QUIET, "--remote-debugging-port=0", f"--user-data-dir={profile}", address)
        quiet = asyncio.subprocess.DEVNULL
        browser = await asyncio.create_subprocess_exec(*command, stdout=quiet, stderr=quiet)
        try:
            port = await _port_of(profile)
            async with ClientSession() as session, session.get(f"http://127.0.0.1:{port}/json") as answer:
                (target,) = [row for row in await answer.json() if row["type"] == "page"]
                async with session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                    page = Page(socket)
                    await page.command("Runtime.enable")
                    yield page
        finally:
            browser.terminate()
            await browser.wait()


async def _port_of(profile: str) -> int:
    """The port that the browser chose, which it writes down when it listens."""
    async with asyncio.timeout(STARTS_WITHIN_S):
        while (port := _written(Path(profile) / "DevToolsActivePort")) is None:
            await asyncio.sleep(0.05)
    return port


def _written(file: Path) -> int | None:
    lines = file.read_text().splitlines() if file.exists() else []
    return int(lines[0]) if len(lines) > 1 else None
