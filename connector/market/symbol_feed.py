"""The feed of one symbol: its book kept in sequence, its funding, its trades."""

from connector.market.plain.symbol_feed import MOST_BUFFERED, MOST_TRADES
from connector.market.twins import SymbolFeed

__all__ = ["MOST_BUFFERED", "MOST_TRADES", "SymbolFeed"]
