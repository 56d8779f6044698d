"""Which of the quotes that settings describe the account could not pay for: told at the start, with what would pass."""

from collections.abc import Iterable

from connector.core.enums import OrderType
from connector.core.order_candidate import PerpetualOrderCandidate
from connector.exchange.derivative import PerpetualDerivative
from connector.strategies.ladder import Quote


def unpaid_quotes(connector: PerpetualDerivative, trading_pair: str, quotes: Iterable[Quote]) -> list[str]:
    """A line for each key whose quotes are not payable, as of the first of them, beside those before it; empty where
    all can be paid for. Leverage has to be set before."""
    told: dict[str, str] = {}
    before: list[PerpetualOrderCandidate] = []
    rule, leverage = connector.trading_rules[trading_pair], connector.get_leverage(trading_pair)
    for quote in quotes:
        candidate = PerpetualOrderCandidate(
            trading_pair=trading_pair,
            is_maker=True,
            order_type=OrderType.LIMIT_MAKER,
            order_side=quote.trade_type,
            amount=rule.quantize_amount(quote.amount),
            price=rule.quantize_price(quote.price, quote.trade_type),
            leverage=leverage,
        )
        why = connector.budget_checker.explain(candidate, before)
        if why:
            told.setdefault(quote.key, f"{quote.key}: is not placed as things are: {why}")
        else:
            before.append(candidate)
    return list(told.values())
