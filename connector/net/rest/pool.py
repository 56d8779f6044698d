"""Connections to one host that are kept open between requests.

Without a limit of their number: a request that waited here would be signed already and get old; who may leave is
settled before (`net/limits/admission`).
"""

import asyncio
import socket
from typing import Final
from urllib.parse import urlsplit

from aiohappyeyeballs import start_connection

from connector.net.answer_body import ACCEPTED
from connector.net.reach import Reach
from connector.net.rest.connection import HttpConnection

#: A connection that nobody used for so long may be gone at the other side without a word.
IDLE_S: Final = 15.0
#: Before the next address of a host is tried beside the first.
_NEXT_ADDRESS_AFTER_S: Final = 0.25


class HttpPool:
    """Of one origin, such as `https://exchange.test`."""

    def __init__(self, origin: str, connect_within_s: float, reach: Reach) -> None:
        parts = urlsplit(origin)
        self._host, self._is_tls = parts.hostname or "", parts.scheme == "https"
        self._port = parts.port or (443 if self._is_tls else 80)
        self._connect_within_s = connect_within_s
        self._reach = reach
        #: The one that was used last comes last.
        self._idle: list[HttpConnection] = []
        self._busy: set[HttpConnection] = set()
        host = parts.netloc.rpartition("@")[2].encode("idna").decode()
        #: Of every request, behind its first line.
        self.lines = (
            f"Host: {host}\r\nAccept: */*\r\nAccept-Encoding: {ACCEPTED}\r\nUser-Agent: perpetual-connector\r\n"
        )

    def idle(self) -> HttpConnection | None:
        """An open connection that nobody uses; the caller gives it back."""
        now_s = asyncio.get_running_loop().time()
        while self._idle:
            connection = self._idle.pop()
            if connection.can_go_on and now_s - connection.idle_since_s < IDLE_S:
                self._busy.add(connection)
                return connection
            connection.abort()
        return None

    async def opened(self) -> HttpConnection:
        """A new connection. Raises OSError, TimeoutError."""
        tls, name = (self._reach.tls, self._host) if self._is_tls else (None, None)
        async with asyncio.timeout(self._connect_within_s):
            reached = await self._reached()
            _, connection = await asyncio.get_running_loop().create_connection(
                HttpConnection, sock=reached, ssl=tls, server_hostname=name
            )
        self._busy.add(connection)
        return connection

    async def _reached(self) -> socket.socket:
        """A connection to that of the host's addresses which takes one first. asyncio's own race of them leaves a
        socket open where it is cancelled (Python 3.11)."""
        host, port = self._host, self._port
        try:
            places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        except socket.gaierror:
            # It has a name, which has to be asked for.
            places = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return await start_connection(places, happy_eyeballs_delay=_NEXT_ADDRESS_AFTER_S)

    def give_back(self, connection: HttpConnection) -> None:
        """The request over it is at its end; what can't carry another is let go."""
        connection.end()
        is_ours = connection in self._busy
        self._busy.discard(connection)
        if not (is_ours and connection.can_go_on):
            connection.abort()
            return
        self._idle.append(connection)
        while connection.idle_since_s - self._idle[0].idle_since_s >= IDLE_S:
            self._idle.pop(0).abort()

    def close(self) -> None:
        """Ends all of them; whoever waits for an answer has none."""
        for connection in (*self._idle, *self._busy):
            connection.abort()
        self._idle.clear()
        self._busy.clear()
