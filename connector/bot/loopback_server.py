"""A small HTTP server of the bot's own, for this machine alone: what metrics and the page are served by.

It listens on 127.0.0.1, answers programs of this machine that name it so, and nobody that a foreign page sent: a name
of the network that was pointed at this machine (DNS rebinding) is refused by the Host that it brings.
"""

import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

from aiohttp import web

from connector.core.faults import ConfigFault
from connector.simulator.access.loopback import HOME, is_local_caller

_LOG = logging.getLogger(__name__)
#: A server that ends waits no longer for answers under way.
_ENDS_WITHIN_S = 1.0
_KEPT_OPEN_S = 20.0
#: What may stay open at once: a page, a scraper, and some more.
_MOST_CONNECTIONS = 32
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

    def __init__(self, option: str, port: int, handler: Handler) -> None:
        """`option`: what the port was said by, for whoever reads that it is taken. `port`: 0 picks a free one."""
        self._option, self._wanted, self._handler = option, port, handler
        #: What it listens on, once it does.
        self.port = 0
        self._open = 0

    @property
    def address(self) -> str:
        return f"http://{HOME}:{self.port}"

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Answers for as long as the block lasts. Raises `ConfigFault` for a port that can't be had."""
        server = web.Server(self._answer, access_log=None, keepalive_timeout=_KEPT_OPEN_S)
        runner = web.ServerRunner(server, handle_signals=False, shutdown_timeout=_ENDS_WITHIN_S)
        await runner.setup()
        try:
            await self._listen(runner)
            yield
        finally:
            await runner.cleanup()

    async def _listen(self, runner: web.ServerRunner) -> None:
        site = web.TCPSite(runner, HOME, self._wanted)
        try:
            await site.start()
        except OSError as error:
            rule = f"cannot be listened on: {error.strerror or error}"
            raise ConfigFault(self._option, self._wanted, rule, "name another port, or 0 for a free one") from error
        self.port = runner.addresses[0][1]

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        if self._open >= _MOST_CONNECTIONS:
            return _with_headers(web.Response(status=503, text="too many requests at once\n"))
        self._open += 1
        try:
            return _with_headers(await self._checked(request))
        finally:
            self._open -= 1

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
            _LOG.exception("answering %s %s failed", request.method, self._option)
            return web.Response(status=500, text="a defect of this program; the log holds the details\n")


def _with_headers(answer: web.StreamResponse) -> web.StreamResponse:
    if not answer.prepared:
        for name, value in _HEADERS.items():
            answer.headers.setdefault(name, value)
    return answer
