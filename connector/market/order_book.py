"""The order book of one symbol."""

from connector.market.twins import OrderBook

__all__ = ["OrderBook"]
