"""Which quotes of a side go, and when new ones come: age, tolerance, minimum spread.

A cycle of one side: quotes rest → they are due → cancelled, or left for one more cycle because the new prices
are within tolerance → none is open any more → the ladder is placed. Nothing is placed beside a quote that still
lives, a cancel under way included.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from connector.core.enums import OrderType, PositionAction, TradeType
from connector.core.intents import CancelIntent, Intent, OrderIntent
from connector.strategies.ladder import Quote
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.quoting_state import SideTimes
from connector.strategies.setting_kinds import Replace
from connector.strategies.view import MarketView, OwnOrder


def needs_quotes(settings: PerpetualMarketMakingSettings, times: SideTimes, view: MarketView, side: TradeType) -> bool:
    """Whether it matters at this moment which quotes are wanted on that side."""
    if settings.replace_on_touch is not Replace.OFF:
        return True
    live = view.quotes(side)
    if not live:
        return view.now_ms >= times.place_from_ms
    return view.now_ms >= times.refresh_from_ms and not all(order.is_pending_cancel for order in live)


def refresh_side(
    settings: PerpetualMarketMakingSettings,
    times: SideTimes,
    view: MarketView,
    side: TradeType,
    wanted: Sequence[Quote],
) -> tuple[tuple[Intent, ...], SideTimes]:
    """The cancels or the new quotes of one side, and its times after them."""
    live = view.quotes(side)
    cycle_ms = view.now_ms + settings.order_refresh_ms
    if live:
        resting = [order for order in live if not order.is_pending_cancel]
        if not resting or view.now_ms < times.refresh_from_ms:
            return (), times
        if within_tolerance(settings.order_refresh_tolerance_pct, resting, wanted):
            return (), times.next_cycle(cycle_ms)
        return tuple(cancels(view, resting, "due for refresh")), times
    if wanted and view.now_ms >= times.place_from_ms:
        return tuple(_placed(view, quote) for quote in wanted), times.next_cycle(cycle_ms)
    return (), times


def within_tolerance(tolerance: Decimal, live: Sequence[OwnOrder], wanted: Sequence[Quote]) -> bool:
    """Whether the live quotes may stand for the wanted ones: as many, and no price off by more than `tolerance`."""
    if tolerance < 0 or len(live) != len(wanted):
        return False
    pairs = zip(sorted(order.price for order in live), sorted(quote.price for quote in wanted), strict=True)
    return all(abs(new - old) <= tolerance * old for old, new in pairs)


def too_close(minimum_spread: Decimal, reference: Decimal | None, live: Sequence[OwnOrder]) -> Iterator[OwnOrder]:
    """The live quotes that are nearer to the reference price than `minimum_spread` allows."""
    if reference is None:
        return
    for order in live:
        distance = order.trade_type.sign * (reference - order.price) / reference
        if distance < minimum_spread:
            yield order


def cancels(view: MarketView, orders: Sequence[OwnOrder], reason: str) -> Iterator[CancelIntent]:
    """A cancel for each of the orders that is not being cancelled already."""
    for order in orders:
        if not order.is_pending_cancel:
            yield CancelIntent(view.trading_pair, order.client_order_id, reason)


def _placed(view: MarketView, quote: Quote) -> OrderIntent:
    """Post-only: the book of the view may be older than the market, and a quote must never take."""
    return OrderIntent(
        view.trading_pair,
        quote.trade_type,
        OrderType.LIMIT_MAKER,
        quote.amount,
        quote.price,
        PositionAction.OPEN,
    )
