"""Prices of the pairs that are traded, as the feed has them now."""

from decimal import Decimal

from connector.account.order_cost import MarketPrices
from connector.core.amounts import NAN
from connector.exchange.account.pair_rules import PairRules
from connector.market.feed import MarketFeed
from connector.market.symbol_feed import SymbolFeed


class PriceLookup:
    """What the account's arithmetic, the order entry and a bot ask the market for, by pair or by symbol."""

    def __init__(self, pair_rules: PairRules, feed: MarketFeed) -> None:
        self._pair_rules = pair_rules
        self._feed = feed

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
        bid, ask = symbol_feed.book.touch_bid, symbol_feed.book.touch_ask
        mark = symbol_feed.funding.mark_price or (bid[0] if bid else NAN)
        last = symbol_feed.trades[-1].price if symbol_feed.trades else mark
        return MarketPrices(mark, last, bid[0] if bid else mark, ask[0] if ask else mark)
