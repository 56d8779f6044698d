"""A quote a side around a reservation price, by Avellaneda and Stoikov, with funding in the drift.

Source: M. Avellaneda, S. Stoikov, "High-frequency trading in a limit order book", Quantitative Finance 8 (2008), with
the horizon held constant, as a bot that never closes has none; for the role of the drift and of what a filled order is
worth see O. Guéant, C.-A. Lehalle, J. Fernandez-Tapia, "Dealing with the inventory risk" (2013), whose closed form
answers the same question for an unbounded horizon.

With the mid price `s`, the inventory `q` in orders, the variance `sigma^2` of the mid price a second, the horizon
`T` in seconds, and the decay `k` of fills with their distance (the depth of the book: the further out it lies, the
smaller `k`), and with the risk aversion `gamma = risk_aversion * k`:

    drift        mu = -rate * s, spread over the time to the settlement, of which the horizon sees its part
    reservation  r  = s + mu - q * gamma * sigma^2 * T
    half spread  h  = (gamma * sigma^2 * T + (2 / gamma) * ln(1 + gamma / k)) / 2
    quotes       r - h and r + h, between `minimum_spread` and `maximum_spread` from the mid price

Statistics are floats; prices of orders are exact again, on the grid of the pair, away from the market.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import log
from typing import Annotated, Self

from annotated_types import Ge, Gt, Le, Lt
from pydantic import model_validator

from connector.core.enums import PositionMode, TradeType
from connector.core.intents import Intent
from connector.strategies.ladder import Quote
from connector.strategies.resting import on_grid, toward
from connector.strategies.setting_kinds import FRACTION, REQUIRED, refuse, setting
from connector.strategies.strategy_settings import StrategySettings, in_ms
from connector.strategies.view import DepthLevel, MarketView

NEEDS_DEPTH = True
LOOK_EVERY_MS = 500
#: Fewer moves of the mid price tell nothing of its variance.
_LEAST_SAMPLES = 10


class Settings(StrategySettings):
    """What the strategy is set by."""

    risk_aversion: Annotated[Decimal, Gt(0), Le(100)] = setting(
        Decimal("0.1"), "how much the inventory moves the price, and widens the spread; as a share of the book's decay"
    )
    horizon: Annotated[Decimal, Gt(0), Le(86_400)] = setting(
        Decimal(60), "how far ahead the risk of the inventory is reckoned", "s"
    )
    volatility_window: Annotated[Decimal, Ge(10), Le(3_600)] = setting(
        Decimal(120), "of how long the variance of the mid price is", "s"
    )
    minimum_spread: Annotated[Decimal, Gt(0), Lt(100), FRACTION] = setting(
        Decimal("0.01"), "no quote is nearer to the mid price", "%"
    )
    maximum_spread: Annotated[Decimal, Gt(0), Lt(100), FRACTION] = setting(
        Decimal(1), "no quote is further from the mid price", "%"
    )
    maximum_position: Annotated[Decimal, Gt(0)] = setting(
        REQUIRED, "a side whose order would bring the position beyond it is not quoted", "base"
    )
    order_refresh_time: Annotated[Decimal, Gt(0)] = setting(
        Decimal(2), "a quote that is off by no more than the tolerance is left alone so long", "s"
    )
    order_refresh_tolerance_pct: Annotated[Decimal, Ge(0), Le(10), FRACTION] = setting(
        Decimal("0.005"), "a quote that is off by more is replaced at the next look", "%"
    )
    funding_weight: Annotated[Decimal, Ge(0), Le(10)] = setting(
        Decimal(1), "how much of what funding will cost or bring moves the price; 0 is none"
    )

    @model_validator(mode="after")
    def _bounds_agree(self) -> Self:
        if self.position_mode is PositionMode.HEDGE:
            raise refuse("has to be One-way: a quote of the other side reduces", "", "position_mode")
        if self.minimum_spread >= self.maximum_spread:
            raise refuse("has to be above minimum_spread", "", "maximum_spread")
        if self.maximum_position < self.order_amount:
            raise refuse("is less than an order", "use at least order_amount", "maximum_position")
        return self


@dataclass(frozen=True, slots=True)
class State:
    """The mid prices of the window, by time in ms, and when quotes within the tolerance may be replaced."""

    samples: tuple[tuple[int, float], ...] = ()
    refresh_from_ms: int = 0


def begin(settings: Settings) -> State:
    return State()


def first_quotes(settings: Settings, reference: Decimal) -> Iterable[Quote]:
    for side in TradeType:
        yield Quote("order_amount", side, reference * (1 - side.sign * settings.minimum_spread), settings.order_amount)


def decide(settings: Settings, state: State, view: MarketView) -> tuple[tuple[Intent, ...], State]:
    """Nothing is quoted before the window has told enough of the market."""
    mid = view.mid_price
    if not view.ready or mid is None:
        return (), state
    samples = _sampled(state.samples, view.now_ms, float(mid), in_ms(settings.volatility_window))
    variance, decay = variance_a_second(samples), book_decay(view.bids, view.asks, float(mid))
    if variance is None or decay is None:
        return toward(view, ()), State(samples, state.refresh_from_ms)
    wanted = [on_grid(view, quote) for quote in _quotes(settings, view, float(mid), variance, decay)]
    is_due = view.now_ms >= state.refresh_from_ms
    intents = toward(view, wanted, Decimal(0) if is_due else settings.order_refresh_tolerance_pct)
    due_ms = view.now_ms + in_ms(settings.order_refresh_time) if is_due else state.refresh_from_ms
    return intents, State(samples, due_ms)


def variance_a_second(samples: tuple[tuple[int, float], ...]) -> float | None:
    """Of the mid price, from its moves; None where there are too few."""
    if len(samples) <= _LEAST_SAMPLES:
        return None
    span_s = (samples[-1][0] - samples[0][0]) / 1000
    moves = sum((later - sooner) ** 2 for (_, sooner), (_, later) in pairwise(samples))
    return moves / span_s if span_s > 0 else None


def book_decay(bids: tuple[DepthLevel, ...], asks: tuple[DepthLevel, ...], mid: float) -> float | None:
    """How fast the book thins out: one over the mean distance of what rests in it. None for an empty book."""
    levels = [(abs(float(level.price) - mid), float(level.amount)) for level in (*bids, *asks)]
    amount = sum(each for _, each in levels)
    spread = sum(distance * each for distance, each in levels)
    return amount / spread if spread > 0 else None


def reservation(settings: Settings, view: MarketView, mid: float, variance: float, decay: float) -> float:
    """The price at which the inventory is neither wanted nor unwanted."""
    horizon_s, gamma = float(settings.horizon), float(settings.risk_aversion) * decay
    orders = float(view.net_amount / settings.order_amount)
    seen = 0.0 if view.seconds_to_funding is None else min(1.0, horizon_s / max(view.seconds_to_funding, 1.0))
    drift = -float(view.funding_rate * settings.funding_weight) * mid * seen
    return mid + drift - orders * gamma * variance * horizon_s


def half_spread(settings: Settings, variance: float, decay: float) -> float:
    gamma = float(settings.risk_aversion) * decay
    return (gamma * variance * float(settings.horizon) + 2 / gamma * log(1 + gamma / decay)) / 2


def _quotes(settings: Settings, view: MarketView, mid: float, variance: float, decay: float) -> Iterable[Quote]:
    centre, half = reservation(settings, view, mid, variance, decay), half_spread(settings, variance, decay)
    nearest, furthest = float(settings.minimum_spread) * mid, float(settings.maximum_spread) * mid
    for side in TradeType:
        if side.sign * view.net_amount + settings.order_amount > settings.maximum_position:
            continue
        distance = min(max(side.sign * (mid - centre) + half, nearest), furthest)
        yield Quote("order_amount", side, Decimal(repr(mid - side.sign * distance)), settings.order_amount)


def _sampled(
    samples: tuple[tuple[int, float], ...], now_ms: int, mid: float, window_ms: int
) -> tuple[tuple[int, float], ...]:
    """One sample a look at most, none older than the window."""
    if samples and now_ms - samples[-1][0] < LOOK_EVERY_MS:
        return samples
    return (*(sample for sample in samples if sample[0] > now_ms - window_ms), (now_ms, mid))
