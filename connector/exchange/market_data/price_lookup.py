"""Prices of the pairs that are traded, as the feed has them now."""

from decimal import Decimal
from typing import NamedTuple

from connector.account.order_cost import MarketPrices
from connector.core.amounts import NAN
from connector.exchange.account.pair_rules import PairRules
from connector.market.feed import MarketFeed
from connector.market.symbol_feed import SymbolFeed


class _Told(NamedTuple):
    """What was told of a pair, and by which figures of its feed."""

    #: -1: that side is empty.
    bid: float
    ask: float
    mark: Decimal | None
    #: -1: there was no trade yet.
    last: float
    prices: MarketPrices


class PriceLookup:
    """What the account's arithmetic, the order entry and a bot ask the market for, by pair or by symbol."""

    def __init__(self, pair_rules: PairRules, feed: MarketFeed) -> None:
        self._pair_rules = pair_rules
        self._feed = feed
        self._told: dict[str, _Told] = {}

    def feed_of(self, trading_pair: str) -> SymbolFeed:
        """The pair's market data. Raises `ArgumentFault` for a pair that is not traded."""
        return self._feed.symbols[self._pair_rules.rule(trading_pair).symbol]

    def mark_price(self, trading_pair: str) -> Decimal:
        """NaN before the first frame."""
        mark = self.feed_of(trading_pair).funding.mark_price
        return NAN if mark is None else mark

    def touch(self, trading_pair: str) -> tuple[Decimal | None, Decimal | None]:
        """Best bid and best ask, by depth and ticker."""
        book = self.feed_of(trading_pair).book
        return book.touch_bid and book.touch_bid[0], book.touch_ask and book.touch_ask[0]

    def prices_of(self, trading_pair: str) -> MarketPrices:
        """What collateral is reckoned by; where a figure is not known yet, the nearest that is, else NaN."""
        symbol_feed = self.feed_of(trading_pair)
        mark, last = symbol_feed.funding.mark_price, symbol_feed.book.last_trade_price
        bid, _, ask, _ = symbol_feed.book.top
        bid, ask, last = (-1 if bid != bid else bid), (-1 if ask != ask else ask), (-1 if last != last else last)
        told = self._told.get(trading_pair)
        if told is not None:
            told_bid, told_ask, told_mark, told_last, prices = told
            is_known = bid == told_bid and ask == told_ask and (mark is told_mark or mark == told_mark)
            if is_known and last == told_last:
                # Exact prices are made of the book anew each time; whoever asks knows these by their identity.
                return prices
        prices = _prices(symbol_feed, mark, last)
        self._told[trading_pair] = _Told(bid, ask, mark, last, prices)
        return prices


def _prices(symbol_feed: SymbolFeed, mark: Decimal | None, last_float: float) -> MarketPrices:
    """The last price by the float that is kept of it, which has all its digits: to read the trades themselves makes an
    object of each that came since."""
    last = Decimal(repr(last_float)) if last_float > 0 else None
    bid, ask = symbol_feed.book.touch_bid, symbol_feed.book.touch_ask
    mark = mark or (bid[0] if bid else NAN)
    return MarketPrices(mark, last or mark, bid[0] if bid else mark, ask[0] if ask else mark)
