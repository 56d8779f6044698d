"""JSON as the exchange sends it."""

import ujson


def frame_of(payload: object) -> bytes:
    """A payload as the bytes that are sent."""
    return ujson.dumps(payload, escape_forward_slashes=False).encode()
