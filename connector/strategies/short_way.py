"""The decision of one quote a side when the touch moved and nothing else did: from the last view, without a new one.

What it decides is what `decide` would; where that is not plain to see it says so, and `decide` is asked. All that does
not move with the touch is reckoned once, exactly and in whole ticks, while nothing is to do. The state after it
is the one that `repricing.remembered` tells.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import partial

from connector.core.amounts import ONE, is_multiple
from connector.core.enums import PriceType, TradeType
from connector.strategies.ladder import has_source, reference_price
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.plain.touch_moves import MOST_SCALE, MOST_TICKS
from connector.strategies.quoting_state import QuotingState
from connector.strategies.repricing import SAME_CHANGE_PAUSE_MS, tolerance_of
from connector.strategies.setting_kinds import Replace
from connector.strategies.touch_moves import ShortWay, TickSide
from connector.strategies.view import MarketView

#: Of best bid and best ask in twice the reference price.
_WEIGHTS = {PriceType.MidPrice: (1, 1), PriceType.BestBid: (2, 0), PriceType.BestAsk: (0, 2)}
#: Of a side that nothing caps.
_NEVER_CAPPED = {TradeType.BUY: 2**62, TradeType.SELL: -1}


def short_way(
    settings: PerpetualMarketMakingSettings, state: QuotingState, view: MarketView, until_ms: int
) -> ShortWay | None:
    """The short way from `view`, while nothing falls due before `until_ms`; None where there is none.

    There is one where the settings are those of one quote a side, there is no position, and each side has its quote
    settled at the venue, or none: as it waits for its time, or ceiling or floor keep it back.
    """
    if not _is_plain(settings) or not view.rule.is_trading or view.open_positions:
        return None
    if state.exits_asked or state.exit_misfits or reference_price(settings, view) is None:
        return None
    if any(order.is_exit or order.is_pending_cancel or not order.is_settled for order in view.orders):
        return None
    tick, scale = view.rule.tick_size, _scale(settings)
    prices = [order.price for order in view.orders] + [asked.price for asked in state.changes_asked]
    if tick <= 0 or scale > MOST_SCALE or not all(_is_in_ticks(tick, price) for price in prices):
        return None
    buys = _side(settings, state, view, TradeType.BUY, scale)
    sells = _side(settings, state, view, TradeType.SELL, scale)
    if buys is None or sells is None:
        return None
    bid_weight, ask_weight = _WEIGHTS[settings.price_type]
    return ShortWay(
        trading_pair=view.trading_pair,
        tick=tick,
        scale=scale,
        bid_weight=bid_weight,
        ask_weight=ask_weight,
        minimum_spread=float(settings.minimum_spread),
        until_ms=until_ms,
        mark_price=view.mark_price,
        buys=buys,
        sells=sells,
    )


def _is_plain(settings: PerpetualMarketMakingSettings) -> bool:
    return (
        settings.replace_on_touch is not Replace.OFF
        and settings.order_levels == 1
        and settings.price_type in _WEIGHTS
        and not (settings.order_override or settings.order_optimization_enabled or settings.funding_pause_time)
        and not (has_source(settings) or 0 < settings.quote_with_position_limit < settings.order_amount)
    )


def _scale(settings: PerpetualMarketMakingSettings) -> int:
    """What both spreads are whole numbers of parts of."""
    exponents = (settings.bid_spread.as_tuple().exponent, settings.ask_spread.as_tuple().exponent)
    return int(10 ** max(0, *(-int(exponent) for exponent in exponents)))


def _is_in_ticks(tick: Decimal, price: Decimal) -> bool:
    return is_multiple(tick, price) and 0 < price <= tick * MOST_TICKS


def _side(
    settings: PerpetualMarketMakingSettings, state: QuotingState, view: MarketView, side: TradeType, scale: int
) -> TickSide | None:
    """One side; None where it has more than a quote."""
    own, rule, is_buy = view.own(side), view.rule, side is TradeType.BUY
    if len(own) > 1:
        return None
    spread = settings.bid_spread if is_buy else settings.ask_spread
    times, tick, tolerance = state.times(side), rule.tick_size, tolerance_of(settings)
    empty = partial(
        TickSide, side.sign, int(scale * (ONE - side.sign * spread)), _capped_at(settings, side, tick),
        times.place_from_ms,
    )  # fmt: skip
    if not own:
        return empty()
    (order,) = own
    ticks = order.price / tick
    return empty(
        order.client_order_id,
        price=int(ticks),
        keep_low=int((ticks * (ONE - tolerance)).to_integral_value(ROUND_CEILING)),
        keep_high=int((ticks * (ONE + tolerance)).to_integral_value(ROUND_FLOOR)),
        band=float(rule.price_band_up if is_buy else rule.price_band_down),
        may_move=side not in rule.reduce_only_sides,
        asked=tuple(
            (int(one.price / tick), one.asked_ms + SAME_CHANGE_PAUSE_MS)
            for one in state.changes_asked
            if one.client_order_id == order.client_order_id
        ),
    )


def _capped_at(settings: PerpetualMarketMakingSettings, side: TradeType, tick: Decimal) -> int:
    """Twice the reference price from which on, or down to which, nothing of the side is quoted, in ticks."""
    if side is TradeType.BUY and settings.price_ceiling > 0:
        return min(_NEVER_CAPPED[side], int((2 * settings.price_ceiling / tick).to_integral_value(ROUND_CEILING)))
    if side is TradeType.SELL and settings.price_floor > 0:
        return int(min(2 * settings.price_floor / tick, Decimal(4 * MOST_TICKS)).to_integral_value(ROUND_FLOOR))
    return _NEVER_CAPPED[side]
