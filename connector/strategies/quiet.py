"""Whether anything is to do, told by comparing a few floats: how far the touch may move, and until when, while `decide`
would ask for nothing, orders, position and all else being as they are.

The bounds are a little narrower than the truth, and what lies between is left to `decide`, which reckons exactly. Where
no such bounds are known every move of the touch is looked at.
"""

from collections.abc import Sequence
from decimal import Decimal
from math import inf

from connector.core.amounts import ONE, ceil_to, floor_to
from connector.core.enums import PriceType, TradeType
from connector.strategies.exits import EXIT_PAUSE_MS, TORN_VIEW_MS
from connector.strategies.ladder import has_source, is_capped, planned, reference_price, skew_factor
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.quoting_state import QuotingState
from connector.strategies.repricing import SAME_CHANGE_PAUSE_MS, tolerance_of
from connector.strategies.setting_kinds import Replace
from connector.strategies.touch_moves import Pull, Quiet
from connector.strategies.view import MarketView, OwnOrder
from connector.strategies.wanted_exit import stop_price, wanted_exits

#: When nothing falls due by time.
NEVER_MS = 2**62
#: What floats may be off, and what lies so near to a bound is not told by them.
_MARGIN = 1e-12
#: How soon an exit is looked at again that waits for what is in its way.
_EXIT_WAITS_MS = 250
#: The parts of best bid and best ask that make up the reference price.
_PARTS = {PriceType.MidPrice: (0.5, 0.5), PriceType.BestBid: (1.0, 0.0), PriceType.BestAsk: (0.0, 1.0)}


class _Bounds:
    """Narrowed step by step."""

    def __init__(self) -> None:
        self.until_ms = NEVER_MS
        self.low, self.high = -inf, inf
        self.bid_above, self.ask_below = -inf, inf
        self.pulls: list[Pull] = []

    def due(self, at_ms: int) -> None:
        self.until_ms = min(self.until_ms, at_ms)

    def within(self, low: Decimal | float, high: Decimal | float) -> None:
        self.low = max(self.low, float(low) * (1 + _MARGIN))
        self.high = min(self.high, float(high) * (1 - _MARGIN))


def quiet(settings: PerpetualMarketMakingSettings, state: QuotingState, view: MarketView) -> Quiet | None:
    """The bounds around a moment at which `decide` has just been asked; None where every move has to be looked at.

    `state` and `view` are those after its intents, which may be cancels and changes alone: an order that was asked for
    is in no view yet.
    """
    bounds, reference = _Bounds(), reference_price(settings, view)
    if reference is None:
        return None
    if view.rule.is_trading and not _bound(bounds, settings, state, view, reference):
        return None
    skew = float(skew_factor(settings, view))
    is_own_trade = settings.price_type is PriceType.LastOwnTrade and bool(view.last_own_price)
    is_fixed = has_source(settings) or settings.price_type is PriceType.LastTrade or is_own_trade
    parts = (0.0, 0.0) if is_fixed else _PARTS.get(settings.price_type, _PARTS[PriceType.MidPrice])
    return Quiet(
        until_ms=bounds.until_ms,
        bid_part=parts[0] * skew,
        ask_part=parts[1] * skew,
        fixed=float(reference) if is_fixed else 0.0,
        low=bounds.low,
        high=bounds.high,
        bid_above=bounds.bid_above,
        ask_below=bounds.ask_below,
        pulls=tuple(bounds.pulls),
    )


def _bound(
    bounds: _Bounds,
    settings: PerpetualMarketMakingSettings,
    state: QuotingState,
    view: MarketView,
    reference: Decimal,
) -> bool:
    """Whether the bounds are known."""
    if not _bound_exits(bounds, settings, state, view):
        return False
    if settings.funding_pause_time and view.seconds_to_funding is not None:
        left_s = view.seconds_to_funding - float(settings.funding_pause_time)
        bounds.due(view.now_ms + int(1000 * (left_s if left_s > 0 else max(1.0, view.seconds_to_funding))) + 1)
    for asked in state.changes_asked:
        bounds.due(asked.asked_ms + SAME_CHANGE_PAUSE_MS)
    is_quoting = settings.quote_with_position or not view.open_positions
    follows = settings.replace_on_touch is not Replace.OFF
    matters = is_quoting and (follows or not all(view.quotes(side) for side in TradeType))
    quotes = tuple(planned(settings, ONE)) if matters else ()
    return all(
        _bound_side(
            bounds, settings, state, view, side, reference, [one.price for one in quotes if one.trade_type is side]
        )
        for side in TradeType
    )  # fmt: skip


def _bound_exits(
    bounds: _Bounds, settings: PerpetualMarketMakingSettings, state: QuotingState, view: MarketView
) -> bool:
    exits = wanted_exits(settings, view)
    if any(wanted.is_stop for wanted in exits):
        return False
    for wanted in exits:
        stop = stop_price(settings, wanted.position)
        if stop is not None and wanted.position.amount > 0:
            bounds.bid_above = max(bounds.bid_above, float(stop) * (1 + _MARGIN))
        elif stop is not None:
            bounds.ask_below = min(bounds.ask_below, float(stop) * (1 - _MARGIN))
        resting = view.exits(wanted.side)
        if wanted.amount and not resting:
            bounds.due(view.now_ms + _EXIT_WAITS_MS)
        for order in resting:
            # A stop-loss order that the market has come back from stays until it is due for renewal.
            renewed_ms = order.created_ms + settings.stop_loss_renewal_ms
            if not wanted.is_served_at(order.price) and renewed_ms > view.now_ms:
                bounds.due(renewed_ms)
    for asked in state.exits_asked:
        if not view.exits(asked.intent.trade_type):
            bounds.due(asked.asked_ms + EXIT_PAUSE_MS)
    for misfit in state.exit_misfits:
        bounds.due(max(misfit.since_ms + TORN_VIEW_MS, view.now_ms + 1))
    return True


def _bound_side(
    bounds: _Bounds,
    settings: PerpetualMarketMakingSettings,
    state: QuotingState,
    view: MarketView,
    side: TradeType,
    reference: Decimal,
    factors: Sequence[Decimal],
) -> bool:
    """`factors` are the prices of the planned quotes at a reference price of 1."""
    live, times = view.quotes(side), state.times(side)
    resting = [order for order in live if not order.is_pending_cancel]
    if resting:
        bounds.due(times.refresh_from_ms)
        for order in resting:
            _bound_pull(bounds, order, settings.minimum_spread)
        return settings.replace_on_touch is Replace.OFF or _bound_prices(bounds, settings, view, side, live, factors)
    if live or not factors or side in view.rule.reduce_only_sides:
        return True
    if view.now_ms < times.place_from_ms:
        bounds.due(times.place_from_ms)
        return True
    if not is_capped(settings, side, reference):
        return False
    low_high = (settings.price_ceiling, inf) if side is TradeType.BUY else (-inf, settings.price_floor)
    bounds.within(*low_high)
    return True


def _bound_pull(bounds: _Bounds, order: OwnOrder, minimum_spread: Decimal) -> None:
    """Where the quote gets nearer to the reference price than it may be."""
    low, high = -inf, inf
    if order.trade_type is TradeType.BUY and minimum_spread < 1:
        low = float(order.price / (ONE - minimum_spread))
    elif order.trade_type is TradeType.SELL and minimum_spread > -1:
        high = float(order.price / (ONE + minimum_spread))
    bounds.within(low, high)
    bounds.pulls.append(Pull(order.client_order_id, low * (1 - _MARGIN), high * (1 + _MARGIN)))


def _bound_prices(
    bounds: _Bounds,
    settings: PerpetualMarketMakingSettings,
    view: MarketView,
    side: TradeType,
    live: Sequence[OwnOrder],
    factors: Sequence[Decimal],
) -> bool:
    """Where the side's quotes are at the price that they should have, or hardly off it."""
    if len(factors) < len(live) or any(order.is_pending_cancel or not order.is_settled for order in live):
        return True  # none is re-priced before what is under way is told
    if len(factors) > len(live) or settings.order_optimization_enabled:
        return False
    tick, tolerance = view.rule.tick_size, tolerance_of(settings)
    for price, factor in zip(sorted(order.price for order in live), sorted(factors), strict=True):
        lowest, highest = ceil_to(tick, price * (ONE - tolerance)), floor_to(tick, price * (ONE + tolerance))
        if side is TradeType.BUY:
            bounds.within(lowest / factor, (highest + tick) / factor)
        else:
            bounds.within((lowest - tick) / factor, highest / factor)
    return True
