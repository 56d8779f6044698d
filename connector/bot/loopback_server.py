"""A small HTTP server of the bot's own, for this machine alone: what metrics and the page are served by.

It listens on 127.0.0.1, answers programs of this machine that name it so, and nobody that a foreign page sent: a name
of the network that was pointed at this machine (DNS rebinding) is refused by the Host that it brings.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web

from connector.core.faults import ConfigFault
from connector.simulator.access.loopback import HOME, is_local_caller

_LOG = logging.getLogger(__name__)
#: A server that ends waits no longer for answers under way.
_ENDS_WITHIN_S = 1.0
_KEPT_OPEN_S = 20.0
#: What may stay open at once: a page, a scraper, and some more. Each is a file of the process that trades.
MOST_CONNECTIONS = 32
#: So many at most are taken between two looks at how many there are.
_TAKEN_AT_ONCE = 8
#: A defect is told no more often: who asks again and again must not fill the log.
_DEFECT_EVERY_S = 60.0
#: What every answer brings: nothing is kept, framed, guessed or told to others.
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


class LoopbackServer:
    """One port. `handler` answers what may ask; a defect of it is logged, and answered by 500."""

    def __init__(self, option: str, port: int, handler: Handler, *, kept_open_s: float = _KEPT_OPEN_S) -> None:
        """`option`: what the port was said by, for whoever reads that it is taken. `port`: 0 picks a free one.
        `kept_open_s`: a connection that asks nothing for so long is closed."""
        self._option, self._wanted, self._handler, self._kept_open_s = option, port, handler, kept_open_s
        #: What it listens on, once it does.
        self.port = 0
        self._defect_at_s = -_DEFECT_EVERY_S

    @property
    def address(self) -> str:
        return f"http://{HOME}:{self.port}"

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Answers for as long as the block lasts. Raises `ConfigFault` for a port that can't be had."""
        server = _Connections(self._answer, self._kept_open_s)
        runner = web.ServerRunner(server, handle_signals=False, shutdown_timeout=_ENDS_WITHIN_S)
        await runner.setup()
        try:
            await self._listen(runner)
            yield
        finally:
            await runner.cleanup()

    async def _listen(self, runner: web.ServerRunner) -> None:
        site = web.TCPSite(runner, HOME, self._wanted, backlog=_TAKEN_AT_ONCE)
        try:
            await site.start()
        except OSError as error:
            rule = f"cannot be listened on: {error.strerror or error}"
            raise ConfigFault(self._option, self._wanted, rule, "name another port, or 0 for a free one") from error
        self.port = runner.addresses[0][1]

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        return _with_headers(await self._checked(request))

    async def _checked(self, request: web.BaseRequest) -> web.StreamResponse:
        hosts = request.headers.getall("Host", [])
        origin = request.headers.get("Origin")
        if len(hosts) != 1 or not is_local_caller(request.remote or "", hosts[0], origin):
            return web.Response(status=403, text="this is for programs of this machine, by the address 127.0.0.1\n")
        try:
            return await self._handler(request)
        except web.HTTPException as refusal:
            return web.Response(status=refusal.status, text=f"{refusal.reason}\n")
        except Exception:
            self._note_defect(request)
            return web.Response(status=500, text="a defect of this program; the log holds the details\n")

    def _note_defect(self, request: web.BaseRequest) -> None:
        now_s = time.monotonic()
        if now_s - self._defect_at_s >= _DEFECT_EVERY_S:
            self._defect_at_s = now_s
            _LOG.exception("answering %s %s failed", request.method, self._option)


class _Connections(web.Server):
    """The connections of a server: so many at most, and none that asks nothing."""

    def __init__(self, handler: Handler, kept_open_s: float) -> None:
        super().__init__(self._heard, access_log=None, keepalive_timeout=kept_open_s)
        self._answer, self._kept_open_s = handler, kept_open_s
        #: What ends those that asked nothing yet; later silences are ended by aiohttp.
        self._silent: dict[web.RequestHandler, asyncio.TimerHandle] = {}

    def connection_made(self, handler: web.RequestHandler, transport: asyncio.Transport) -> None:
        if len(self.connections) >= MOST_CONNECTIONS:
            transport.abort()
            return
        super().connection_made(handler, transport)
        self._silent[handler] = asyncio.get_running_loop().call_later(self._kept_open_s, transport.abort)

    def connection_lost(self, handler: web.RequestHandler, exc: BaseException | None = None) -> None:
        self._speaks(handler)
        super().connection_lost(handler, exc)

    async def _heard(self, request: web.BaseRequest) -> web.StreamResponse:
        self._speaks(request.protocol)
        return await self._answer(request)

    def _speaks(self, handler: web.RequestHandler) -> None:
        if (timer := self._silent.pop(handler, None)) is not None:
            timer.cancel()


def _with_headers(answer: web.StreamResponse) -> web.StreamResponse:
    if not answer.prepared:
        for name, value in _HEADERS.items():
            answer.headers.setdefault(name, value)
    return answer
