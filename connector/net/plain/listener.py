"""The listener of a socket in plain Python: the specification of the compiled twin."""

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
        #: What was left of the buffer behind the market frame before; -1 behind the last of those read together.
        self._left = -1

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
            self._hand_on(payload, frame)
        except Exception:
            # One bad frame must not end the connection: it is logged, and the next one is read.
            _LOG.exception("stream %s: a frame could not be handled", self.name)

    def _hand_on(self, payload: bytes, frame: WSFrame) -> None:
        if self.direct is None or not payload.startswith(MARKET_FRAMES):
            self._take(payload)
            return
        # picows answers pings by itself, so that the last of a batch may never be seen here: the next one does not lie
        # beside what was seen then.
        is_beside = frame.tail_size + frame.payload_size + _header_size(frame.payload_size) == self._left
        self._left = -1 if frame.last_in_buffer else frame.tail_size
        if not is_beside:
            self.last_frame_ms = self._clock.monotonic_ms()
            if self.on_read is not None:
                self.on_read()
        self.frames += 1
        self.direct.on_frame(payload, self.last_frame_ms)


def _header_size(payload_size: int) -> int:
    """Of a frame that a server sends: it masks nothing."""
    if payload_size < 126:
        return 2
    return 4 if payload_size < 65_536 else 10
