"""What refusals change: after so many alike, opening orders of the kind are kept back until a probe is accepted.

    refused, refused, refused  ──▶  paused: told once, kept back here  ── once a minute ──▶  one order goes as a probe
                                        ▲                                                        │           │
                                        └──────────────────── refused ───────────────────────────┘       accepted
                                                                                             over: told once ▼

What closes is never kept back. A change of an open order is counted, and kept back, as a new order is, where the rule
does not speak of openings alone. A key that is refused at a logon is counted as one that is refused with an order.
`venue.refusals` says after how many, and what is paused.
"""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from connector.core.clock import Clock
from connector.core.connection_events import OpeningsPausedEvent, OpeningsResumedEvent, TradingStatusEvent
from connector.core.enums import PositionAction, TradeType
from connector.core.event_tags import MarketEvent
from connector.core.events import (
    Event,
    MarketOrderFailureEvent,
    OrderCreatedEvent,
    OrderModifiedEvent,
    OrderModifyFailedEvent,
)
from connector.core.faults import Fault
from connector.exchange.bus import Bus
from connector.orders.in_flight_order import InFlightOrder
from connector.venue.error_codes import OTHER_POSITION_MODE
from connector.venue.refusals import (
    ANY,
    OF_OPENINGS,
    OF_THE_CONTROL,
    OF_THE_STATUS,
    PASSING,
    PROBE_EVERY_MS,
    REFUSALS,
    Paused,
)

_LOG = logging.getLogger(__name__)
#: Symbol and side; None stands for all of them.
Scope = tuple[str | None, TradeType | None]
_ACCOUNT: Final[Scope] = (None, None)


@dataclass(slots=True)
class Pause:
    """Opening orders that are kept back."""

    code: int
    #: The venue's refusal, in words.
    reason: str
    #: Of whom, in words.
    of: str
    #: By the steady clock.
    since_ms: int
    probed_ms: int
    #: How many were kept back.
    kept: int = 0
    #: Begun by refused logons, without an order; a logon that is taken ends it.
    by_logon: bool = False


@dataclass(slots=True)
class PauseRecord:
    """Pauses of one kind since the start."""

    of: str
    code: int
    #: Of the newest one.
    reason: str
    times: int = 0


class Refusals:
    """Counts refusals, and says which orders are kept back. `order_of` finds an order by its client id."""

    def __init__(self, bus: Bus, clock: Clock, order_of: Callable[[str], InFlightOrder | None]) -> None:
        self._bus = bus
        self._clock = clock
        self._order_of = order_of
        #: The last code, and how often in a row, by symbol and side.
        self._alike: dict[tuple[str, TradeType], tuple[int, int]] = {}
        #: The same of logons, of both connections together.
        self._logons = (0, 0)
        #: An order was taken while logons were refused: the key is good for the other way.
        self._trades_without_logon = False
        self.pauses: dict[Scope, Pause] = {}
        #: How often the venue refused an order, by its number.
        self.counts: Counter[int] = Counter()
        #: Every kind of pause that there was, by whose and by number; in the order in which they first began.
        self.history: dict[tuple[str, int], PauseRecord] = {}
        #: Orders that were kept back.
        self.kept = 0
        bus.add_listener(MarketEvent.OrderFailure, self._hear_refusal)
        bus.add_listener(MarketEvent.OrderModifyFailed, self._hear_refusal)
        for tag in (MarketEvent.BuyOrderCreated, MarketEvent.SellOrderCreated, MarketEvent.OrderModified):
            bus.add_listener(tag, self._hear_acceptance)
        #: When another hand's position mode was taken over, by the clock of orders.
        self._mode_since_ms = 0
        bus.add_listener(MarketEvent.TradingStatus, self._hear_status)
        bus.add_listener(MarketEvent.PositionModeChanged, self._hear_mode)

    def keeps_back(self, order: InFlightOrder) -> str:
        """Why an order does not go now; empty where it does. A pause lets one go as a probe, once in a while."""
        return self._kept([self.pauses[scope] for scope in _scopes(order) if scope in self.pauses], order)

    def keeps_change_back(self, order: InFlightOrder) -> str:
        """The same of a change of an open order."""
        pauses = [self.pauses[scope] for scope in _scopes(order) if scope in self.pauses]
        return self._kept([pause for pause in pauses if pause.code not in OF_OPENINGS], order)

    def _kept(self, pauses: list[Pause], order: InFlightOrder) -> str:
        if not pauses or order.position_action is PositionAction.CLOSE:
            return ""
        now_ms = self._clock.monotonic_ms()
        for pause in pauses:
            if now_ms - pause.probed_ms < PROBE_EVERY_MS:
                pause.kept += 1
                self.kept += 1
                return f"opening orders of {pause.of} are paused: {pause.reason}"
        for pause in pauses:
            pause.probed_ms = now_ms
        return ""

    def is_paused(self, of: str, code: int) -> bool:
        """Whether such a pause lasts now."""
        return any((pause.of, pause.code) == (of, code) for pause in self.pauses.values())

    def hear_logon(self, refusal: Fault | None) -> None:
        """A logon was refused, or taken (None)."""
        if refusal is None:
            self._logons, self._trades_without_logon = (0, 0), False
            pause = self.pauses.get(_ACCOUNT)
            if pause is not None and pause.by_logon:
                self._resume(_ACCOUNT)
            return
        last, times = self._logons
        times = times + 1 if last == refusal.code else 1
        self._logons = refusal.code, times
        rule = REFUSALS.get(refusal.code, ANY)
        if self._trades_without_logon or _ACCOUNT in self.pauses:
            return
        if rule.pauses is Paused.ACCOUNT and times >= rule.after:
            self._begin(_ACCOUNT, "the account", refusal.code, str(refusal), by_logon=True)

    def _hear_refusal(self, event: Event) -> None:
        order = self._order_of(getattr(event, "order_id", ""))
        if not isinstance(event, MarketOrderFailureEvent | OrderModifyFailedEvent) or order is None:
            return
        if event.fault is None:
            return
        code = event.fault.code
        if not code:
            return
        self.counts[code] += 1
        if code == OTHER_POSITION_MODE and order.created_ms <= self._mode_since_ms:
            return  # spelled before the mode was known
        if code in PASSING or order.position_action is PositionAction.CLOSE:
            return
        key = order.symbol, order.trade_type
        last, times = self._alike.get(key, (0, 0))
        times = times + 1 if last == code else 1
        self._alike[key] = code, times
        rule = REFUSALS.get(code, ANY)
        if times >= rule.after:
            self._pause(order, rule.pauses, code, str(event.fault))

    def _hear_mode(self, event: Event) -> None:
        """Orders are spelled by another mode from here on: what was refused for the former says nothing of them."""
        self._mode_since_ms = self._clock.now_ms()
        self._alike = {key: row for key, row in self._alike.items() if row[0] != OTHER_POSITION_MODE}
        for scope in [scope for scope, pause in self.pauses.items() if pause.code == OTHER_POSITION_MODE]:
            self._resume(scope)

    def _hear_acceptance(self, event: Event) -> None:
        order = self._order_of(getattr(event, "order_id", ""))
        if not isinstance(event, OrderCreatedEvent | OrderModifiedEvent) or order is None:
            return
        self._trades_without_logon = self._trades_without_logon or self._logons[1] > 0
        if order.position_action is PositionAction.CLOSE:
            return
        self._alike.pop((order.symbol, order.trade_type), None)
        for scope in _scopes(order):
            pause = self.pauses.get(scope)
            proves_nothing = isinstance(event, OrderModifiedEvent) and pause is not None and pause.code in OF_OPENINGS
            if pause is not None and not proves_nothing:
                self._resume(scope)

    def _hear_status(self, event: Event) -> None:
        """What the exchange's own list says to be over is not probed for."""
        if not isinstance(event, TradingStatusEvent) or not event.is_trading:
            return
        over = OF_THE_STATUS if event.reduce_only_sides else OF_THE_STATUS | OF_THE_CONTROL
        for scope, pause in tuple(self.pauses.items()):
            if pause.code in over and pause.of.partition(" ")[0] == event.trading_pair:
                self._resume(scope)

    def _pause(self, order: InFlightOrder, what: Paused, code: int, reason: str) -> None:
        scope, of = _scope(order, what)
        if scope in self.pauses:
            self.pauses[scope].probed_ms = self._clock.monotonic_ms()
        else:
            self._begin(scope, of, code, reason)

    def _begin(self, scope: Scope, of: str, code: int, reason: str, *, by_logon: bool = False) -> None:
        now_ms = self._clock.monotonic_ms()
        self.pauses[scope] = Pause(code, reason, of, now_ms, now_ms, by_logon=by_logon)
        record = self.history.setdefault((of, code), PauseRecord(of, code, reason))
        record.reason, record.times = reason, record.times + 1
        _LOG.warning("opening orders of %s are paused, a probe goes once a minute: %s", of, reason)
        self._bus.publish((OpeningsPausedEvent(self._clock.now_ms() / 1000, of, code, reason),))

    def _resume(self, scope: Scope) -> None:
        pause = self.pauses.pop(scope)
        _LOG.warning("opening orders of %s go again; %d were kept back", pause.of, pause.kept)
        self._bus.publish((OpeningsResumedEvent(self._clock.now_ms() / 1000, pause.of, pause.code, pause.kept),))


def _scope(order: InFlightOrder, what: Paused) -> tuple[Scope, str]:
    match what:
        case Paused.ACCOUNT:
            return _ACCOUNT, "the account"
        case Paused.SYMBOL:
            return (order.symbol, None), order.trading_pair
        case _:
            side = "buys" if order.trade_type is TradeType.BUY else "sells"
            return (order.symbol, order.trade_type), f"{order.trading_pair} ({side})"


def _scopes(order: InFlightOrder) -> tuple[Scope, ...]:
    """Every pause that an order falls under."""
    return (None, None), (order.symbol, None), (order.symbol, order.trade_type)
