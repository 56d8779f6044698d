"""Strategy to connector: looks when something changed or falls due, asks for intents, and hands them on.

    the touch moved ──▶ within the bounds of the last look ──▶ nothing to do, for a few comparisons
                   └──▶ beyond them ──▶ quotes that are too close go at once
                                   └──▶ one quote a side: re-priced by ticks alone; else ──────┐
    an order, the account, readiness, a gate; what falls due by time ──────────────────────────┴──▶ view ──▶ decision

What nobody tells at once, such as a mark price or the price of another market, is compared now and then.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal

from connector.bot.quoting.own_levels import OwnLevels
from connector.bot.quoting.own_part import Everything, OwnPart
from connector.bot.quoting.source_price import SourcePrice
from connector.bot.report.order_log import Decision
from connector.bot.session.intents import IntentHands
from connector.bot.session.market_view import market_view
from connector.bot.session.timed_hops import Timed
from connector.core.amounts import ZERO, plain
from connector.core.clock import Clock
from connector.core.enums import PositionAction, PriceType
from connector.core.event_tags import MarketEvent
from connector.core.events import Event, MarketOrderFailureEvent, OrderCompletedEvent, OrderModifyFailedEvent
from connector.core.intents import CancelIntent, Intent, ModifyIntent, OrderIntent
from connector.core.price_band import PERCENT_PRICE
from connector.exchange.derivative import PerpetualDerivative
from connector.orders.in_flight_order import InFlightOrder
from connector.strategies.quiet import NEVER_MS
from connector.strategies.setting_kinds import Replace
from connector.strategies.strategy import Strategy
from connector.strategies.touch_moves import Hands, Sources, TouchWatch
from connector.strategies.view import MarketView

#: How often a market that is not seen is looked at, if nothing is told of it.
_UNSEEN_MS = 1_000
#: What an exit can't be priced at is told at most this often.
_REPORT_EVERY_MS = 60_000
#: How long a moment is left alone whose bounds are not known, while the touch does not move.
_UNBOUND_MS = 250
#: So many intents leave in one turn of the loop, and the next after a pause, in which their answers come: what else
#: comes meanwhile waits for a millisecond or two.
_A_TURN, _PAUSE_S = 4, 0.002
#: A look that is due by time is made no sooner after the one before.
_SOONEST_S = 0.02
_NEAR = "the touch came too near"


class Quoter:
    """Runs one strategy on one connector. `tick` is one look; it never waits. Between `begin` and `end` it looks by
    itself."""

    def __init__(
        self,
        connector: PerpetualDerivative,
        strategy: Strategy,
        clock: Clock,
        report: Callable[[str], None],
        source: SourcePrice | None = None,
        part: OwnPart | None = None,
    ) -> None:
        """`source`: where the reference price comes from; None: from the market. `part`: what is the strategy's; None:
        everything."""
        self._source = source
        self._connector = connector
        self._part = part or Everything(connector)
        self._strategy = strategy
        self._market, *self._others = strategy.pairs
        self._clock = clock
        self._report = report
        #: Told what was decided, and why, once it was handed on.
        self.decided: Callable[[Decision], None] = lambda decision: None
        self._hands = IntentHands(connector, self._part, strategy.replace, clock, report, strategy.tries_again_ms)
        self._last_complete_fill_ms: int | None = None
        self._band_told_ms: int | None = None
        #: What the last look has seen.
        self._view: MarketView | None = None
        self._follows = strategy.replace is not Replace.OFF
        #: Empty where no quote follows the touch.
        self._own_levels = OwnLevels()
        feed = connector.components.prices.feed_of(self._market)
        self._book = feed.book
        sources = Sources(connector.components.gates, feed.book, feed.funding, clock.now_ms)
        timed = Timed(connector.hop_times)
        self._begin_hand_on = timed(self._hand_on)
        hands = Hands(timed(self._pull_at_once), timed(self._hands.reprice), self._note_changes)
        #: How far the touch may move from there, and what is done beyond.
        self.touch = TouchWatch(sources, hands)
        #: Decided, and left to the next turns; a look that falls due meanwhile is made after them.
        self._left: tuple[Intent, ...] = ()
        self._is_look_due = False
        self._is_watching = False
        self._timer: asyncio.TimerHandle | None = None
        self._defect: Exception | None = None
        for tag in (MarketEvent.BuyOrderCompleted, MarketEvent.SellOrderCompleted):
            connector.add_listener(tag, self._note_complete_fill)
        connector.add_listener(MarketEvent.OrderFailure, self._note_failure)
        connector.add_listener(MarketEvent.OrderModifyFailed, self._note_refused_change)

    def begin(self) -> None:
        """Looks whenever something changed or falls due, from the next turn of the loop on."""
        self._is_watching = True
        self._connector.watch(self._market, self._look, self.touch.needs_look)
        for pair in self._others:
            self._connector.watch(pair, self._look, _never)

    def end(self) -> None:
        """Looks no more, and hands nothing on."""
        self._is_watching = self._is_look_due = False
        self._left = ()
        for pair in (self._market, *self._others):
            self._connector.unwatch(pair, self._look)
        self._set_timer(NEVER_MS, 0)

    def heed_the_slow(self) -> None:
        """Looks where something changed that nobody tells at once: mark price, last trade, depth behind the touch,
        others at our own touch. Raises what a look has raised."""
        if self._defect is not None:
            raise self._defect
        if self._source is not None:
            self._source.watch()
        if self._view is None or self._has_slow_news(self._view) or self.touch.needs_look():
            self._look()

    def _has_slow_news(self, view: MarketView) -> bool:
        if not view.ready or self._strategy.needs_depth or view.source_price != self._source_price():
            return True
        connector, market = self._connector, self._market
        # It bounds exits; of quotes it bounds new ones alone, whose look has it fresh.
        if view.open_positions and connector.get_mark_price(market) != view.mark_price:
            return True
        if not self._strategy.heeds_last_price and None not in (view.best_bid, view.best_ask):
            return False
        last = connector.get_price_by_type(market, PriceType.LastTrade)
        return not last.is_nan() and last != view.last_price

    def _source_price(self) -> Decimal | None:
        return None if self._source is None else self._source.price()

    def tick(self) -> None:
        """One look at the market, and what follows from it."""
        if self._left:
            self._is_look_due = True
            return
        self.touch.wake()
        now_ms = self._clock.now_ms()
        view = self._seen(now_ms)
        self._view = view
        if not view.ready:
            self.pull()
            self._set_timer(now_ms + _UNSEEN_MS, now_ms)
            return
        if self._hands.barred or not self._connector.openings.is_open:
            self._pull_openings()
        self._tell_band(view)
        intents = self._strategy.decide(view)
        if intents:
            self._begin_hand_on(intents)
        self._rest(view, intents)
        if intents:
            self.decided(Decision(intents, view))
        if self._left:
            self.touch.wake()

    def _seen(self, now_ms: int) -> MarketView:
        """The moment, of every pair."""
        depth, filled_ms = self._strategy.needs_depth, self._last_complete_fill_ms
        own_levels, source_price = self._noted_levels(now_ms), self._source_price()
        connector, part = self._connector, self._part
        view = market_view(
            connector, part, self._market, now_ms, filled_ms, depth=depth, own_levels=own_levels,
            source_price=source_price,
        )  # fmt: skip
        if not self._others:
            return view
        others = (market_view(connector, part, pair, now_ms, filled_ms, depth=depth) for pair in self._others)
        return replace(view, others=tuple(others))

    def pause(self, why: str) -> None:
        """From now on nothing leaves that opens, and what rests and would open goes; empty: that is over."""
        self._hands.bar(why)
        self._look()

    def pull(self, why: str = "the market, or the account, is not seen") -> None:
        """Cancels what may be open: quotes on a market that is not seen are gifts. A wish stays, so once is enough."""
        self._left = ()
        self._cancel_each((order for order in self._part.orders() if not order.cancel_wanted), why)

    @property
    def holds(self) -> str:
        """Why nothing that opens is asked for, in words; empty where nothing keeps it."""
        if self._hands.unpaid:
            return self._hands.unpaid
        if self._view is not None and self._view.mid_price is None:
            return "a side of the book is empty"
        return self._strategy.holds(self._clock.now_ms())

    def _hand_on(self, intents: tuple[Intent, ...]) -> None:
        """A few now, and the rest in turns that follow."""
        self._left = intents[_A_TURN:]
        self._hands.carry_out(intents[:_A_TURN])
        if self._left:
            asyncio.get_running_loop().call_later(_PAUSE_S, self._hand_on_rest)

    def _hand_on_rest(self) -> None:
        try:
            self._hand_on(self._left)
        except Exception as defect:
            self._defect = self._defect or defect
        if self._is_look_due and not self._left:
            self._is_look_due = False
            self._connector.components.push.look_soon(self._market)

    def _noted_levels(self, now_ms: int) -> OwnLevels | None:
        """Where our own orders are in the book, where that is to be left out."""
        if not self._follows:
            return None
        orders = self._connector.in_flight_orders.values()
        self._own_levels.note([order for order in orders if order.trading_pair == self._market], now_ms)
        return self._own_levels

    def _look(self) -> None:
        try:
            self.tick()
        except Exception as defect:
            # Told by whoever runs this, so that the run ends by it; whoever called must not.
            self._defect = self._defect or defect

    def _pull_at_once(self, client_order_ids: tuple[str, ...]) -> None:
        for name in client_order_ids:
            self._connector.cancel(self._market, name)
        self.decided(Decision(tuple(CancelIntent(self._market, name) for name in client_order_ids), None, _NEAR))

    def _note_changes(self, changes: tuple[ModifyIntent, ...], now_ms: int, mark_price: Decimal | None) -> None:
        """What was asked for without a look is remembered as after one."""
        view, bid, ask = self._view, self._book.touch_bid, self._book.touch_ask
        if view is not None and bid is not None and ask is not None:
            now = replace(view, now_ms=now_ms, best_bid=bid[0], best_ask=ask[0], mark_price=mark_price)
            self._strategy.remember(now, changes)
            self._rest(now, changes)
        self.decided(Decision(changes, None, "the touch moved"))

    def _rest(self, view: MarketView, intents: Iterable[Intent]) -> None:
        """Until something changes, or falls due."""
        asked = tuple(intents)
        if asked:
            self._noted_levels(view.now_ms)
        self._view = view = view.after(asked)
        has_placed = any(isinstance(intent, OrderIntent) for intent in asked)
        resting = None if has_placed else self._strategy.quiet(view)
        until_ms = view.now_ms + _UNBOUND_MS if resting is None else resting.until_ms
        way = None if resting is None else self._strategy.short_way(view, until_ms)
        self.touch.rest(resting, way, self._own_levels.bids, self._own_levels.asks)
        if not asked:
            self._hands.prepare(view.now_ms)
        self._set_timer(until_ms, view.now_ms)

    def _set_timer(self, until_ms: int, now_ms: int) -> None:
        """One timer, for what falls due first; none for what never does."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._is_watching and until_ms < NEVER_MS:
            delay_s = max((until_ms - now_ms) / 1000, _SOONEST_S)
            self._timer = asyncio.get_running_loop().call_later(delay_s, self._look)

    def _pull_openings(self) -> None:
        """Somebody wants no position to grow: what rests and would open goes, too. A wish stays, so once is enough."""
        opening = (
            order
            for order in self._part.orders()
            if order.position_action is not PositionAction.CLOSE and order.cancel_requested_ms is None
        )
        self._cancel_each(opening, self._connector.openings_stopped or self._hands.barred)

    def _cancel_each(self, orders: Iterable[InFlightOrder], why: str) -> None:
        going = tuple(CancelIntent(order.trading_pair, order.client_order_id) for order in orders)
        for intent in going:
            self._connector.cancel(intent.trading_pair, intent.client_order_id)
        if going:
            self.decided(Decision(going, None, why))

    def _tell_band(self, view: MarketView) -> None:
        """An exit that can't be priced as it should be is told when it begins, and now and then while it lasts."""
        held = [wanted for wanted in self._strategy.exits(view) if wanted.is_held_by_band]
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

    def _note_failure(self, event: Event) -> None:
        """A quote has made way for an order that failed: its side need not stay empty until its age is up."""
        if not isinstance(event, MarketOrderFailureEvent) or not self._part.owns(event.order_id):
            return
        self._hands.note_failure(event.order_id)
        side = self._hands.emptied_side(event.order_id)
        if side is not None:
            self._strategy.side_emptied(side, self._clock.now_ms())

    def _note_refused_change(self, event: Event) -> None:
        if isinstance(event, OrderModifyFailedEvent) and self._part.owns(event.order_id):
            self._hands.note_bound(event)

    def _note_complete_fill(self, event: Event) -> None:
        if isinstance(event, OrderCompletedEvent) and self._part.owns(event.order_id):
            self._last_complete_fill_ms = self._clock.now_ms()


def _never() -> bool:
    """A touch of another pair is looked at with the next look."""
    return False
