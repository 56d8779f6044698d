"""HTTP: sends a request as it is spelt, and tells apart "never left" from "no answer came"."""

from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from yarl import URL


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


class Http:
    """One connection pool. Verifies TLS, always; follows no redirect, which would carry the key elsewhere."""

    def __init__(self, timeout_s: float = 10.0, *, through_proxy: bool = True) -> None:
        """`through_proxy` honours the standard proxy variables: not for an exchange on this machine."""
        self._through_proxy = through_proxy
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, sock_connect=5.0)
        self._session: aiohttp.ClientSession | None = None

    async def send(self, method: str, address: str, headers: Mapping[str, str]) -> HttpAnswer:
        """Sends one request; `address` goes out byte for byte. Raises `NoAnswer`; never sends a POST twice."""
        session = self._open()
        try:
            url = URL(address, encoded=True)
            async with session.request(method, url, headers=headers, allow_redirects=False) as response:
                return HttpAnswer(response.status, response.headers, await response.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NoAnswer(str(error), sent=False) from error
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise NoAnswer(str(error) or type(error).__name__, sent=True) from error

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout, trust_env=self._through_proxy)
        return self._session
