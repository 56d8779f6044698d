"""Chooses the order book: the compiled twin where it was built, the plain one else or with `CONNECTOR_PLAIN=1`."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING or os.environ.get("CONNECTOR_PLAIN") == "1":
    from connector.market._order_book_py import OrderBook
else:
    try:
        from connector.market._order_book_c import OrderBook
    except ImportError:
        from connector.market._order_book_py import OrderBook

COMPILED: bool = OrderBook.__module__.endswith("_c")

__all__ = ["COMPILED", "OrderBook"]
