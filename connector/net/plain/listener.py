"""The listener of a socket in plain Python: the specification of the compiled twin."""

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport

from connector.core.clock import Clock

_LOG = logging.getLogger(__name__)

#: How the frames of a market begin, wrapped, raw, and of all symbols at once. Answers begin otherwise.
MARKET_FRAMES = (b'{"stream":"', b'{"e":"', b"[")

#: Of a whole message: the longest of the market, all symbols' mark prices, has a few hundred KiB.
MOST_MESSAGE_BYTES = 2**20
TOO_LONG = "a message of more than 1 MiB"


class FrameReader(Protocol):
    """What market frames are handed to at once; the compiled market feed takes them without an object for each."""

    def on_frame(self, frame: bytes, received_ms: int) -> object: ...


class FrameListener(WSListener):
    """Hands whole messages to `take`, joined from their pieces, and answers a close.

    What a taker raises is logged and ends nothing.
    """

    def __init__(self, name: str, take: Callable[[bytes], None], clock: Clock) -> None:
        self.name = name
        #: While it is set, market frames go there, with the monotonic time at which they were read from the socket.
        self.direct: FrameReader | None = None
        #: Called when market frames were read from the socket, once for those that were read together.
        self.on_read: Callable[[], None] | None = None
        #: Of the market frames alone.
        self.frames = self.last_frame_ms = 0
        self._take = take
        self._clock = clock
        self._pieces = bytearray()
        #: Why this side ended the connection; empty while it did not.
        self.flaw = ""
        self._is_batch_new = True

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            transport.send_close(WSCloseCode.OK)
            transport.disconnect()
            return
        if frame.msg_type not in (WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.CONTINUATION):
            return
        payload = frame.get_payload_as_bytes()
        if len(self._pieces) + len(payload) > MOST_MESSAGE_BYTES:
            self._pieces.clear()
            self.flaw = TOO_LONG
            transport.disconnect(graceful=False)
            return
        if not frame.fin or self._pieces:
            self._pieces += payload
            if not frame.fin:
                return
            payload = bytes(self._pieces)
            self._pieces.clear()
        try:
            self._hand_on(payload, bool(frame.last_in_buffer))
        except Exception:
            # One bad frame must not end the connection: it is logged, and the next one is read.
            _LOG.exception("stream %s: a frame could not be handled", self.name)

    def _hand_on(self, payload: bytes, is_last_in_batch: bool) -> None:
        if self.direct is None or not payload.startswith(MARKET_FRAMES):
            self._take(payload)
            return
        if self._is_batch_new:
            self.last_frame_ms = self._clock.monotonic_ms()
            self._is_batch_new = is_last_in_batch
            if not is_last_in_batch:
                # Its last frame may never be seen here: picows answers pings by itself.
                asyncio.get_running_loop().call_soon(self._end_batch)
            if self.on_read is not None:
                self.on_read()
        self.frames += 1
        self.direct.on_frame(payload, self.last_frame_ms)

    def _end_batch(self) -> None:
        self._is_batch_new = True
