"""The venue's own timer (`cancel_on_disconnect`): where nobody calls in any more, it cancels every regular order.

    off ──start──▶ ARMED ──a third of the time──▶ called in anew
                     │  ▲                              │
                     │  └──────────────────────────────┘
                     ├── not ready, banned, or not answered ──▶ LATE: told, with the time at which it runs out
                     ├── orders of others are seen ──▶ off: told; armed again when they are gone
                     ├── it ran out ──▶ FIRED: told, with what it cancelled of ours; armed again when ready
                     └── a clean stop ──▶ off

It works on a symbol, not on an account's programs: orders of others are cancelled too, which is why they have to be
allowed by the word `whole_symbol`. Conditional orders stay ("Auto-cancel all open orders" does not name them).
"""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from connector.config.cancel_on_disconnect import CancelOnDisconnect
from connector.core.clock import Clock
from connector.core.connection_events import CancelOnDisconnectEvent
from connector.core.event_tags import MarketEvent
from connector.core.events import Event, OrderCancelledEvent
from connector.core.faults import ConfigFault, ConnectorFault, Fate, Fault, UnavailableFault
from connector.exchange.account.venue_api import VenueApi
from connector.exchange.beat import beat
from connector.exchange.bus import Bus
from connector.exchange.gates import Gates
from connector.exchange.network.limit_watch import clock_text
from connector.market.symbol_feed import SymbolFeed
from connector.net.gateway import Gateway
from connector.orders.tracker import Tracker

_LOG = logging.getLogger(__name__)
_STEP_S = 0.5
#: After a call that failed.
_AGAIN_MS = 2_000
#: It is called in so often in its time, so that two calls may be lost.
_CALLS = 3
#: A call and the question for orders of others weigh so much; of the address's limit they may take a quarter.
_WEIGHT, _OF_THE_LIMIT = 11, 4
_END_WITHIN_S = 3.0
#: The list of open orders would be waited for longer than the timer runs, where the exchange wants silence.
_ANSWER_WITHIN_S = 3.0
_MOST_NAMES = 5


@dataclass(slots=True)
class _Timer:
    """One symbol's timer at the venue; times by the steady clock."""

    #: When it runs out, at the latest.
    due_ms: int
    #: The same, at the earliest.
    runs_out_ms: int
    is_late: bool = False
    has_fired: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the switch looks at."""

    gateway: Gateway
    gates: Gates
    tracker: Tracker
    #: The traded symbols, as they stand when asked.
    symbols: Mapping[str, SymbolFeed]
    is_own: Callable[[str], bool]


class DeadManSwitch:
    """Keeps the timers of the traded symbols. `run` runs until cancelled; `end` comes with a clean stop."""

    def __init__(self, terms: CancelOnDisconnect, api: VenueApi, around: Surroundings, bus: Bus, clock: Clock) -> None:
        self._terms = terms
        self._gateway, self._api = around.gateway, api
        self._around = around
        self._bus = bus
        self._clock = clock
        self._timers: dict[str, _Timer] = {}
        #: One calls in, or ends it, at a time: a call that comes last would start a timer that nobody stops.
        self._turn = asyncio.Lock()
        self._has_ended = False
        #: Until it was, the start is what goes on.
        self._was_ready = False
        #: Symbols where orders of others were seen.
        self._foreign: set[str] = set()
        #: When a symbol is looked at again.
        self._next_ms: dict[str, int] = {}
        #: Own orders that the venue cancelled once the timer had run out, not told yet.
        self._cancelled: Counter[str] = Counter()
        if terms.is_on:
            bus.add_listener(MarketEvent.OrderCancelled, self._hear)

    async def check(self) -> None:
        """Before the first order: says what the timer will do, and starts it. Raises `ConfigFault` where orders of
        others rest that it would take along, or where calling in weighs too much."""
        if not self._terms.is_on:
            return
        symbols, after_s = tuple(self._around.symbols), self._terms.after_s
        weight = _WEIGHT * len(symbols) * _CALLS * 60 // after_s
        limit = next((use.limit for use in self._gateway.throttle.use(self._gateway.venue_ms())), 0)
        if weight * _OF_THE_LIMIT > limit:
            raise self._refusal(f"{len(symbols)} pairs would weigh {weight} of {limit} a minute", "take a longer time")
        for symbol in symbols:
            names = await self._names_of_others(symbol)
            if names:
                whole = CancelOnDisconnect(after_s, whole_symbol=True)
                rule = f"orders of others rest on {symbol} ({_shown(names)}), which the exchange would cancel too"
                raise self._refusal(rule, f"to take them along: {whole}")
        for symbol in symbols:
            await self._call_in(symbol)
        self._tell(
            "armed", symbols,
            f"when nobody has called in for {after_s} s, the exchange cancels EVERY regular order of "
            f"{', '.join(symbols)}, those of others too",
        )  # fmt: skip

    async def run(self) -> None:
        self._has_ended = False
        while self._terms.is_on:
            for symbol in (*self._around.symbols, *(set(self._timers) - set(self._around.symbols))):
                async with self._turn:
                    if self._has_ended:
                        return
                    await self._tend(symbol)
            await beat(_STEP_S)

    async def end(self) -> None:
        """Stops the timers, but for symbols where an order of ours may be open: there it is the last safeguard. What
        is left running is told. Nothing is called in any more."""
        if self._has_ended:
            return
        self._has_ended = True
        at_stake = {order.symbol for order in self._around.tracker.active}
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_END_WITHIN_S), self._turn:
                for symbol in set(self._timers) - at_stake:
                    await self._stop(symbol)
        for symbol, timer in self._timers.items():
            self._tell("left", (symbol,), f"{self._takes_all(symbol)} at {self._time(timer.due_ms)}")
        self._timers.clear()

    async def _tend(self, symbol: str) -> None:
        self._tell_what_it_cancelled(symbol)
        if symbol not in self._around.symbols:
            await self._stop(symbol)
            return
        now_ms = self._clock.monotonic_ms()
        if now_ms < self._next_ms.get(symbol, now_ms):
            return
        self._was_ready = self._was_ready or self._around.gates.ready
        if self._was_ready and not self._around.gates.ready:
            self._note_late(symbol, self._around.gates.waiting())
            return
        self._next_ms[symbol] = now_ms + self._terms.after_s * 1000 // _CALLS
        try:
            await self._call_in(symbol)
        except ConnectorFault as fault:
            if isinstance(fault, Fault) and fault.rule.fate is Fate.UNKNOWN and symbol in self._timers:
                self._timers[symbol].due_ms = self._in_full()  # it may have arrived
            self._next_ms[symbol] = self._clock.monotonic_ms() + _AGAIN_MS
            self._note_late(symbol, self._around.gates.waiting() or str(fault))

    async def _call_in(self, symbol: str) -> None:
        names = await self._names_of_others(symbol)
        if names:
            if symbol not in self._foreign:
                self._foreign.add(symbol)
                self._tell("off", (symbol,), f"{symbol}: off while orders of others rest there ({_shown(names)})")
            await self._stop(symbol)
            return
        runs_out_ms = self._in_full()
        await self._api.set_countdown(symbol, self._terms.after_s * 1000)
        before = self._timers.get(symbol)
        self._timers[symbol] = _Timer(self._in_full(), runs_out_ms)
        if symbol in self._foreign or (before is not None and (before.is_late or before.has_fired)):
            self._foreign.discard(symbol)
            self._tell("armed", (symbol,), f"{symbol}: called in again")

    async def _stop(self, symbol: str) -> None:
        if symbol not in self._timers:
            return
        try:
            await self._api.set_countdown(symbol, 0)
        except ConnectorFault as fault:
            _LOG.warning("stopping the exchange's timer of %s: %s", symbol, fault)
        else:
            del self._timers[symbol]

    async def _names_of_others(self, symbol: str) -> tuple[str, ...]:
        """Client ids of what rests there and is not ours; none are asked for where they may be taken along."""
        if self._terms.whole_symbol:
            return ()
        try:
            async with asyncio.timeout(_ANSWER_WITHIN_S):
                rows = await self._api.open_orders(symbol)
        except TimeoutError:
            raise UnavailableFault(f"{symbol}: no list of open orders within {_ANSWER_WITHIN_S:g} s") from None
        return tuple(row.client_order_id for row in rows if not self._around.is_own(row.client_order_id))

    def _note_late(self, symbol: str, reason: str) -> None:
        timer = self._timers.get(symbol)
        if timer is None:
            return
        is_over = self._clock.monotonic_ms() >= timer.due_ms
        if is_over and not timer.has_fired:
            timer.has_fired = True
            self._tell(
                "fired", (symbol,), f"{symbol}: the exchange's timer ran out at {self._time(timer.due_ms)}: {reason}"
            )
        elif not is_over and not timer.is_late:
            timer.is_late = True
            text = f"can't call in ({reason}): {self._takes_all(symbol)} at {self._time(timer.due_ms)}"
            self._tell("late", (symbol,), text)

    def _hear(self, event: Event) -> None:
        """An own order that we did not cancel, gone after the timer had run out, was cancelled by it."""
        if not isinstance(event, OrderCancelledEvent):
            return
        order = self._around.tracker.order(event.order_id)
        timer = self._timers.get(order.symbol) if order is not None else None
        if order is None or timer is None or order.cancel_wanted:
            return
        if self._clock.monotonic_ms() >= timer.runs_out_ms:
            self._cancelled[order.symbol] += 1

    def _tell_what_it_cancelled(self, symbol: str) -> None:
        count = self._cancelled.pop(symbol, 0)
        if count:
            self._timers[symbol].has_fired = True
            orders = "1 order" if count == 1 else f"{count} orders"
            self._tell("fired", (symbol,), f"{symbol}: the exchange's timer ran out and cancelled {orders} of ours")

    def _takes_all(self, symbol: str) -> str:
        return f"the exchange cancels every regular order of {symbol}"

    def _in_full(self) -> int:
        return self._clock.monotonic_ms() + self._terms.after_s * 1000

    def _time(self, steady_ms: int) -> str:
        return clock_text(self._gateway.venue_ms() + steady_ms - self._clock.monotonic_ms())

    def _refusal(self, rule: str, remedy: str) -> ConfigFault:
        return ConfigFault("cancel_on_disconnect", self._terms, rule, remedy)

    def _tell(self, state: str, symbols: tuple[str, ...], text: str) -> None:
        _LOG.warning("cancel_on_disconnect: %s", text)
        pairs = tuple(self._around.symbols[symbol].trading_pair for symbol in symbols if symbol in self._around.symbols)
        self._bus.publish((CancelOnDisconnectEvent(self._clock.now_ms() / 1000, pairs, state, text),))


def _shown(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"{', '.join(names[:_MOST_NAMES])}{more}"
