"""PERCENT_PRICE: how far from the mark price an order may be priced.

The band binds buys from above and sells from below ("Exchange information: filters", as of 2026-11). A market order
goes no further than the take bound, whatever the band ("marketTakeBound").
"""

from decimal import Decimal

from connector.core.amounts import ONE, ceil_to, floor_to, plain
from connector.core.enums import TradeType
from connector.core.trading_rule import BrokenRule, TradingRule

PERCENT_PRICE = "PERCENT_PRICE"


def edge(rule: TradingRule, trade_type: TradeType, mark: Decimal) -> Decimal | None:
    """The dearest price to buy at, the cheapest to sell at, on the tick grid; None where the pair has no band."""
    if trade_type is TradeType.BUY:
        return floor_to(rule.tick_size, mark * rule.price_band_up) if rule.price_band_up else None
    return ceil_to(rule.tick_size, mark * rule.price_band_down) if rule.price_band_down else None


def is_beyond(rule: TradingRule, trade_type: TradeType, price: Decimal, mark: Decimal) -> bool:
    """Whether a price on the grid lies beyond the band."""
    if trade_type is TradeType.BUY:
        return bool(rule.price_band_up) and price > mark * rule.price_band_up
    return price < mark * rule.price_band_down


def within(rule: TradingRule, trade_type: TradeType, price: Decimal, mark: Decimal) -> Decimal:
    """`price`, or the edge of the band where it lies beyond."""
    return (edge(rule, trade_type, mark) or price) if is_beyond(rule, trade_type, price, mark) else price


def broken_band(
    rule: TradingRule, trade_type: TradeType, price: Decimal, mark: Decimal, of: str = "mark price"
) -> BrokenRule | None:
    """The band that an order at `price` breaks, or None. A conditional order's is that `of` its trigger price."""
    if not is_beyond(rule, trade_type, price, mark):
        return None
    limit, side = edge(rule, trade_type, mark) or mark, trade_type.name.lower()
    bound = "most" if trade_type is TradeType.BUY else "least"
    return BrokenRule(
        PERCENT_PRICE,
        f"at {bound} {plain(limit)} for a {side}, {of} {plain(mark)}",
        f"price {plain(price)}",
        f"use at {bound} {plain(limit)}",
    )


def broken_bound(rule: TradingRule, trade_type: TradeType, best: Decimal, mark: Decimal) -> BrokenRule | None:
    """The rule by which a market order would get nothing, `best` being the first price that it meets; or None."""
    if broken := broken_band(rule, trade_type, best, mark):
        return BrokenRule(broken.rule, broken.limit, f"the best price {plain(best)}", "wait, or place a limit order")
    limit = mark * (ONE + trade_type.sign * rule.market_take_bound)
    if not rule.market_take_bound or trade_type.sign * (best - limit) <= 0:
        return None
    return BrokenRule(
        "marketTakeBound",
        f"{plain(rule.market_take_bound * 100)} % from the mark price {plain(mark)}",
        f"the best price {plain(best)}",
        "wait, or place a limit order",
    )
