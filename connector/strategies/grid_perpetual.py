"""A grid: a buy at each line below, a sell at each line above, and what one line bought the next line sells.

    high ── sell ── sell ── (the line that traded last: empty) ── buy ── buy ── low

Each filled buy moves the empty line down by one, each filled sell up, so that the position tells where it is: it is
the line of the start less one for each `order_amount` that is held. A line at `grid_high` and one at `grid_low` are the
last ones: beyond them nothing more is placed, and the position is at most so many orders as there are lines. Where the
position was built elsewhere, or by a run before, the empty line is the one nearest to the market at the start, and
the position is held as it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Self

from annotated_types import Ge, Gt, Le
from pydantic import model_validator

from connector.core.enums import PositionMode, TradeType
from connector.core.intents import Intent
from connector.strategies.ladder import Quote
from connector.strategies.resting import on_grid, toward
from connector.strategies.setting_kinds import REQUIRED, refuse, setting
from connector.strategies.strategy_settings import StrategySettings
from connector.strategies.view import MarketView

LOOK_EVERY_MS = 1_000


class Settings(StrategySettings):
    """What the strategy is set by."""

    grid_low: Annotated[Decimal, Gt(0)] = setting(REQUIRED, "price of the lowest line", "quote")
    grid_high: Annotated[Decimal, Gt(0)] = setting(REQUIRED, "price of the highest line", "quote")
    grid_lines: Annotated[int, Ge(3), Le(101)] = setting(REQUIRED, "lines, those at both ends among them")
    is_geometric: bool = setting(False, "whether lines lie the same share apart, rather than the same distance")

    @model_validator(mode="after")
    def _is_a_grid(self) -> Self:
        if self.position_mode is PositionMode.HEDGE:
            raise refuse("has to be One-way: a line's sell closes what the line below bought", "", "position_mode")
        if self.grid_high <= self.grid_low:
            raise refuse("has to be above grid_low", "", "grid_high")
        return self


@dataclass(frozen=True, slots=True)
class State:
    """The line that is empty while the position is 0; None before the first look at a market."""

    start_line: int | None = None


def begin(settings: Settings) -> State:
    return State()


def lines(settings: Settings) -> tuple[Decimal, ...]:
    """The prices of the lines, unrounded, the lowest first."""
    steps, low, high = settings.grid_lines - 1, settings.grid_low, settings.grid_high
    if settings.is_geometric:
        factor = (high / low) ** (Decimal(1) / steps)
        return tuple(low * factor**index for index in range(settings.grid_lines))
    return tuple(low + (high - low) * index / steps for index in range(settings.grid_lines))


def first_quotes(settings: Settings, reference: Decimal) -> Iterable[Quote]:
    return _quotes(settings, _nearest(settings, reference))


def decide(settings: Settings, state: State, view: MarketView) -> tuple[tuple[Intent, ...], State]:
    mid = view.mid_price
    if not view.ready or mid is None:
        return (), state
    held = int(view.net_amount / settings.order_amount)  # towards 0: a line counts once it is filled to the end
    if state.start_line is None:
        state = State(_nearest(settings, mid) + held)
    empty = (state.start_line or 0) - held
    wanted = [on_grid(view, quote) for quote in _quotes(settings, empty)]
    return toward(view, [*wanted, *_left_at(settings, view, empty)]), state


def _left_at(settings: Settings, view: MarketView, empty: int) -> Iterable[Quote]:
    """What rests at the empty line, partly filled: it stays, and is not placed anew."""
    if not 0 <= empty < settings.grid_lines:
        return
    price = lines(settings)[empty]
    for side in TradeType:
        at = view.rule.quantize_price(price, side)
        yield from (
            Quote("order_amount", side, at, order.remaining)
            for order in view.quotes(side)
            if order.price == at and not order.is_pending_cancel
        )


def _quotes(settings: Settings, empty: int) -> Iterable[Quote]:
    for index, price in enumerate(lines(settings)):
        if index != empty:
            side = TradeType.BUY if index < empty else TradeType.SELL
            yield Quote("order_amount", side, price, settings.order_amount)


def _nearest(settings: Settings, price: Decimal) -> int:
    return min(range(settings.grid_lines), key=lambda index: abs(lines(settings)[index] - price))
