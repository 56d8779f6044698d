"""The one way from market frames to books, trades and funding: live data and replay take it alike.

Chooses the feed: the compiled twin where it was built, the plain one else or with `CONNECTOR_PLAIN=1`. A feed that is
given a plain decoder is plain, so that both can stand side by side.
"""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING or os.environ.get("CONNECTOR_PLAIN") == "1":
    from connector.market._feed_py import MarketFeed
else:
    try:
        from connector.market._feed_c import MarketFeed
    except ImportError:
        from connector.market._feed_py import MarketFeed

COMPILED: bool = MarketFeed.__module__.endswith("_c")

__all__ = ["COMPILED", "MarketFeed"]
