"""The quotes that are wanted now: levels on both sides of the reference price, or the explicit orders.

A ladder is built in this order: levels (or override) → price band → funding pause → optimisation → tick and lot
grid, prices away from the market → quotes that would take, or that PERCENT_PRICE forbids, are dropped → amounts are
cut to the room that `quote_with_position_limit` leaves. Its buys lie
below the reference price and its sells above it, so a ladder never crosses itself.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from connector.core.amounts import ONE, ZERO, ceil_to, floor_to
from connector.core.enums import PriceType, TradeType
from connector.core.price_band import is_beyond
from connector.core.trading_rule import TradingRule
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.setting_kinds import PriceSource
from connector.strategies.view import DepthLevel, MarketView, OwnOrder
from connector.strategies.wanted_exit import WantedExit


@dataclass(frozen=True, slots=True)
class Quote:
    """One order of a ladder."""

    #: The setting that its amount comes from.
    key: str
    trade_type: TradeType
    price: Decimal
    amount: Decimal


_REFERENCE: dict[PriceType, Callable[[MarketView], Decimal | None]] = {
    PriceType.MidPrice: lambda view: view.mid_price,
    PriceType.LastTrade: lambda view: view.last_price,
    PriceType.LastOwnTrade: lambda view: view.last_own_price or view.mid_price,
    PriceType.BestBid: lambda view: view.best_bid,
    PriceType.BestAsk: lambda view: view.best_ask,
}


def reference_price(settings: PerpetualMarketMakingSettings, view: MarketView) -> Decimal | None:
    """The price that spreads are measured from; None while the market, or the price source, has none."""
    price = view.source_price if has_source(settings) else _REFERENCE[settings.price_type](view)
    return price if price is None or not settings.inventory_skew else price * skew_factor(settings, view)


def has_source(settings: PerpetualMarketMakingSettings) -> bool:
    """Whether the reference price comes from elsewhere than the market that is quoted."""
    return settings.price_source is not PriceSource.CURRENT_MARKET


def skew_factor(settings: PerpetualMarketMakingSettings, view: MarketView) -> Decimal:
    """By what the inventory moves the reference price: below 1 for a long position, which is sold sooner."""
    if not settings.inventory_skew:
        return ONE
    share = max(-ONE, min(ONE, view.net_amount / settings.quote_with_position_limit))
    return ONE - settings.inventory_skew * share


def room(settings: PerpetualMarketMakingSettings, view: MarketView, side: TradeType) -> Decimal | None:
    """To how much the quotes of a side may come; None: there is no bound.

    What is held on the other side makes no more room: an exit may close it while the quotes still rest.
    """
    limit = settings.quote_with_position_limit
    if not limit:
        return None
    held = sum((abs(position.amount) for position in view.open_positions if position.opening_side is side), ZERO)
    return max(limit - held, ZERO)


def ladder(
    settings: PerpetualMarketMakingSettings, view: MarketView, exits: Sequence[WantedExit] = ()
) -> tuple[Quote, ...]:
    """The quotes wanted at this moment, on the pair's grid, each side from the reference price outwards.

    None would meet an order of ours, nor one of `exits`, be they live, asked for in the same breath, or waiting.
    """
    reference = reference_price(settings, view)
    if reference is None:
        return ()
    quotes = [quote for quote in planned(settings, reference) if _is_served(quote, settings, view, reference)]
    if settings.order_optimization_enabled and settings.order_levels == 1:
        quotes = [_optimised(quote, quotes, settings, view) for quote in quotes]
    on_grid = [_on_grid(quote, view.rule) for quote in quotes]
    # Once a side: a ladder of a hundred levels must not ask each of them for each of a hundred orders.
    nearest = {side: _nearest(side, view) for side in TradeType}
    served = tuple(
        quote
        for quote in on_grid
        if not (_is_forbidden(quote, view) or _would_take(quote, nearest[quote.trade_type], exits))
    )
    return tuple(_within_room(served, settings, view)) if settings.quote_with_position_limit else served


def _within_room(quotes: Sequence[Quote], settings: PerpetualMarketMakingSettings, view: MarketView) -> Iterator[Quote]:
    """The quotes cut to the room of their side, the nearest first; those that the pair's rule would refuse left out."""
    left = {side: room(settings, view, side) or ZERO for side in TradeType}
    for quote in sorted(quotes, key=lambda one: -one.trade_type.sign * one.price):
        amount = min(quote.amount, view.rule.quantize_amount(left[quote.trade_type]))
        left[quote.trade_type] -= amount
        if amount == quote.amount:
            yield quote
        elif amount and view.rule.broken_by(amount, quote.price) is None:
            yield replace(quote, amount=amount)


def planned(settings: PerpetualMarketMakingSettings, reference: Decimal) -> Iterator[Quote]:
    """The quotes as the settings name them, unrounded, whatever the market."""
    if settings.order_override:
        for order in settings.order_override:
            price = _away(reference, order.trade_type, order.spread)
            yield Quote("order_override", order.trade_type, price, order.amount)
        return
    for side, spread in ((TradeType.BUY, settings.bid_spread), (TradeType.SELL, settings.ask_spread)):
        for level in range(settings.order_levels):
            price = _away(reference, side, spread + level * settings.order_level_spread)
            amount = settings.order_amount + level * settings.order_level_amount
            yield Quote("order_level_amount" if level else "order_amount", side, price, amount)


def _away(reference: Decimal, side: TradeType, spread: Decimal) -> Decimal:
    return reference * (ONE - side.sign * spread)


def _is_served(quote: Quote, settings: PerpetualMarketMakingSettings, view: MarketView, reference: Decimal) -> bool:
    """Whether the exchange's position control, price limits and the funding pause leave the quote's side open."""
    if quote.trade_type in view.rule.reduce_only_sides or _pays_funding_soon(quote.trade_type, settings, view):
        return False
    return not is_capped(settings, quote.trade_type, reference)


def is_capped(settings: PerpetualMarketMakingSettings, side: TradeType, reference: Decimal) -> bool:
    """Whether the ceiling keeps buys back at that reference price, or the floor sells."""
    if side is TradeType.BUY:
        return 0 < settings.price_ceiling <= reference
    return 0 < reference <= settings.price_floor


def _pays_funding_soon(side: TradeType, settings: PerpetualMarketMakingSettings, view: MarketView) -> bool:
    if not settings.funding_pause_time or view.seconds_to_funding is None:
        return False
    return side.sign * view.funding_rate > 0 and view.seconds_to_funding <= settings.funding_pause_time


def _optimised(quote: Quote, quotes: list[Quote], settings: PerpetualMarketMakingSettings, view: MarketView) -> Quote:
    """The quote moved out to one tick before the best price beyond the depth; never nearer than it was."""
    if sum(other.trade_type is quote.trade_type for other in quotes) > 1:
        return quote
    tick = view.rule.tick_size
    if quote.trade_type is TradeType.BUY:
        best = _price_beyond(settings.bid_order_optimization_depth, view.bids, view.own(TradeType.BUY))
        return quote if best is None else replace(quote, price=min(quote.price, floor_to(tick, best) + tick))
    best = _price_beyond(settings.ask_order_optimization_depth, view.asks, view.own(TradeType.SELL))
    return quote if best is None else replace(quote, price=max(quote.price, ceil_to(tick, best) - tick))


def _price_beyond(depth: Decimal, levels: tuple[DepthLevel, ...], own: tuple[OwnOrder, ...]) -> Decimal | None:
    """The first price at which the others' orders up to it amount to more than `depth`; None past the book."""
    seen = Decimal(0)
    for level in levels:
        ours = sum((order.remaining for order in own if order.price == level.price), Decimal(0))
        seen += max(level.amount - ours, Decimal(0))
        if seen > depth:
            return level.price
    return None


def _on_grid(quote: Quote, rule: TradingRule) -> Quote:
    price = rule.quantize_price(quote.price, quote.trade_type)
    return replace(quote, price=price, amount=rule.quantize_amount(quote.amount))


def _is_forbidden(quote: Quote, view: MarketView) -> bool:
    """Whether the market is so far from the mark price that the exchange's band takes no such quote."""
    mark = view.mark_price
    return mark is not None and is_beyond(view.rule, quote.trade_type, quote.price, mark)


def _nearest(side: TradeType, view: MarketView) -> Decimal | None:
    """The price at which an order of that side meets the market, or an order of our own the book may not show."""
    best = view.best_ask if side is TradeType.BUY else view.best_bid
    prices = [order.price for order in view.own(side.opposite)]
    if best is not None:
        prices.append(best)
    if not prices:
        return None
    return min(prices) if side is TradeType.BUY else max(prices)


def _would_take(quote: Quote, nearest: Decimal | None, exits: Sequence[WantedExit]) -> bool:
    """Whether the quote would trade at once."""
    side = quote.trade_type
    if nearest is not None and side.sign * (quote.price - nearest) >= 0:
        return True
    return any(wanted.meets(side, quote.price) for wanted in exits)
