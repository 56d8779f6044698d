"""The one way from market frames to books, trades and funding: live data and replay take it alike.

A feed that is given a plain decoder is plain, so that both twins can stand side by side.
"""

from connector.market.twins import MarketFeed

__all__ = ["MarketFeed"]
