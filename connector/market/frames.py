"""Chooses the frame decoder: the compiled twin where it was built, the plain one else or with `CONNECTOR_PLAIN=1`."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING or os.environ.get("CONNECTOR_PLAIN") == "1":
    from connector.market._frames_py import FrameDecoder
else:
    try:
        from connector.market._frames_c import FrameDecoder
    except ImportError:
        from connector.market._frames_py import FrameDecoder

COMPILED: bool = FrameDecoder.__module__.endswith("_c")

__all__ = ["COMPILED", "FrameDecoder"]
