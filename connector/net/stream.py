"""One WebSocket that comes back by itself.

Frames reach the callback synchronously, straight from the socket's read. One reconnect loop serves every kind of
stream; what differs (the address, what to do when it is up or down) is handed in. A pause between attempts grows
and is spread, so that a fleet does not return at once.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from picows import WSCloseCode, WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from connector.core.clock import Clock
from connector.core.faults import ConnectorFault
from connector.core.secrets import redact

_LOG = logging.getLogger(__name__)
_FIRST_PAUSE_S = 0.1
_LONGEST_PAUSE_S = 5.0
_HANDSHAKE_S = 5.0
_PING_AFTER_IDLE_S = 10.0
_PONG_WITHIN_S = 5.0


class FrameSink(Protocol):
    """What a stream's owner does with it. All three are called from the event loop and must not block."""

    def on_up(self) -> None: ...
    def on_down(self, reason: str) -> None: ...
    def on_frame(self, frame: bytes, received_ms: int) -> None: ...


@dataclass(slots=True)
class StreamCounters:
    """What happened on a stream since it was built."""

    frames: int = 0
    connections: int = 0
    failures: int = 0


class Stream:
    """Keeps one connection open until cancelled. `address` is asked anew before each attempt."""

    def __init__(self, name: str, address: Callable[[], Awaitable[str]], sink: FrameSink, clock: Clock) -> None:
        self.name = name
        self.counters = StreamCounters()
        #: Monotonic time of the present connection's start, 0 while there is none.
        self.up_since_ms = 0
        self._address = address
        self._sink = sink
        self._clock = clock
        self._transport: WSTransport | None = None
        self._reason = ""

    async def run(self) -> None:
        """Connects, waits for the end, connects again: until cancelled."""
        pause_s = _FIRST_PAUSE_S
        try:
            while True:
                connected_ms = await self._connection()
                lasted_ms = self._clock.monotonic_ms() - connected_ms if connected_ms else 0
                pause_s = _FIRST_PAUSE_S if lasted_ms > 1000 else min(pause_s * 2, _LONGEST_PAUSE_S)
                await asyncio.sleep(pause_s * random.uniform(0.5, 1.0))
        finally:
            self.drop("stopping")

    def drop(self, reason: str) -> None:
        """Ends the present connection, without waiting for the other side; `run` makes the next."""
        if self._transport is not None:
            self._reason = reason
            self._transport.disconnect(graceful=False)

    async def _connection(self) -> int:
        """One connection from its start to its end; returns when it was up, 0 when it never was."""
        try:
            address = await self._address()
            transport, _ = await ws_connect(
                lambda: _Listener(self),
                address,
                websocket_handshake_timeout=_HANDSHAKE_S,
                enable_auto_ping=True,
                auto_ping_idle_timeout=_PING_AFTER_IDLE_S,
                auto_ping_reply_timeout=_PONG_WITHIN_S,
                disconnect_on_exception=False,
            )
        except (OSError, WSError, TimeoutError, ConnectorFault) as error:
            self.counters.failures += 1
            self._sink.on_down(redact(str(error) or type(error).__name__))
            return 0
        self._transport, self._reason = transport, ""
        self.counters.connections += 1
        up_ms = self.up_since_ms = self._clock.monotonic_ms()
        self._sink.on_up()
        try:
            await transport.wait_disconnected()
        except (OSError, WSError) as error:
            self._reason = self._reason or str(error)
        finally:
            # Also when cancelled: a socket that nobody owns would go on feeding the sink.
            transport.disconnect(graceful=False)
            self._transport = None
            self.up_since_ms = 0
        self._sink.on_down(self._reason or "connection closed")
        return up_ms

    def take(self, frame: bytes) -> None:
        self.counters.frames += 1
        self._sink.on_frame(frame, self._clock.monotonic_ms())


class _Listener(WSListener):
    """Hands whole text messages on; joins the pieces of fragmented ones."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._pieces = bytearray()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            transport.send_close(WSCloseCode.OK)
            transport.disconnect()
            return
        if frame.msg_type not in (WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.CONTINUATION):
            return
        payload = frame.get_payload_as_bytes()
        if not frame.fin or self._pieces:
            self._pieces += payload
            if not frame.fin:
                return
            payload = bytes(self._pieces)
            self._pieces.clear()
        try:
            self._stream.take(payload)
        except Exception:
            # One bad frame must not end the connection: it is told, and the next one is read.
            _LOG.exception("stream %s: a frame could not be handled", self._stream.name)
