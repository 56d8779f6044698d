"""The decision of one quote a side when the touch moved and nothing else did: from the last view, without a new one.

What it decides is what `decide` would; where that is not plain to see it says so, and `decide` is asked.
"""

from decimal import Decimal

from connector.core.amounts import ONE
from connector.core.enums import PriceType, TradeType
from connector.core.intents import ModifyIntent
from connector.core.price_band import is_beyond
from connector.strategies.ladder import is_capped, reference_price
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.quoting_state import QuotingState
from connector.strategies.refresh import too_close
from connector.strategies.repricing import remembered, tolerance_of
from connector.strategies.setting_kinds import Replace
from connector.strategies.view import MarketView, OwnOrder

_OF_THE_TOUCH = frozenset({PriceType.MidPrice, PriceType.BestBid, PriceType.BestAsk})


def has_short_way(settings: PerpetualMarketMakingSettings, state: QuotingState, view: MarketView) -> bool:
    """Whether the settings are those of one quote a side, there is no position, and each side has its quote settled at
    the venue, or none: as it waits for its time, or ceiling or floor keep it back."""
    is_plain = (
        settings.replace_on_touch is not Replace.OFF
        and settings.order_levels == 1
        and settings.price_type in _OF_THE_TOUCH
        and not (settings.order_override or settings.order_optimization_enabled or settings.funding_pause_time)
    )
    if not is_plain or not view.rule.is_trading or view.open_positions or state.exits_asked or state.exit_misfits:
        return False
    if any(order.is_exit or order.is_pending_cancel or not order.is_settled for order in view.orders):
        return False
    reference = reference_price(settings, view)
    return reference is not None and all(
        len(view.own(side)) == 1 or _stays_empty(settings, state, view, side, reference) for side in TradeType
    )


def short_way(
    settings: PerpetualMarketMakingSettings, state: QuotingState, view: MarketView, until_ms: int
) -> tuple[tuple[ModifyIntent, ...], QuotingState] | None:
    """The intents at `view`, which is the last one at another touch and time, and the state after them; None where the
    full decision is needed. Before it `has_short_way` held, and nothing falls due before `until_ms`."""
    reference = reference_price(settings, view)
    if reference is None or view.now_ms >= until_ms or any(too_close(settings.minimum_spread, reference, view.orders)):
        return None
    tolerance, changes = tolerance_of(settings), []
    for side in TradeType:
        own = view.own(side)
        if not own and not _stays_empty(settings, state, view, side, reference):
            return None
        for order in own:
            spread = settings.bid_spread if side is TradeType.BUY else settings.ask_spread
            price = view.rule.quantize_price(reference * (ONE - side.sign * spread), side)
            if abs(price - order.price) <= tolerance * order.price:
                continue
            if not _may_rest(settings, view, reference, order, price):
                return None
            changes.append(ModifyIntent(view.trading_pair, order.client_order_id, price))
    return remembered(state, view, changes)


def _stays_empty(
    settings: PerpetualMarketMakingSettings, state: QuotingState, view: MarketView, side: TradeType, reference: Decimal
) -> bool:
    """Whether no quote of the side is placed, where none is."""
    if view.own(side):
        return False
    return view.now_ms < state.times(side).place_from_ms or is_capped(settings, side, reference)


def _may_rest(
    settings: PerpetualMarketMakingSettings, view: MarketView, reference: Decimal, order: OwnOrder, price: Decimal
) -> bool:
    """Whether a ladder of this moment would hold the quote: nothing limits its side, it is within the band, and it
    meets neither the market nor an order of ours."""
    side, best = order.trade_type, view.best_ask if order.trade_type is TradeType.BUY else view.best_bid
    if side in view.rule.reduce_only_sides or best is None or side.sign * (price - best) >= 0:
        return False
    if is_capped(settings, side, reference):
        return False
    mark = view.mark_price
    return not (mark is not None and is_beyond(view.rule, side, price, mark)) and not view.facing(side, price)
