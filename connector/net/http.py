"""HTTP: sends a request as it is spelt, and tells apart "never left" from "no answer came".

What ends risk (cancels, closing orders) has connections of its own: it never queues behind orders whose answers are
slow. A host that is reached directly is asked over connections of our own, since a general client's are half of an
order's way to the socket; one behind a proxy by aiohttp.
"""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from connector.core.faults import failure_text
from connector.core.figures import cut
from connector.net.answer_body import BadBody, read_body
from connector.net.reach import BadProxy, Reach
from connector.net.rest.answers import HttpAnswer, NoAnswer
from connector.net.rest.connection import BadAnswer, HttpConnection
from connector.net.rest.pool import HttpPool

if TYPE_CHECKING:
    from connector.net.rest.proxied import ProxiedHttp

__all__ = ["Http", "HttpAnswer", "NoAnswer"]

#: For a connection: the name, the socket and TLS. It ends before the whole of the time is up, so that what never
#: left is told from what was not answered.
CONNECT_WITHIN_S = 5.0


class Http:
    """Connections to hosts. Verifies TLS, always; follows no redirect, which would carry the key elsewhere; keeps no
    cookie."""

    def __init__(self, timeout_s: float = 10.0, *, through_proxy: bool = True) -> None:
        """`through_proxy` honours the standard proxy variables: not for an exchange on this machine."""
        self._through_proxy = through_proxy
        self._reach = Reach()
        self._timeout_s = timeout_s
        self._connect_within_s = min(CONNECT_WITHIN_S, timeout_s / 2)
        #: By origin, and by whether it is for what ends risk.
        self._ways: dict[tuple[str, bool], HttpPool | ProxiedHttp] = {}
        self._long_answers = asyncio.Lock()

    def keep_to(self, reach: Reach) -> None:
        """The hosts of one domain alone are asked; to be called before anything is."""
        self._reach = reach

    async def send(self, method: str, address: str, headers: Mapping[str, str], *, urgent: bool = False) -> HttpAnswer:
        """Sends one request, once; `address` goes out byte for byte, an answer of more than 64 MiB is none,
        and of an error whose body is no sense the status remains. `urgent` ones have connections of their own.

        Raises `NoAnswer`, and `UnavailableFault` for a host that it may not ask.
        """
        origin, target = _split(address)
        way = self._ways.get((origin, urgent)) or self._way(origin, urgent)
        if not isinstance(way, HttpPool):
            return await way.send(method, address, headers, self._long_answers)
        request = _spelt(method, target, way.lines, headers)
        until_s = asyncio.get_running_loop().time() + self._timeout_s
        connection = way.idle() or await _opened(way)
        try:
            if not connection.can_go_on:
                raise NoAnswer("the connection ended before anything was sent", sent=False)
            return await self._answer(connection, request, until_s)
        finally:
            way.give_back(connection)

    async def _answer(self, connection: HttpConnection, request: bytes, until_s: float) -> HttpAnswer:
        try:
            status, headers = await connection.ask(request, until_s)
            packing = headers.get("Content-Encoding", "")
            body = await read_body(status, packing, connection.pieces(), self._long_answers)
            return HttpAnswer(status, headers, body)
        except (TimeoutError, OSError, BadAnswer, BadBody) as error:
            raise NoAnswer(cut(failure_text(error)), sent=True) from error

    async def close(self) -> None:
        ways = tuple(self._ways.values())
        self._ways.clear()
        for way in ways:
            if isinstance(way, HttpPool):
                way.close()
            else:
                await way.close()
        # The loop lets go of the sockets in its next turn.
        await asyncio.sleep(0)

    def _way(self, origin: str, urgent: bool) -> "HttpPool | ProxiedHttp":
        reach, within_s = self._reach, self._connect_within_s
        reach.require(origin)
        try:
            proxy = reach.proxy_to(origin) if self._through_proxy else None
        except BadProxy as error:
            raise NoAnswer(str(error), sent=False) from error
        way: HttpPool | ProxiedHttp
        way = HttpPool(origin, within_s, reach) if proxy is None else self._proxied(proxy, within_s)
        self._ways[origin, urgent] = way
        return way

    def _proxied(self, proxy: str, within_s: float) -> "ProxiedHttp":
        # aiohttp, 9 MB, that nobody needs without a proxy.
        from connector.net.rest.proxied import ProxiedHttp

        return ProxiedHttp(proxy, self._timeout_s, within_s, self._reach.tls)


async def _opened(pool: HttpPool) -> HttpConnection:
    try:
        return await pool.opened()
    except TimeoutError as error:
        raise NoAnswer("no connection came about in time", sent=False) from error
    except OSError as error:
        raise NoAnswer(cut(failure_text(error)), sent=False) from error


def _split(address: str) -> tuple[str, str]:
    """An address as its origin and what is asked of it."""
    start = address.find("/", address.index("://") + 3)
    return (address, "/") if start < 0 else (address[:start], address[start:])


def _spelt(method: str, target: str, lines: str, headers: Mapping[str, str]) -> bytes:
    """A request without a body, as its bytes. Raises ValueError for what would be more than one line."""
    own = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    if not target.isprintable() or own.count("\n") != len(headers):
        raise ValueError(f"{method}: a line break in an address or a header")
    length = "" if method == "GET" else "Content-Length: 0\r\n"
    return f"{method} {target} HTTP/1.1\r\n{lines}{own}{length}\r\n".encode("ascii")
