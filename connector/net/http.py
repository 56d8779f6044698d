"""HTTP: sends a request as it is spelt, and tells apart "never left" from "no answer came".

What ends risk (cancels, closing orders) has connections of its own: it never queues behind orders whose answers are
slow. Neither kind has a limit of connections here, for a request that waits in a pool is signed already and gets
old; who may leave is settled before (`net/limits/admission`).
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from aiohttp import ClientHandlerType, ClientRequest, ClientResponse
from yarl import URL

from connector.core.figures import cut
from connector.net.answer_body import ACCEPTED, BadBody, read_body

#: For a connection: the name, the socket and TLS. It ends before the whole of the time is up, so that what never
#: left is told from what was not answered.
CONNECT_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """Status, headers and body as received."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NoAnswer(Exception):
    """No answer came. `sent` False: the request did not leave this machine."""

    def __init__(self, why: str, *, sent: bool) -> None:
        super().__init__(why)
        self.sent = sent


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


class Http:
    """Connections to one host. Verifies TLS, always; follows no redirect, which would carry the key elsewhere."""

    def __init__(self, timeout_s: float = 10.0, *, through_proxy: bool = True) -> None:
        """`through_proxy` honours the standard proxy variables: not for an exchange on this machine."""
        self._through_proxy = through_proxy
        connect_s = min(CONNECT_WITHIN_S, timeout_s / 2)
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, connect=connect_s, sock_connect=connect_s)
        self._sessions: dict[bool, aiohttp.ClientSession] = {}
        self._long_answers = asyncio.Lock()

    async def send(self, method: str, address: str, headers: Mapping[str, str], *, urgent: bool = False) -> HttpAnswer:
        """Sends one request, once; `address` goes out byte for byte, an answer of more than 64 MiB is none,
        and of an error whose body is no sense the status remains. `urgent` ones have connections of their own.

        Raises `NoAnswer`.
        """
        session = self._sessions.get(urgent) or self._open(urgent, address)
        # A POST is never sent again by itself, and is the one that must be fast.
        once = () if method == "POST" else (_OneSending(),)
        try:
            async with session.request(
                method, URL(address, encoded=True), headers=headers, allow_redirects=False, middlewares=once
            ) as response:
                try:
                    body = await read_body(response, self._long_answers)
                    return HttpAnswer(response.status, response.headers, body)
                except BadBody:
                    response.close()
                    raise
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NoAnswer(str(error), sent=False) from error
        except (TimeoutError, aiohttp.ClientError, OSError, BadBody) as error:
            raise NoAnswer(cut(str(error)) or type(error).__name__, sent=True) from error

    async def close(self) -> None:
        sessions = tuple(self._sessions.values())
        self._sessions.clear()
        for session in sessions:
            await session.close()

    def _open(self, urgent: bool, address: str) -> aiohttp.ClientSession:
        session = aiohttp.ClientSession(
            timeout=self._timeout,
            # Found once: aiohttp itself looks anew for each request, in a thread, and adds what it finds in .netrc.
            proxy=_proxy_to(address) if self._through_proxy else None,
            connector=aiohttp.TCPConnector(limit=0),
            auto_decompress=False,
            headers={"Accept-Encoding": ACCEPTED},
            # No cookie of the venue's means anything to us, and a jar of them grows.
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        self._sessions[urgent] = session
        return session


def _proxy_to(address: str) -> str | None:
    """The proxy that the standard variables name for a host; None where it is reached directly."""
    parts = urlsplit(address)
    if parts.hostname is None or proxy_bypass(parts.hostname):
        return None
    return getproxies().get(parts.scheme)
