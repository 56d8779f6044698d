"""Long one pair and short another of the same base, by the difference of their funding: BTC-USDT and BTC-USDC.

    difference = rate of the market - rate of the other pair            positive: longs of the market pay more
    flat, and |difference| at least `entry_rate_difference`    ──▶ short the one whose longs pay more, long the other
    held, and it brings less than `exit_rate_difference`       ──▶ both legs are closed

The first leg, in `market`, rests at its own touch, one order of `order_amount` at a time. The other leg follows what
was filled, at once: it takes what the book asks, priced through it by `slippage`. While the other leg is behind by an
order or more, the first one rests nothing: what is open without its counterpart is an order at most.

Both legs are margined by their own assets, and the exchange settles each pair's funding by itself; the rates are those
of one settlement of each, so that the pairs are to have the same interval.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Self

from annotated_types import Ge, Gt, Lt
from pydantic import AfterValidator, model_validator

from connector.core.amounts import ONE, ZERO
from connector.core.enums import OrderType, PositionAction, PositionMode, TradeType
from connector.core.intents import CancelIntent, Intent, OrderIntent
from connector.strategies.setting_kinds import FRACTION, REQUIRED, pair_named, refuse, setting
from connector.strategies.strategy_settings import StrategySettings
from connector.strategies.view import MarketView, OwnOrder

LOOK_EVERY_MS = 500
#: What was asked for of a leg is waited for so long before it is asked for again: a fill may outrun its position.
_ASK_AGAIN_MS = 2_000


class Settings(StrategySettings):
    """What the strategy is set by."""

    second_market: Annotated[str, AfterValidator(pair_named)] = setting(
        REQUIRED, "the other pair, of the same base", bound="a pair such as BTC-USDC"
    )
    position_amount: Annotated[Decimal, Gt(0)] = setting(REQUIRED, "what each leg is to hold", "base")
    entry_rate_difference: Annotated[Decimal, Gt(0), Lt(100), FRACTION] = setting(
        Decimal("0.01"), "the rates differ by so much at least, for one settlement, where legs are opened", "%"
    )
    exit_rate_difference: Annotated[Decimal, Lt(100), FRACTION] = setting(
        Decimal(0), "legs that bring less than this a settlement are closed", "%"
    )
    maximum_price_gap: Annotated[Decimal, Gt(0), Lt(100), FRACTION] = setting(
        Decimal("0.2"), "no leg is opened while the mid prices are further apart", "%"
    )
    slippage: Annotated[Decimal, Ge(0), Lt(100), FRACTION] = setting(
        Decimal("0.05"), "how far through the touch the second leg is priced", "%"
    )

    @model_validator(mode="after")
    def _legs_are_two(self) -> Self:
        if self.position_mode is PositionMode.HEDGE:
            raise refuse("has to be One-way", "", "position_mode")
        if self.second_market == self.market or self.second_market.split("-")[0] != self.market.split("-")[0]:
            raise refuse("has to be another pair of the same base", "such as BTC-USDC beside BTC-USDT", "second_market")
        if self.order_amount > self.position_amount:
            raise refuse("is more than a leg is to hold", "use at most position_amount", "order_amount")
        if self.exit_rate_difference >= self.entry_rate_difference:
            raise refuse("has to be below entry_rate_difference", "", "exit_rate_difference")
        return self


@dataclass(frozen=True, slots=True)
class State:
    """When each leg was last asked for something, in ms."""

    first_asked_ms: int = -_ASK_AGAIN_MS
    second_asked_ms: int = -_ASK_AGAIN_MS


def begin(settings: Settings) -> State:
    return State()


def pairs(settings: Settings) -> tuple[str, ...]:
    return (settings.market, settings.second_market)


def decide(settings: Settings, state: State, view: MarketView) -> tuple[tuple[Intent, ...], State]:
    """The second leg comes first: what it lacks is what is open to the market."""
    second = view.others[0]
    if not view.ready or view.mid_price is None or second.mid_price is None:
        return (), state
    behind = -view.net_amount - second.net_amount
    follow = _followed(settings, second, behind) if view.now_ms - state.second_asked_ms >= _ASK_AGAIN_MS else ()
    is_paused = abs(behind) >= settings.order_amount or not (view.rule.is_trading and second.rule.is_trading)
    wanted = ZERO if is_paused else target(settings, view, second) - view.net_amount
    intents = _rested(settings, view, wanted, may_place=view.now_ms - state.first_asked_ms >= _ASK_AGAIN_MS)
    return (*follow, *intents), State(
        view.now_ms if any(isinstance(intent, OrderIntent) for intent in intents) else state.first_asked_ms,
        view.now_ms if any(isinstance(intent, OrderIntent) for intent in follow) else state.second_asked_ms,
    )


def target(settings: Settings, view: MarketView, second: MarketView) -> Decimal:
    """What the first leg is to hold, signed: the second one holds as much the other way."""
    difference = view.funding_rate - second.funding_rate
    held = view.net_amount or -second.net_amount
    if held:
        sign = ONE if held > 0 else -ONE
        return sign * settings.position_amount if -sign * difference >= settings.exit_rate_difference else ZERO
    gap = abs((view.mid_price or ZERO) / (second.mid_price or ONE) - 1)
    if abs(difference) < settings.entry_rate_difference or gap > settings.maximum_price_gap:
        return ZERO
    return -settings.position_amount if difference > 0 else settings.position_amount


def _followed(settings: Settings, second: MarketView, behind: Decimal) -> Sequence[Intent]:
    """What brings the second leg to where it should be, by taking; what is on its way is waited for."""
    if second.orders:
        return list(_cancelled(second, second.orders))
    side = TradeType.BUY if behind > 0 else TradeType.SELL
    touch = second.best_ask if side is TradeType.BUY else second.best_bid
    if touch is None or not second.rule.is_trading:
        return ()
    price = touch * (1 + side.sign * settings.slippage)
    return _asked(second, side, OrderType.LIMIT, abs(behind), price)


def _rested(settings: Settings, view: MarketView, wanted: Decimal, *, may_place: bool) -> Sequence[Intent]:
    """The first leg's order at its own touch: one that stands elsewhere, or is not wanted any more, goes."""
    side = TradeType.BUY if wanted > 0 else TradeType.SELL
    touch = view.best_bid if side is TradeType.BUY else view.best_ask
    stray = [order for order in view.orders if not wanted or order.trade_type is not side or order.price != touch]
    if view.orders:
        return list(_cancelled(view, stray))
    if not wanted or touch is None or not may_place:
        return ()
    return _asked(view, side, OrderType.LIMIT_MAKER, min(abs(wanted), settings.order_amount), touch)


def _asked(
    view: MarketView, side: TradeType, order_type: OrderType, amount: Decimal, price: Decimal
) -> Sequence[Intent]:
    """An order of so much at most; one that reduces what is held closes, and never turns it."""
    held, rule = view.net_amount, view.rule
    reduces = held * side.sign < 0
    sized = rule.quantize_amount(min(amount, abs(held)) if reduces else amount)
    priced = rule.quantize_price(price, side)
    action = PositionAction.CLOSE if reduces else PositionAction.OPEN
    if not sized or (not reduces and rule.broken_by(sized, priced) is not None):
        return ()
    return (OrderIntent(view.trading_pair, side, order_type, sized, priced, action),)


def _cancelled(view: MarketView, orders: Iterable[OwnOrder]) -> Iterable[Intent]:
    for order in orders:
        if not order.is_pending_cancel:
            yield CancelIntent(view.trading_pair, order.client_order_id, "not wanted where it is")
