"""The listener of a socket: the twin that is in use, by the rule of `core/twins.py`."""

from typing import TYPE_CHECKING

from connector.core.twins import COMPILED
from connector.net.plain.listener import MOST_MESSAGE_BYTES, FrameReader

if TYPE_CHECKING or not COMPILED:
    from connector.net.plain.listener import FrameListener
else:
    from connector.net.compiled.listener import FrameListener

__all__ = ["MOST_MESSAGE_BYTES", "FrameListener", "FrameReader"]
