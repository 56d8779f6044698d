"""The page of a running bot: on this machine alone, for who has the link, and read-only unless it was asked to be more.

Who may see and do what, and why a foreign page can't:

    the link       http://127.0.0.1:PORT/#TOKEN. What stands behind # never leaves the browser, is taken out of its
                   address at once, and is in no log. The page's files hold nothing; what does wants the token.
    the token      comes in a header of our own, never in a cookie or an address: no browser sends it by itself, and a
                   foreign page that adds it has to be allowed first, which none is (no CORS). It is new with each run.
    Host, Origin   have to name this machine: a foreign name that points here (DNS rebinding) is answered 403.
    the content    its script and style alone, no frame, no form, nothing from elsewhere; texts are set as texts.
    --page-control lets it pause and stop; without, these addresses do not exist.
"""

import asyncio
import contextlib
import hmac
import json
import secrets
from collections.abc import AsyncIterator
from functools import cache
from importlib.resources import files

from aiohttp import web

from connector.bot.loopback_server import LoopbackServer
from connector.bot.page.controls import Controls
from connector.bot.page.trail import EVERY_S, Trail
from connector.bot.page.view import view
from connector.bot.watched_run import WatchedRun
from connector.core.clock import Clock

OPTION = "--page"
HEADER = "X-Connector-Token"
#: What is served without the token, by path: the file and its kind.
FILES = {
    "/": ("page.html", "text/html"),
    "/page.css": ("page.css", "text/css"),
    "/page.js": ("page.js", "text/javascript"),
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_TOKEN_BYTES = 24


@cache
def page_file(path: str) -> tuple[bytes, str]:
    """A file of the page, and its kind."""
    name, kind = FILES[path]
    return files("connector.bot.page").joinpath(name).read_bytes(), kind


class RunPage:
    """Of one run."""

    def __init__(self, watched: WatchedRun, port: int, clock: Clock, *, controls: bool) -> None:
        """`port`: 0 picks a free one. `controls`: whether it may pause and stop."""
        self._watched = watched
        self._token = secrets.token_urlsafe(_TOKEN_BYTES)
        self._trail = Trail(clock)
        watched.watch(self._trail.watch)
        self._controls = Controls(watched) if controls else None
        self._server = LoopbackServer(OPTION, port, self._answer)

    @property
    def address(self) -> str:
        """Where it listens, once it serves."""
        return self._server.address

    @property
    def link(self) -> str:
        """What a person opens: a secret, since the token is in it."""
        return f"{self.address}/#{self._token}"

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """For as long as the block lasts. Raises `ConfigFault` for a port that can't be had."""
        async with self._server.serving():
            task = asyncio.create_task(self._remember())
            try:
                yield
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    async def _remember(self) -> None:
        while True:
            if self._watched.epoch is not None:
                self._trail.sample(self._watched.epoch)
            await asyncio.sleep(EVERY_S)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path in FILES:
            if request.method not in ("GET", "HEAD"):
                raise web.HTTPMethodNotAllowed(request.method, ("GET", "HEAD"))
            body, kind = page_file(request.path)
            return web.Response(
                body=body, content_type=kind, charset="utf-8", headers={"Content-Security-Policy": POLICY}
            )
        shown = request.headers.get(HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(shown, self._token.encode()):
            return web.Response(status=401, text="the link of this run is asked for\n")
        if request.path == "/view" and request.method == "GET":
            return self._view(request)
        return self._act(request)

    def _view(self, request: web.BaseRequest) -> web.Response:
        since = request.query.get("since", "0")
        since_ms = int(since) if since.isascii() and since.isdecimal() and len(since) < 16 else 0
        told = view(self._watched.epoch, self._trail, since_ms, request.query.get("pair", ""))
        controls = self._controls
        told["control"] = (
            None if controls is None else {"is_paused": controls.is_paused, "is_stopping": controls.is_stopping}
        )
        return web.Response(body=json.dumps(told).encode(), content_type="application/json")

    def _act(self, request: web.BaseRequest) -> web.Response:
        acts = {} if self._controls is None else self._controls.acts(request.query.get("strategy", ""))
        act = acts.get(request.path)
        if act is None:
            raise web.HTTPNotFound
        if request.method != "POST":
            raise web.HTTPMethodNotAllowed(request.method, ("POST",))
        act()
        return web.Response(status=204)
