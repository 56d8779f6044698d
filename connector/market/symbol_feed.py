"""Chooses the feed of a symbol: compiled where that was built, the plain twin else or with `CONNECTOR_PLAIN=1`."""

import os
from typing import TYPE_CHECKING

from connector.market._symbol_feed_py import MOST_BUFFERED, MOST_TRADES

if TYPE_CHECKING or os.environ.get("CONNECTOR_PLAIN") == "1":
    from connector.market._symbol_feed_py import SymbolFeed
else:
    try:
        from connector.market._symbol_feed_c import SymbolFeed
    except ImportError:
        from connector.market._symbol_feed_py import SymbolFeed

COMPILED: bool = SymbolFeed.__module__.endswith("_c")

__all__ = ["COMPILED", "MOST_BUFFERED", "MOST_TRADES", "SymbolFeed"]
