"""Quotes that follow the touch: which of a side are wanted at another price now, before their age is up.

A quote keeps its amount, and so what is filled of it: it never becomes more than was asked for. It is re-priced when
it is settled at the venue, and the venue's answer is waited for before it is re-priced again. Where the ladder has
more quotes of the side than rest, or fewer, nothing is re-priced: age and fills have the word then.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from connector.core.amounts import ZERO
from connector.core.intents import ModifyIntent
from connector.strategies.ladder import Quote
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.quoting_state import ChangeAsked, QuotingState
from connector.strategies.setting_kinds import Replace
from connector.strategies.view import MarketView, OwnOrder

#: The same quote is asked to the same price no sooner than this after it was: a refused change must not be repeated
#: with every look.
SAME_CHANGE_PAUSE_MS = 1_000


def tolerance_of(settings: PerpetualMarketMakingSettings) -> Decimal:
    """By what share of its price a quote may be off and stays."""
    return max(settings.order_refresh_tolerance_pct, ZERO)


def matched(live: Sequence[OwnOrder], wanted: Sequence[Quote]) -> list[tuple[OwnOrder, Quote]]:
    """Each quote of a side with the one that it should be; empty where they are not as many, or one is not settled."""
    if len(live) != len(wanted) or any(order.is_pending_cancel or not order.is_settled for order in live):
        return []
    by_price = sorted(live, key=lambda order: order.price), sorted(wanted, key=lambda quote: quote.price)
    return list(zip(*by_price, strict=True))


def repriced(
    settings: PerpetualMarketMakingSettings,
    state: QuotingState,
    view: MarketView,
    live: Sequence[OwnOrder],
    wanted: Sequence[Quote],
) -> tuple[tuple[ModifyIntent, ...], QuotingState]:
    """The changes of one side, and the memory of them."""
    if settings.replace_on_touch is Replace.OFF:
        return (), state
    tolerance = tolerance_of(settings)
    moved = [
        ModifyIntent(view.trading_pair, order.client_order_id, quote.price)
        for order, quote in matched(live, wanted)
        if abs(quote.price - order.price) > tolerance * order.price
    ]
    return remembered(state, view, moved)


def remembered(
    state: QuotingState, view: MarketView, changes: Iterable[ModifyIntent]
) -> tuple[tuple[ModifyIntent, ...], QuotingState]:
    """The changes without those that were asked for just now and have not come true, and the state that knows them."""
    now_ms, prices = view.now_ms, {order.client_order_id: order.price for order in view.orders}
    recent = tuple(
        asked
        for asked in state.changes_asked
        if now_ms - asked.asked_ms < SAME_CHANGE_PAUSE_MS
        and prices.get(asked.client_order_id, asked.price) != asked.price
    )
    known = {(asked.client_order_id, asked.price) for asked in recent}
    fresh = tuple(change for change in changes if (change.client_order_id, change.price) not in known)
    if not fresh and len(recent) == len(state.changes_asked):
        return (), state
    asked = tuple(ChangeAsked(change.client_order_id, change.price or ZERO, now_ms) for change in fresh)
    return fresh, replace(state, changes_asked=(*recent, *asked))
