"""Requests through a proxy, by aiohttp: tunnels and the proxy's own words are its matter."""

import asyncio
from collections.abc import Mapping
from ssl import SSLContext

import aiohttp
from aiohttp import ClientHandlerType, ClientRequest, ClientResponse
from yarl import URL

from connector.core.faults import failure_text
from connector.core.figures import cut
from connector.net.answer_body import ACCEPTED, BadBody, read_body
from connector.net.rest.answers import HttpAnswer, NoAnswer


class _OneSending:
    """Lets a request be sent once: aiohttp sends what it holds for idempotent (a DELETE) again by itself when a
    connection that was kept open breaks, whatever became of it at the other side."""

    __slots__ = ("_was_sent",)

    def __init__(self) -> None:
        self._was_sent = False

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        if self._was_sent:
            raise aiohttp.ServerDisconnectedError("the connection broke before an answer came")
        self._was_sent = True
        return await handler(request)


class ProxiedHttp:
    """Connections through one proxy."""

    def __init__(self, proxy: str, timeout_s: float, connect_within_s: float, tls: SSLContext) -> None:
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=timeout_s, connect=connect_within_s, sock_connect=connect_within_s),
            # Found once: aiohttp itself looks anew for each request, in a thread, and adds what it finds in .netrc.
            proxy=proxy,
            connector=aiohttp.TCPConnector(limit=0, ssl=tls),
            auto_decompress=False,
            headers={"Accept-Encoding": ACCEPTED},
            # No cookie of the venue's means anything to us, and a jar of them grows.
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def send(
        self, method: str, address: str, headers: Mapping[str, str], long_answers: asyncio.Lock
    ) -> HttpAnswer:
        """As `net/http` has it."""
        try:
            async with self._session.request(
                method, URL(address, encoded=True), headers=headers, allow_redirects=False, middlewares=(_OneSending(),)
            ) as response:
                try:
                    packing = response.headers.get("Content-Encoding", "")
                    body = await read_body(response.status, packing, response.content.iter_any(), long_answers)
                    return HttpAnswer(response.status, response.headers, body)
                except BadBody:
                    response.close()
                    raise
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NoAnswer(cut(failure_text(error)), sent=False) from error
        except aiohttp.ClientHttpProxyError as error:
            raise NoAnswer(f"the proxy makes no connection: HTTP {error.status}", sent=False) from error
        except (TimeoutError, aiohttp.ClientError, OSError, BadBody) as error:
            raise NoAnswer(cut(failure_text(error)), sent=True) from error

    async def close(self) -> None:
        await self._session.close()
