"""Frames as they stand on the wire: a server's WebSocket frames are unmasked, so one copy serves every listener.

Header by RFC 6455, section 5.2: a final text frame, its length in 7, 16 or 64 bits.
"""

_FINAL_TEXT = 0x81
_SHORT, _MEDIUM = 125, 65_535


def text_frame(payload: bytes) -> bytes:
    """`payload` with the header in front of it."""
    length = len(payload)
    if length <= _SHORT:
        return bytes((_FINAL_TEXT, length)) + payload
    if length <= _MEDIUM:
        return bytes((_FINAL_TEXT, 126)) + length.to_bytes(2) + payload
    return bytes((_FINAL_TEXT, 127)) + length.to_bytes(8) + payload


class StreamFrame:
    """One frame of a stream, made once for all who listen: raw, and wrapped with the stream's name.

    `event` is its kind, for those who filter.
    """

    __slots__ = ("_raw", "_wrapped", "event", "name", "payload")

    def __init__(self, name: str, payload: bytes, event: str = "") -> None:
        self.name, self.payload, self.event = name, payload, event
        self._raw = self._wrapped = b""

    def wrapped_payload(self) -> bytes:
        return b'{"stream":"' + self.name.encode() + b'","data":' + self.payload + b"}"

    def sent(self, *, combined: bool) -> bytes:
        """The bytes for a connection that wants its frames wrapped, or raw."""
        if combined:
            if not self._wrapped:
                self._wrapped = text_frame(self.wrapped_payload())
            return self._wrapped
        if not self._raw:
            self._raw = text_frame(self.payload)
        return self._raw
