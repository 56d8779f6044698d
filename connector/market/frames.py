"""The frame decoder: from the venue's bytes to facts."""

from connector.market.twins import FrameDecoder

__all__ = ["FrameDecoder"]
