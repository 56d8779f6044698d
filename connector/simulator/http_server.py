"""The HTTP server: hands requests to one handler, and answers what is no HTTP in the venue's error shape."""

import logging

from aiohttp import web
from aiohttp.typedefs import Handler

from connector.simulator.errors import VenueError
from connector.simulator.rest.dispatch import refused

_LOG = logging.getLogger(__name__)
_RUBBISH = refused(VenueError(-1013))
#: An address may name as many streams as a connection carries (1,024), by their whole names.
MOST_BYTES_OF_A_LINE = 65_536


class _HttpConnection(web.RequestHandler):
    """One connection. What is no HTTP is its sender's mistake and no error of the exchange."""

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        _LOG.debug("a request of %s is no HTTP: %s", request.remote, exc)
        if request.writer.output_size > 0:
            raise ConnectionError("part of an answer was sent")
        reply = web.Response(status=400, body=_RUBBISH.body, content_type="application/json")
        reply.force_close()
        return reply


class HttpServer(web.Server):
    """A server whose every request goes to `handler`."""

    def __init__(self, handler: Handler) -> None:
        super().__init__(handler, access_log=None, max_line_size=MOST_BYTES_OF_A_LINE)  # type: ignore[arg-type]

    def __call__(self) -> web.RequestHandler:
        return _HttpConnection(self, loop=self._loop, **self._kwargs)
