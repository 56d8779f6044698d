"""Strategy to connector: asks for intents, checks that they can be paid for, hands them on."""

from collections.abc import Callable

from connector.bot.session.market_view import market_view
from connector.core.amounts import ZERO, plain
from connector.core.clock import Clock
from connector.core.enums import OrderType, PositionAction
from connector.core.event_tags import MarketEvent
from connector.core.events import Event
from connector.core.intents import CancelIntent, OrderIntent
from connector.core.order_candidate import PerpetualOrderCandidate
from connector.core.price_band import PERCENT_PRICE
from connector.exchange.derivative import PerpetualDerivative
from connector.strategies.perpetual_market_making import decide
from connector.strategies.perpetual_market_making_settings import PerpetualMarketMakingSettings
from connector.strategies.quoting_state import QuotingState
from connector.strategies.view import MarketView
from connector.strategies.wanted_exit import wanted_exits

_PULL_EVERY_MS = 1_000
#: What cannot be paid for is told at most this often.
_REPORT_EVERY_MS = 60_000


class Quoter:
    """Runs one strategy on one connector. `tick` is one look; it never waits."""

    def __init__(
        self,
        connector: PerpetualDerivative,
        settings: PerpetualMarketMakingSettings,
        clock: Clock,
        report: Callable[[str], None],
    ) -> None:
        self._connector = connector
        self._settings = settings
        self._clock = clock
        self._report = report
        self._state = QuotingState()
        self._last_complete_fill_ms: int | None = None
        self._pulled_ms = 0
        self._reported_ms: int | None = None
        self._band_told_ms: int | None = None
        for tag in (MarketEvent.BuyOrderCompleted, MarketEvent.SellOrderCompleted):
            connector.add_listener(tag, self._note_complete_fill)

    def tick(self) -> None:
        """One look at the market, and what follows from it."""
        view = market_view(
            self._connector,
            self._settings.market,
            self._clock.now_ms(),
            self._last_complete_fill_ms,
            depth=self._settings.order_optimization_enabled,
        )
        if not view.ready:
            self.pull()
            return
        if not self._connector.openings.is_open:
            self._pull_openings()
        self._tell_band(view)
        intents, self._state = decide(self._settings, self._state, view)
        for intent in intents:
            if isinstance(intent, CancelIntent):
                self._connector.cancel(intent.trading_pair, intent.client_order_id)
            elif self._connector.openings_stopped and not intent.reduces_only:
                continue
            elif not self._connector.new_orders_wait_ms() and self._is_payable(intent):
                self._connector.place(intent)

    def pull(self) -> None:
        """Cancels what may be open: quotes on a market that is not seen are gifts. Asks again once a second."""
        now_ms = self._clock.monotonic_ms()
        if now_ms - self._pulled_ms < _PULL_EVERY_MS:
            return
        self._pulled_ms = now_ms
        for order in self._connector.in_flight_orders.values():
            if order.cancel_requested_ms is None:
                self._connector.cancel(order.trading_pair, order.client_order_id)

    def _pull_openings(self) -> None:
        """Somebody wants no position to grow: what rests and would open goes, too. A wish stays, so once is enough."""
        for order in self._connector.in_flight_orders.values():
            if order.position_action is not PositionAction.CLOSE and order.cancel_requested_ms is None:
                self._connector.cancel(order.trading_pair, order.client_order_id)

    def _is_payable(self, intent: OrderIntent) -> bool:
        candidate = PerpetualOrderCandidate(
            trading_pair=intent.trading_pair,
            is_maker=intent.order_type is OrderType.LIMIT_MAKER,
            order_type=intent.order_type,
            order_side=intent.trade_type,
            amount=intent.amount,
            price=intent.price or self._connector.get_price(intent.trading_pair, True),
            leverage=self._connector.get_leverage(intent.trading_pair),
            position_close=intent.reduces_only,
        )
        if self._connector.budget_checker.adjust_candidate(candidate).amount:
            return True
        now_ms = self._clock.monotonic_ms()
        if self._reported_ms is None or now_ms - self._reported_ms >= _REPORT_EVERY_MS:
            self._reported_ms = now_ms
            self._report(f"not placed: {self._connector.budget_checker.explain(candidate)}")
        return False

    def _tell_band(self, view: MarketView) -> None:
        """An exit that can't be priced as it should be is told when it begins, and now and then while it lasts."""
        held = [wanted for wanted in wanted_exits(self._settings, view) if wanted.is_held_by_band]
        now_ms = self._clock.monotonic_ms()
        if not held or (self._band_told_ms is not None and now_ms - self._band_told_ms < _REPORT_EVERY_MS):
            return
        self._band_told_ms = now_ms
        for wanted in held:
            side = wanted.side.name.lower()
            self._report(
                f"the closing {side} at {plain(wanted.wished)} lies beyond {PERCENT_PRICE} (mark price "
                f"{plain(view.mark_price or ZERO)}): it is priced at the edge, {plain(wanted.price)}"
            )

    def _note_complete_fill(self, event: Event) -> None:
        self._last_complete_fill_ms = self._clock.now_ms()
