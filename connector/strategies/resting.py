"""From the quotes that are wanted to what is asked for: those that rest and fit stay, others go, and new ones follow.

Nothing of a side is placed while something of it is on its way out, so that no price is held twice; nothing is placed
that would take, that would meet an order of our own, or that the pair's rule refuses.
"""

from collections.abc import Sequence
from decimal import Decimal

from connector.core.amounts import ZERO
from connector.core.enums import OrderType, PositionAction, TradeType
from connector.core.intents import CancelIntent, Intent, OrderIntent
from connector.core.price_band import is_beyond
from connector.strategies.ladder import Quote
from connector.strategies.view import MarketView, OwnOrder


def toward(view: MarketView, wanted: Sequence[Quote], tolerance: Decimal = ZERO) -> tuple[Intent, ...]:
    """What turns the live quotes into the wanted ones, cancels first. A quote whose price is off by no more than
    `tolerance`, a fraction, and that is no larger than wanted stays. A pair that does not trade takes no order."""
    live = [order for order in view.orders if not order.is_exit]
    if not view.rule.is_trading:
        return tuple(_cancelled(view, live))
    intents: list[Intent] = []
    for side in TradeType:
        of_side = [order for order in live if order.trade_type is side]
        missing, left = _unmatched([quote for quote in wanted if quote.trade_type is side], of_side, tolerance)
        intents += _cancelled(view, left)
        if not left:
            intents += [_placed(view, quote) for quote in missing if _may_rest(view, quote)]
    return tuple(sorted(intents, key=lambda intent: not isinstance(intent, CancelIntent)))


def on_grid(view: MarketView, quote: Quote) -> Quote:
    """The quote at a price and an amount that the pair has."""
    price = view.rule.quantize_price(quote.price, quote.trade_type)
    return Quote(quote.key, quote.trade_type, price, view.rule.quantize_amount(quote.amount))


def _unmatched(
    wanted: Sequence[Quote], live: Sequence[OwnOrder], tolerance: Decimal
) -> tuple[list[Quote], list[OwnOrder]]:
    """The wanted quotes that nothing live stands for, and the live ones that stand for none."""
    left, missing = list(live), []
    for quote in wanted:
        fits = (
            order
            for order in left
            if not order.is_pending_cancel
            and abs(order.price - quote.price) <= tolerance * quote.price
            and order.remaining <= quote.amount
        )
        found = min(fits, key=lambda order: abs(order.price - quote.price), default=None)
        if found is None:
            missing.append(quote)
        else:
            left.remove(found)
    return missing, left


def _cancelled(view: MarketView, orders: Sequence[OwnOrder]) -> list[Intent]:
    return [
        CancelIntent(view.trading_pair, order.client_order_id, "not wanted any more")
        for order in orders
        if not order.is_pending_cancel
    ]


def _may_rest(view: MarketView, quote: Quote) -> bool:
    side, rule = quote.trade_type, view.rule
    best = view.best_ask if side is TradeType.BUY else view.best_bid
    if best is None or side.sign * (quote.price - best) >= 0 or side in rule.reduce_only_sides:
        return False
    if view.facing(side, quote.price) or rule.broken_by(quote.amount, quote.price) is not None:
        return False
    return view.mark_price is None or not is_beyond(rule, side, quote.price, view.mark_price)


def _placed(view: MarketView, quote: Quote) -> OrderIntent:
    return OrderIntent(
        view.trading_pair, quote.trade_type, OrderType.LIMIT_MAKER, quote.amount, quote.price, PositionAction.OPEN
    )
