"""Which of the quotes that settings describe the user's own limits would never let out: told before one is sent."""

from collections.abc import Iterable
from typing import Final

from connector.core.amounts import plain, to_e8
from connector.core.enums import TradeType
from connector.core.trading_rule import TradingRule
from connector.risk.bounds import RiskBounds
from connector.risk.limit_row import figure
from connector.risk.order_bounds import Asked, Standing, pair_bounds, too_much
from connector.strategies.ladder import Quote

_FLAT: Final = Standing(0, 0, 0, 0, 0)


def kept_back_quotes(bounds: RiskBounds, rule: TradingRule, quotes: Iterable[Quote]) -> list[str]:
    """A line for each key of which one quote alone, with nothing held and nothing resting, is more than a limit allows;
    empty where none is."""
    of_pair, told = pair_bounds(bounds, rule.base_asset, rule.quote_asset), dict[str, str]()
    for quote in quotes:
        amount, price = rule.quantize_amount(quote.amount), rule.quantize_price(quote.price, quote.trade_type)
        asked = Asked(quote.trade_type is TradeType.BUY, to_e8(amount), to_e8(amount * price))
        row = too_much(of_pair, asked, _FLAT, 0, 0)
        if row is not None:
            allowed = f"{row.name} ({figure(row.bound)} {row.unit}) keeps it back, and it is never placed"
            remedy = f"lower {quote.key}, or raise {row.name} in connector.yml"
            told.setdefault(quote.key, f"{quote.key}: {plain(amount)} {rule.base_asset}: {allowed}; {remedy}")
    return list(told.values())
