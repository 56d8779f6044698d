"""The order that should close a position now: its price, its amount, and whether it is a stop-loss order.

While the market is inside the stop price that is the take-profit; at the stop price or past it, an order that gets
out at the market, behind it by the slippage buffer.

The market is the best price of the side that a close would hit, and where that side is empty the last trade: never the
mark price, which no order may back. An exit that PERCENT_PRICE forbids is priced at the edge of that band.
"""

from dataclasses import dataclass
from decimal import Decimal

from connector.core.amounts import ONE
from connector.core.enums import OrderType, PositionAction, TradeType
from connector.core.intents import OrderIntent
from connector.core.price_band import within
from connector.core.trading_rule import TradingRule
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.view import HeldPosition, MarketView

#: An exit at the edge of the band follows it in steps of this share of its price.
_EDGE_MOVES = Decimal("0.002")


@dataclass(frozen=True, slots=True)
class WantedExit:
    """What should close `position`, whether it is live, can be placed now or has to wait."""

    position: HeldPosition
    #: On the pair's grid and within its band. One of 0 or below (a take-profit of 100 % of a short position) is never
    #: placed.
    price: Decimal
    #: On the pair's grid; 0: a remainder below the lot size.
    amount: Decimal
    #: Whether it is a stop-loss order.
    is_stop: bool
    #: The price without the band.
    wished: Decimal

    @property
    def is_held_by_band(self) -> bool:
        return self.price != self.wished

    @property
    def side(self) -> TradeType:
        return self.position.closing_side

    def intent(self, trading_pair: str) -> OrderIntent:
        return OrderIntent(trading_pair, self.side, OrderType.LIMIT, self.amount, self.price, PositionAction.CLOSE)

    def is_served_at(self, price: Decimal) -> bool:
        """Whether an order that rests at that price need not be asked for anew. The band moves with the mark price: one
        that rests nearer to the wish than its edge, or hardly further from it, stays."""
        if price == self.price or not self.is_held_by_band:
            return price == self.price
        sign = self.side.sign
        return sign * (price - self.wished) <= 0 and sign * (self.price - price) <= self.price * _EDGE_MOVES

    def meets(self, side: TradeType, price: Decimal) -> bool:
        """Whether an order of that side and price would trade with this one."""
        return side is not self.side and side.sign * (price - self.price) >= 0


def wanted_exits(settings: PerpetualMarketMakingSettings, view: MarketView) -> tuple[WantedExit, ...]:
    """One for each open position, stop-losses first, then buys: where two would meet, the first has the way."""
    exits = [_wanted(settings, view, position) for position in view.open_positions]
    return tuple(sorted(exits, key=lambda wanted: (not wanted.is_stop, wanted.side is TradeType.SELL)))


def is_past_stop(settings: PerpetualMarketMakingSettings, view: MarketView, position: HeldPosition) -> bool:
    """Whether the market that the position would be closed into is at its stop price or beyond."""
    stop, market = stop_price(settings, position), market_price(view, position)
    return stop is not None and market is not None and position.sign * (market - stop) <= 0


def stop_price(settings: PerpetualMarketMakingSettings, position: HeldPosition) -> Decimal | None:
    """The price at which the stop-loss falls due; None when there is no stop-loss."""
    if not settings.stop_loss_spread:
        return None
    return position.entry_price * (ONE - position.sign * settings.stop_loss_spread)


def _wanted(settings: PerpetualMarketMakingSettings, view: MarketView, position: HeldPosition) -> WantedExit:
    past = is_past_stop(settings, view, position)
    price = _stop_order_price(settings, view, position) if past else _profit_price(settings, position)
    side, rule = position.closing_side, view.rule
    wished = rule.quantize_price(price, side)
    price = wished if view.mark_price is None else within(rule, side, wished, view.mark_price)
    return WantedExit(position, price, _closing_amount(rule, position), past, wished)


def _closing_amount(rule: TradingRule, position: HeldPosition) -> Decimal:
    """The whole position as one order can carry it: on the lot grid, at most the pair's largest order."""
    amount = rule.quantize_amount(abs(position.amount))
    return min(amount, rule.max_amount) if rule.max_amount else amount


def _profit_price(settings: PerpetualMarketMakingSettings, position: HeldPosition) -> Decimal:
    is_long = position.amount > 0
    spread = settings.long_profit_taking_spread if is_long else settings.short_profit_taking_spread
    return position.entry_price * (ONE + position.sign * spread)


def market_price(view: MarketView, position: HeldPosition) -> Decimal | None:
    """The best price on the side that a close would hit; the last trade while that side is empty."""
    best = view.best_bid if position.amount > 0 else view.best_ask
    return view.last_price if best is None else best


def _stop_order_price(settings: PerpetualMarketMakingSettings, view: MarketView, position: HeldPosition) -> Decimal:
    """The buffer behind the stop price, or behind the market once it has run further.

    A close priced from the stop price alone would rest above a market that gapped through the buffer.
    """
    sign = position.sign
    reached = [price for price in (stop_price(settings, position), market_price(view, position)) if price]
    worst = min(reached, key=lambda price: sign * price)
    return worst * (ONE - sign * settings.stop_loss_slippage_buffer)
