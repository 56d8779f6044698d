"""What a trader asks a book: prices for volumes, volumes for prices, and the book as tables.

Every answer is of depth alone and in floats; what the book cannot answer is NaN. A buy walks the asks, a sell the
bids. The meanings are Hummingbot's, so that a bot's numbers stay what they were.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

from connector.core.interface import ClientOrderBookQueryResult, OrderBookRow

_NAN = float("nan")


class BookQueries(ABC):
    """Answers from `rows` alone: the twins of the book differ in nothing that is computed here."""

    __slots__ = ()

    @abstractmethod
    def rows(self, is_bid: bool) -> Iterator[OrderBookRow]:
        """The levels of one side, best first; they end where the book moves on while they are read.

        `update_id` is the id as of which the whole book stands.
        """

    def bid_entries(self) -> Iterator[OrderBookRow]:
        return self.rows(True)

    def ask_entries(self) -> Iterator[OrderBookRow]:
        return self.rows(False)

    @property
    def snapshot(self) -> tuple[Any, Any]:
        """Bids and asks as two pandas frames with the columns price, amount, update_id, best first."""
        import pandas as pd  # costs half a second at start, which a bot that asks for no table need not pay

        columns = list(OrderBookRow._fields)
        return (
            pd.DataFrame(list(self.rows(True)), columns=columns),
            pd.DataFrame(list(self.rows(False)), columns=columns),
        )

    def get_price_for_volume(self, is_buy: bool, volume: float) -> ClientOrderBookQueryResult:
        """The worst price paid when `volume` is taken; NaN when the book holds less."""
        total, price = 0.0, _NAN
        for row in self.rows(not is_buy):
            total += row.amount
            if total >= volume:
                price = row.price
                break
        return ClientOrderBookQueryResult(_NAN, volume, price, min(total, volume))

    def get_vwap_for_volume(self, is_buy: bool, volume: float) -> ClientOrderBookQueryResult:
        """The average price paid when `volume` is taken; NaN when the book holds less."""
        total, cost, price = 0.0, 0.0, _NAN
        for row in self.rows(not is_buy):
            taken = min(row.amount, volume - total)
            total, cost = total + taken, cost + taken * row.price
            if taken < row.amount or total >= volume:
                price = cost / total if total else row.price
                break
        return ClientOrderBookQueryResult(_NAN, volume, price, min(total, volume))

    def get_price_for_quote_volume(self, is_buy: bool, quote_volume: float) -> ClientOrderBookQueryResult:
        """The worst price paid when `quote_volume` of the quote asset is spent; NaN when the book holds less."""
        total, price = 0.0, _NAN
        for row in self.rows(not is_buy):
            total += row.amount * row.price
            if total >= quote_volume:
                price = row.price
                break
        return ClientOrderBookQueryResult(_NAN, quote_volume, price, min(total, quote_volume))

    def get_volume_for_price(self, is_buy: bool, price: float) -> ClientOrderBookQueryResult:
        """The volume that stands at `price` or better, and the last price that counted."""
        rows = list(self._up_to(is_buy, price))
        last = rows[-1].price if rows else _NAN
        return ClientOrderBookQueryResult(price, _NAN, last, sum((row.amount for row in rows), 0.0))

    def get_quote_volume_for_price(self, is_buy: bool, price: float) -> ClientOrderBookQueryResult:
        """As `get_volume_for_price`, in the quote asset."""
        rows = list(self._up_to(is_buy, price))
        last = rows[-1].price if rows else _NAN
        return ClientOrderBookQueryResult(price, _NAN, last, sum((row.amount * row.price for row in rows), 0.0))

    def _up_to(self, is_buy: bool, price: float) -> Iterator[OrderBookRow]:
        for row in self.rows(not is_buy):
            if row.price > price if is_buy else row.price < price:
                return
            yield row
