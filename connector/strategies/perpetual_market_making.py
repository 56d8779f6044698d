"""Perpetual market making: from settings, memory and one view of the market to what is wanted.

`intents, state = decide(settings, state, view)`, once a tick. The rules, in order:

1. A view that is not ready asks for nothing: whoever runs this pulls the quotes. A pair that does not trade takes no
   order: its quotes are pulled, so that none of them meets the price at which it trades again.
2. Exits are managed for every open position, whatever else holds; quotes make way for them.
3. Quotes that are closer than the minimum spread, that would close a position at the wrong price, that would
   enlarge a position past its stop price, or beyond its limit, are cancelled at once; so are all of them while the
   price source is too old.
4. Without a position, each side is cancelled by age and tolerance, and placed when none of it is open. With one,
   quotes leave at their age and none is placed; `quote_with_position` lets quoting go on beside the exits.
5. With `replace_on_touch`, quotes that stay and whose price moved are asked to the new one.

Whether the intents can be paid for is not decided here.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from connector.core.enums import PositionMode, TradeType
from connector.core.intents import Intent
from connector.strategies.exits import exit_intents
from connector.strategies.ladder import Quote, has_source, ladder, reference_price, room
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.quoting_state import QuotingState, SideTimes
from connector.strategies.refresh import cancels, needs_quotes, refresh_side, too_close
from connector.strategies.repricing import repriced
from connector.strategies.view import MarketView, OwnOrder
from connector.strategies.wanted_exit import is_past_stop, wanted_exits


def decide(
    settings: PerpetualMarketMakingSettings, state: QuotingState, view: MarketView
) -> tuple[tuple[Intent, ...], QuotingState]:
    """The intents of this moment, cancels before the orders of their side, and the state for the next one."""
    if not view.ready:
        return (), state
    if not view.rule.is_trading:
        quotes = (*view.quotes(TradeType.BUY), *view.quotes(TradeType.SELL))
        return tuple(cancels(view, quotes, "the pair does not trade")), state
    state = state.after_fill(view.last_complete_fill_ms, settings.filled_order_delay_ms)
    exits = wanted_exits(settings, view)
    intents, state = exit_intents(settings, state, view, exits)
    view = view.after(intents)
    is_quoting = settings.quote_with_position or not view.open_positions
    # It is much work where there are many levels, and most moments ask for none of it.
    is_asked_for = any(needs_quotes(settings, state.times(side), view, side) for side in TradeType)
    wanted = ladder(settings, view, exits) if is_quoting and is_asked_for else ()
    for side in TradeType:
        quoted, state = _side(settings, state, view, side, wanted)
        intents += quoted
    return intents, state


def _side(
    settings: PerpetualMarketMakingSettings,
    state: QuotingState,
    view: MarketView,
    side: TradeType,
    wanted: Iterable[Quote],
) -> tuple[tuple[Intent, ...], QuotingState]:
    if _enlarges_past_stop(settings, view, side):
        return tuple(cancels(view, view.quotes(side), "the position is past its stop price")), state
    if has_source(settings) and view.source_price is None:
        return _pulled(settings, state, view, side)
    of_side = [quote for quote in wanted if quote.trade_type is side]
    at_once = _unwanted(settings, view, side)
    if at_once:
        return tuple(cancels(view, at_once, "too close, beyond the limit, or in the way of an exit")), state
    intents, times = refresh_side(settings, state.times(side), view, side, of_side)
    state = state.with_times(side, times)
    return (intents, state) if intents else repriced(settings, state, view, view.quotes(side), of_side)


def _pulled(
    settings: PerpetualMarketMakingSettings, state: QuotingState, view: MarketView, side: TradeType
) -> tuple[tuple[Intent, ...], QuotingState]:
    """Nothing is quoted without a price to measure from; with one again the side need not wait for its next cycle."""
    paused_ms = state.seen_fill_ms + settings.filled_order_delay_ms if state.seen_fill_ms else view.now_ms
    times = SideTimes(max(view.now_ms, paused_ms), view.now_ms)
    gone = tuple(cancels(view, view.quotes(side), "the price source is too old"))
    return gone, state.with_times(side, times)


def _enlarges_past_stop(settings: PerpetualMarketMakingSettings, view: MarketView, side: TradeType) -> bool:
    """Whether quotes of this side would enlarge a position whose stop-loss is due."""
    return any(
        position.opening_side is side and is_past_stop(settings, view, position) for position in view.open_positions
    )


def _unwanted(settings: PerpetualMarketMakingSettings, view: MarketView, side: TradeType) -> list[OwnOrder]:
    """The live quotes of a side that have to go whatever their age, those already going left out."""
    live = [order for order in view.quotes(side) if not order.is_pending_cancel]
    if _closes_net_position(settings, view, side):
        return live
    near = list(too_close(settings.minimum_spread, reference_price(settings, view), live))
    return near + [order for order in _beyond_room(room(settings, view, side), live) if order not in near]


def _beyond_room(most: Decimal | None, live: Sequence[OwnOrder]) -> Iterator[OwnOrder]:
    """The live quotes of a side that would bring the position beyond its limit, the farthest first."""
    if most is None:
        return
    left = most
    for order in sorted(live, key=lambda one: -one.trade_type.sign * one.price):
        if order.remaining > left:
            yield order
        else:
            left -= order.remaining


def _closes_net_position(settings: PerpetualMarketMakingSettings, view: MarketView, side: TradeType) -> bool:
    """Whether a quote of this side would close the net position before its take-profit does."""
    if settings.quote_with_position or settings.position_mode is PositionMode.HEDGE:
        return False
    return any(position.closing_side is side for position in view.open_positions)
