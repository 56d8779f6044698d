"""The orders that close a position: a take-profit that rests, and past the stop price an order that gets out.

    position ──▶ take-profit rests ──(market at or past the stop price)──▶ cancelled ──▶ stop-loss order
                      ▲                                                                       │ unfilled for
                      └──────────────(market back inside, stop-loss order aged)◀── cancelled ◀┘ its renewal time

There is one exit a position at most, for the position as it is now: when the position grows, shrinks or moves its
entry price, the exit is cancelled and asked for anew, and nothing is asked for while an exit of that side lives.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from connector.core.amounts import ONE
from connector.core.enums import OrderType, PositionAction, TradeType
from connector.core.intents import Intent, OrderIntent
from connector.core.trading_rule import TradingRule
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.quoting_state import ExitAsked, QuotingState
from connector.strategies.refresh import cancels
from connector.strategies.view import HeldPosition, MarketView, OwnOrder

#: The same exit is asked for again no sooner than this: a fill may outrun the position it closed, and a refused
#: order must not be repeated with every tick.
EXIT_PAUSE_MS = 1000


def exit_intents(
    settings: PerpetualMarketMakingSettings, state: QuotingState, view: MarketView
) -> tuple[tuple[Intent, ...], QuotingState]:
    """What the exits of all positions need, and the memory of what was asked for."""
    recent = [asked for asked in state.exits_asked if view.now_ms - asked.asked_ms < EXIT_PAUSE_MS]
    just_asked = {asked.intent for asked in recent}
    intents = [intent for side in TradeType for intent in _exit_side(settings, view, side) if intent not in just_asked]
    new = [ExitAsked(intent, view.now_ms) for intent in intents if isinstance(intent, OrderIntent)]
    return tuple(intents), replace(state, exits_asked=(*recent, *new))


def is_past_stop(settings: PerpetualMarketMakingSettings, view: MarketView, position: HeldPosition) -> bool:
    """Whether the market that the position would be closed into is at its stop price or beyond."""
    stop, market = _stop_price(settings, position), _market(view, position)
    return stop is not None and market is not None and position.sign * (market - stop) <= 0


def _exit_side(settings: PerpetualMarketMakingSettings, view: MarketView, side: TradeType) -> Iterator[Intent]:
    live = view.exits(side)
    position = next((held for held in view.open_positions if held.closing_side is side), None)
    if position is None:
        yield from cancels(view, live, "no position to close")
        return
    amount = _closing_amount(view.rule, position)
    kept = _standing_stop(settings, view, position, live, amount)
    wanted = None if kept else _wanted(settings, view, position, amount)
    if wanted is not None:
        kept = next((order for order in live if _is(order, wanted)), None)
    yield from cancels(view, [order for order in live if order is not kept], "exit no longer fits")
    if wanted is not None and not live:
        yield wanted


def _closing_amount(rule: TradingRule, position: HeldPosition) -> Decimal:
    """The whole position as one order can carry it: on the lot grid, at most the pair's largest order."""
    amount = rule.quantize_amount(abs(position.amount))
    return min(amount, rule.max_amount) if rule.max_amount else amount


def _standing_stop(
    settings: PerpetualMarketMakingSettings,
    view: MarketView,
    position: HeldPosition,
    live: Sequence[OwnOrder],
    amount: Decimal,
) -> OwnOrder | None:
    """The stop-loss order that is at work and not yet due for renewal. One priced past the stop price is one."""
    stop = _stop_price(settings, position)
    if stop is None:
        return None
    for order in live:
        priced_past = position.sign * (order.price - stop) <= 0
        is_young = view.now_ms - order.created_ms < settings.stop_loss_renewal_ms
        if priced_past and is_young and order.remaining == amount and not order.is_pending_cancel:
            return order
    return None


def _wanted(
    settings: PerpetualMarketMakingSettings, view: MarketView, position: HeldPosition, amount: Decimal
) -> OrderIntent | None:
    """The exit that the position needs now; None for a remainder below the lot size, or a price of 0."""
    past = is_past_stop(settings, view, position)
    price = _stop_order_price(settings, view, position) if past else _profit_price(settings, position)
    side = position.closing_side
    on_grid = view.rule.quantize_price(price, side)
    if amount <= 0 or on_grid <= 0:
        return None
    return OrderIntent(view.trading_pair, side, OrderType.LIMIT, amount, on_grid, PositionAction.CLOSE)


def _is(order: OwnOrder, wanted: OrderIntent) -> bool:
    is_same = order.price == wanted.price and order.remaining == wanted.amount
    return is_same and not order.is_pending_cancel


def _profit_price(settings: PerpetualMarketMakingSettings, position: HeldPosition) -> Decimal:
    is_long = position.amount > 0
    spread = settings.long_profit_taking_spread if is_long else settings.short_profit_taking_spread
    return position.entry_price * (ONE + position.sign * spread)


def _stop_price(settings: PerpetualMarketMakingSettings, position: HeldPosition) -> Decimal | None:
    """The price at which the stop-loss falls due; None when there is no stop-loss."""
    if not settings.stop_loss_spread:
        return None
    return position.entry_price * (ONE - position.sign * settings.stop_loss_spread)


def _market(view: MarketView, position: HeldPosition) -> Decimal | None:
    """The best price on the side that a close would hit; the mark price while that side is empty."""
    best = view.best_bid if position.amount > 0 else view.best_ask
    return view.mark_price if best is None else best


def _stop_order_price(settings: PerpetualMarketMakingSettings, view: MarketView, position: HeldPosition) -> Decimal:
    """The buffer behind the stop price, or behind the market once it has run further; within the venue's band.

    A close priced from the stop price alone would rest above a market that gapped through the buffer.
    """
    sign = position.sign
    reached = [price for price in (_stop_price(settings, position), _market(view, position)) if price]
    worst = min(reached, key=lambda price: sign * price)
    price = worst * (ONE - sign * settings.stop_loss_slippage_buffer)
    band = view.rule.price_band_down if sign > 0 else view.rule.price_band_up
    if view.mark_price is None or not band:
        return price
    limit = view.mark_price * band
    return max(price, limit) if sign > 0 else min(price, limit)
