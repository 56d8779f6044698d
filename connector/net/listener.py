"""Chooses the listener of a socket: the compiled twin where it was built, the plain one else or with
`CONNECTOR_PLAIN=1`."""

import os
from typing import TYPE_CHECKING

from connector.net._listener_py import FrameReader

if TYPE_CHECKING or os.environ.get("CONNECTOR_PLAIN") == "1":
    from connector.net._listener_py import FrameListener
else:
    try:
        from connector.net._listener_c import FrameListener
    except ImportError:
        from connector.net._listener_py import FrameListener

COMPILED: bool = FrameListener.__module__.endswith("_c")

__all__ = ["COMPILED", "FrameListener", "FrameReader"]
