"""Whether the orders that the settings describe are orders that the pair's rules take: asked once, before quoting."""

from collections.abc import Collection, Iterator
from decimal import Decimal

from connector.core.amounts import ZERO, plain
from connector.core.enums import TradeType
from connector.core.faults import ConfigFault
from connector.core.trading_rule import TradingRule
from connector.strategies.ladder import Quote, planned
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings


def start_refusals(
    settings: PerpetualMarketMakingSettings, rule: TradingRule, reference_price: Decimal
) -> tuple[ConfigFault, ...]:
    """One fault for each quote that would break a rule at that price, or one for too many of them.

    Empty when all is well. Amounts are looked at as they would be sent, cut to the lot grid.
    """
    too_many = tuple(_too_many(settings, rule))
    quotes = list(planned(settings, reference_price))
    if settings.quote_with_position_limit:
        most = settings.quote_with_position_limit
        quotes.append(Quote("quote_with_position_limit", TradeType.BUY, reference_price, most))
    return too_many or tuple(fault for quote in quotes for fault in broken(rule, quote))


def largest_side(quotes: Collection[Quote], signed: Collection[Decimal], reference_price: Decimal) -> Decimal:
    """What all quotes of one side come to beside what is held on that side, of the side where that is more. `signed`
    are the amounts of the positions."""
    sums = []
    for side in TradeType:
        planned_there = sum((quote.amount * quote.price for quote in quotes if quote.trade_type is side), ZERO)
        held = sum((abs(amount) for amount in signed if amount * side.sign > 0), ZERO)
        sums.append(planned_there + held * reference_price)
    return max(sums)


def broken(rule: TradingRule, quote: Quote) -> Iterator[ConfigFault]:
    """What the pair's rule would refuse of a quote, as it would be sent."""
    amount = rule.quantize_amount(quote.amount)
    price = rule.quantize_price(quote.price, quote.trade_type)
    found = rule.broken_by(amount, price)
    if found is None:
        return
    which = f"the {quote.trade_type.name.lower()} at {plain(price)}"
    rule_broken = f"{which}: {found.value} breaks {found.rule} ({found.limit})"
    yield ConfigFault(quote.key, plain(quote.amount), rule_broken, found.remedy)


def _too_many(settings: PerpetualMarketMakingSettings, rule: TradingRule) -> Iterator[ConfigFault]:
    """An exit of each side has to find room beside the quotes."""
    quotes = len(settings.order_override) or 2 * settings.order_levels
    most = rule.max_orders - 2
    if not rule.max_orders or quotes <= most:
        return
    key = "order_override" if settings.order_override else "order_levels"
    value = len(settings.order_override) or settings.order_levels
    limit = f"MAX_NUM_ORDERS ({rule.max_orders}) leaves room for {most} beside the exits"
    yield ConfigFault(key, value, f"{quotes} quotes are too many: {limit}", "fewer orders")
