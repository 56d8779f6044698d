"""Perpetual market making as the runner drives it: with its memory, its bounds, and its short way between looks."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from connector.core.enums import PriceType, TradeType
from connector.core.faults import ConfigFault
from connector.core.intents import Intent, ModifyIntent
from connector.core.trading_rule import TradingRule
from connector.strategies.ladder import Quote, planned
from connector.strategies.perpetual_market_making import decide
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.quiet import quiet
from connector.strategies.quoting_state import QuotingState
from connector.strategies.repricing import remembered
from connector.strategies.short_way import short_way
from connector.strategies.start_check import start_refusals
from connector.strategies.touch_moves import Quiet, ShortWay
from connector.strategies.view import MarketView
from connector.strategies.wanted_exit import WantedExit, wanted_exits


class TouchQuoting:
    """One run's."""

    def __init__(self, settings: PerpetualMarketMakingSettings) -> None:
        self._settings, self._state = settings, QuotingState()
        self.pairs: tuple[str, ...] = (settings.market,)
        self.needs_depth = settings.order_optimization_enabled
        self.replace = settings.replace_on_touch
        self.heeds_last_price = settings.price_type is PriceType.LastTrade
        #: A side that failed has its age, and pauses as long as the settings say.
        self.tries_again_ms = 0

    def decide(self, view: MarketView) -> tuple[Intent, ...]:
        intents, self._state = decide(self._settings, self._state, view)
        return intents

    def quiet(self, view: MarketView) -> Quiet | None:
        return quiet(self._settings, self._state, view)

    def short_way(self, view: MarketView, until_ms: int) -> ShortWay | None:
        return short_way(self._settings, self._state, view, until_ms)

    def remember(self, view: MarketView, changes: Iterable[ModifyIntent]) -> None:
        """As after a look that asked for them."""
        _, self._state = remembered(self._state, view, changes)

    def side_emptied(self, side: TradeType, now_ms: int) -> None:
        """The side need not stay empty until its age is up."""
        times, paused_ms = self._state.times(side), self._state.seen_fill_ms + self._settings.filled_order_delay_ms
        times = replace(times, place_from_ms=min(times.place_from_ms, max(now_ms, paused_ms)))
        self._state = self._state.with_times(side, times)

    def exits(self, view: MarketView) -> Sequence[WantedExit]:
        return wanted_exits(self._settings, view)

    def holds(self, now_ms: int) -> str:
        """The pause after a complete fill."""
        seen_ms = self._state.seen_fill_ms
        left_ms = seen_ms + self._settings.filled_order_delay_ms - now_ms if seen_ms else 0
        return f"filled_order_delay: on in {left_ms / 1000:.0f} s" if left_ms > 0 else ""

    def first_quotes(self, reference: Decimal) -> Sequence[Quote]:
        return tuple(planned(self._settings, reference))

    def start_refusals(self, rule: TradingRule, reference: Decimal) -> Sequence[ConfigFault]:
        return start_refusals(self._settings, rule, reference)
