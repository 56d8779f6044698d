"""The compiled listener of a socket; `plain/listener.py` specifies it. A compiled feed reads where picows read to."""

from libc.string cimport memcmp

from picows.picows cimport WSFrame, WSListener, WSMsgType, WSTransport

import logging

from picows import WSCloseCode

from connector.core.compiled.frame_taker cimport FrameTaker
from connector.net.plain.listener import MOST_MESSAGE_BYTES, TOO_LONG

LOG = logging.getLogger(__name__)

cdef Py_ssize_t most_message_bytes = MOST_MESSAGE_BYTES


cdef class FrameListener(WSListener):
    cdef readonly str name
    cdef readonly long long frames
    cdef readonly long long last_frame_ms
    cdef object reader
    cdef FrameTaker taker
    cdef public object on_read
    cdef object take
    cdef object clock
    cdef bytearray pieces
    cdef readonly str flaw
    cdef Py_ssize_t left

    def __init__(self, str name not None, take, clock):
        self.name, self.take, self.clock = name, take, clock
        self.pieces, self.left, self.flaw = bytearray(), -1, ""

    @property
    def direct(self):
        return self.reader

    @direct.setter
    def direct(self, reader):
        self.reader = reader
        self.taker = reader if isinstance(reader, FrameTaker) else None

    cpdef on_ws_frame(self, WSTransport transport, WSFrame frame):
        if frame.msg_type == WSMsgType.CLOSE:
            transport.send_close(WSCloseCode.OK)
            transport.disconnect()
            return
        if frame.msg_type > WSMsgType.BINARY:
            return
        try:
            if <Py_ssize_t>len(self.pieces) + <Py_ssize_t>frame.payload_size > most_message_bytes:
                self.pieces, self.flaw = bytearray(), TOO_LONG
                transport.disconnect(graceful=False)
            elif frame.fin and not self.pieces:
                self.hand_on(frame.payload_ptr, frame.payload_size, frame)
            else:
                self.pieces += frame.get_payload_as_bytes()
                if frame.fin:
                    whole, self.pieces = bytes(self.pieces), bytearray()
                    self.hand_on(whole, len(whole), frame)
        except Exception:
            # One bad frame must not end the connection: it is logged, and the next one is read.
            LOG.exception("stream %s: a frame could not be handled", self.name)

    cdef int hand_on(self, const char* start, Py_ssize_t size, WSFrame frame) except -1:
        cdef bint is_beside
        if self.reader is None or not is_market_frame(start, size):
            self.take(start[:size])
            return 0
        # picows answers pings by itself, so that the last of a batch may never be seen here: the next one does not lie
        # beside what was seen then.
        is_beside = frame.tail_size + frame.payload_size + header_size(frame.payload_size) == self.left
        self.left = -1 if frame.last_in_buffer else frame.tail_size
        if not is_beside:
            self.last_frame_ms = self.clock.monotonic_ms()
            if self.on_read is not None:
                self.on_read()
        self.frames += 1
        if self.taker is not None:
            return self.taker.take(start, size, self.last_frame_ms)
        self.reader.on_frame(start[:size], self.last_frame_ms)
        return 0


cdef inline bint is_market_frame(const char* start, Py_ssize_t size) noexcept:
    if size > 10 and memcmp(start, b'{"stream":"', 11) == 0:
        return True
    return (size > 5 and memcmp(start, b'{"e":"', 6) == 0) or (size > 0 and start[0] == c"[")


cdef inline Py_ssize_t header_size(Py_ssize_t payload_size) noexcept:
    if payload_size < 126:
        return 2
    return 4 if payload_size < 65_536 else 10
