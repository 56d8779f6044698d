"""How WebSockets are opened, and the pace: so many attempts a minute for the whole address, whichever stream asks.

Who reconnects without end is banned. What a stream does after an early end is its own matter (`net/stream`); this is
the bound that all of them keep together.
"""

import asyncio
from collections import deque
from collections.abc import Callable

from picows import WSListener, WSTransport, ws_connect
from python_socks import ProxyError

from connector.net.listener import MOST_MESSAGE_BYTES
from connector.net.reach import Reach
from connector.venue.limits import HANDSHAKES_A_MINUTE

_MINUTE_MS = 60_000
_HANDSHAKE_S = 5.0
#: The name, the socket, a proxy and TLS before it.
_CONNECTED_WITHIN_S = 5.0
_PING_AFTER_IDLE_S = 10.0
_PONG_WITHIN_S = 5.0


async def opened(
    listener: WSListener,
    address: str,
    reach: Reach,
    ping_after_idle_s: float = _PING_AFTER_IDLE_S,
    pong_within_s: float = _PONG_WITHIN_S,
) -> WSTransport:
    """A socket whose messages go to `listener`, bounded, and asked for a sign of life where it is idle: one that gives
    none ends. No redirect is followed: it would carry a key elsewhere.

    Raises OSError, WSError, TimeoutError, and `UnavailableFault` for a host that is not the domain's.
    """
    reach.require(address)
    try:
        async with asyncio.timeout(_CONNECTED_WITHIN_S + _HANDSHAKE_S):
            transport, _ = await ws_connect(
                lambda: listener,
                address,
                ssl_context=reach.tls if address.startswith("wss:") else None,
                websocket_handshake_timeout=_HANDSHAKE_S,
                enable_auto_ping=True,
                auto_ping_idle_timeout=ping_after_idle_s,
                auto_ping_reply_timeout=pong_within_s,
                disconnect_on_exception=False,
                max_frame_size=MOST_MESSAGE_BYTES,
                max_redirects=0,
                proxy=reach.proxy_to(address),
            )
    except ProxyError as error:
        raise ConnectionError(f"the proxy makes no connection: {error}") from error
    return transport


class HandshakePace:
    """Lets attempts begin in the order in which they were asked for. `steady_ms`: the steady clock; `reach`: where
    they may go."""

    def __init__(
        self, steady_ms: Callable[[], int], most: int = HANDSHAKES_A_MINUTE, reach: Reach | None = None
    ) -> None:
        self.reach = reach or Reach()
        self._steady_ms = steady_ms
        #: When the last ones began.
        self._began_ms: deque[int] = deque(maxlen=most)
        self._turn = asyncio.Lock()

    async def turn(self) -> None:
        """Returns when a further attempt may begin, which counts from then on."""
        async with self._turn:
            while (wait_ms := self._wait_ms()) > 0:
                await asyncio.sleep(wait_ms / 1000)
            self._began_ms.append(self._steady_ms())

    def _wait_ms(self) -> int:
        if len(self._began_ms) < (self._began_ms.maxlen or 0):
            return 0
        return self._began_ms[0] + _MINUTE_MS - self._steady_ms()
