"""The twins of this room that are in use, by the rule of `core/twins.py`; type checkers read the plain ones."""

from typing import TYPE_CHECKING

from connector.core.twins import COMPILED

if TYPE_CHECKING or not COMPILED:
    from connector.market.plain.feed import MarketFeed
    from connector.market.plain.frames import FrameDecoder
    from connector.market.plain.funding_rate import FundingRate
    from connector.market.plain.order_book import OrderBook
    from connector.market.plain.symbol_feed import SymbolFeed
else:
    from connector.market.compiled.feed import MarketFeed
    from connector.market.compiled.frames import FrameDecoder
    from connector.market.compiled.funding_rate import FundingRate
    from connector.market.compiled.order_book import OrderBook
    from connector.market.compiled.symbol_feed import SymbolFeed

__all__ = ["FrameDecoder", "FundingRate", "MarketFeed", "OrderBook", "SymbolFeed"]
