"""What a runner asks of a strategy, whatever it is: a view in, intents out. Nothing here waits, reads or sends.

A strategy is a module with `Settings`, `begin(settings)` and `decide(settings, state, view)`; `PlainStrategy` makes of
it what the runner asks. One that can say how far the touch may move while nothing is to do (`quiet`) implements
`Strategy` itself, and its module names that by `strategy(settings)`.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from math import inf
from types import ModuleType
from typing import Any, Protocol

from connector.core.enums import PositionMode, TradeType
from connector.core.faults import ConfigFault
from connector.core.intents import Intent, ModifyIntent
from connector.core.trading_rule import TradingRule
from connector.strategies.ladder import Quote
from connector.strategies.setting_kinds import Replace
from connector.strategies.start_check import broken
from connector.strategies.touch_moves import Quiet, ShortWay
from connector.strategies.view import MarketView
from connector.strategies.wanted_exit import WantedExit

#: How often a strategy looks that does not say it.
LOOK_EVERY_MS = 500


class RunSettings(Protocol):
    """What a run reads of any strategy's settings."""

    @property
    def strategy(self) -> str: ...
    @property
    def domain(self) -> str: ...
    @property
    def market(self) -> str: ...
    @property
    def leverage(self) -> int: ...
    @property
    def position_mode(self) -> PositionMode: ...
    @property
    def redundant_streams(self) -> bool: ...


class Strategy(Protocol):
    """One strategy with its settings and its memory."""

    #: That it trades, the market of its settings first.
    pairs: tuple[str, ...]
    #: Whether it is handed the book's levels.
    needs_depth: bool
    #: How its quotes are re-priced between looks, if they are.
    replace: Replace
    #: Whether what nobody tells at once (last trade, mark price) is of matter to it.
    heeds_last_price: bool
    #: For so long nothing more of a side is placed after an order of it failed; 0: it keeps times of its own.
    tries_again_ms: int

    def decide(self, view: MarketView) -> tuple[Intent, ...]:
        """What is wanted now."""
        ...

    def quiet(self, view: MarketView) -> Quiet | None:
        """The bounds within which nothing is asked for, `view` being that after the intents of this moment; None: every
        move of the touch is looked at."""
        ...

    def short_way(self, view: MarketView, until_ms: int) -> ShortWay | None: ...

    def remember(self, view: MarketView, changes: Iterable[ModifyIntent]) -> None:
        """Those were asked for without a look."""
        ...

    def side_emptied(self, side: TradeType, now_ms: int) -> None:
        """A quote of that side made way for an order that failed."""
        ...

    def exits(self, view: MarketView) -> Sequence[WantedExit]: ...

    def holds(self, now_ms: int) -> str:
        """Why it asks for nothing that opens, in words; empty where nothing keeps it."""
        ...

    def first_quotes(self, reference: Decimal) -> Sequence[Quote]:
        """What it would quote at that price, unrounded, for the checks of a start."""
        ...

    def start_refusals(self, rule: TradingRule, reference: Decimal) -> Sequence[ConfigFault]: ...


class PlainStrategy:
    """A module of functions, run: it looks so often, and whenever an order, the account or readiness changed."""

    replace = Replace.OFF
    heeds_last_price = False
    tries_again_ms = 1_000

    def __init__(self, module: ModuleType, settings: Any) -> None:
        self._decide: Callable[[Any, Any, MarketView], tuple[Iterable[Intent], Any]] = module.decide
        self._settings, self._state = settings, module.begin(settings)
        self._look_every_ms: int = getattr(module, "LOOK_EVERY_MS", LOOK_EVERY_MS)
        self._first_quotes: Callable[[Any, Decimal], Iterable[Quote]] = getattr(module, "first_quotes", _none)
        self.needs_depth: bool = getattr(module, "NEEDS_DEPTH", False)
        pairs: Callable[[Any], tuple[str, ...]] = getattr(module, "pairs", _market_alone)
        self.pairs = pairs(settings)

    def decide(self, view: MarketView) -> tuple[Intent, ...]:
        intents, self._state = self._decide(self._settings, self._state, view)
        return tuple(intents)

    def quiet(self, view: MarketView) -> Quiet | None:
        return Quiet(
            until_ms=view.now_ms + self._look_every_ms, bid_part=0.0, ask_part=0.0, fixed=1.0, low=-inf, high=inf,
            bid_above=-inf, ask_below=inf, pulls=(),
        )  # fmt: skip

    def short_way(self, view: MarketView, until_ms: int) -> ShortWay | None:
        return None

    def remember(self, view: MarketView, changes: Iterable[ModifyIntent]) -> None:
        """Nothing is changed without a look."""

    def side_emptied(self, side: TradeType, now_ms: int) -> None:
        """The next look places it again."""

    def exits(self, view: MarketView) -> Sequence[WantedExit]:
        return ()

    def holds(self, now_ms: int) -> str:
        return ""

    def first_quotes(self, reference: Decimal) -> Sequence[Quote]:
        return tuple(self._first_quotes(self._settings, reference))

    def start_refusals(self, rule: TradingRule, reference: Decimal) -> Sequence[ConfigFault]:
        return [fault for quote in self.first_quotes(reference) for fault in broken(rule, quote)]


def _none(settings: Any, reference: Decimal) -> tuple[Quote, ...]:
    return ()


def _market_alone(settings: Any) -> tuple[str, ...]:
    return (settings.market,)
