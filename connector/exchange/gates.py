"""Ready, as named gates: each with what it waits for, its age and its last error.

A stuck connector says which gate is shut and why. The names are those of Hummingbot's `status_dict`, with this
project's beside them.
"""

from collections.abc import Callable

from connector.core.clock import Clock
from connector.core.connection_events import FeedLostEvent, FeedRestoredEvent
from connector.core.events import Event
from connector.core.interface import GateStatus
from connector.exchange.bus import Bus

SYMBOLS = "symbols_mapping_initialized"
TRADING_RULES = "trading_rule_initialized"
ORDER_BOOKS = "order_books_initialized"
FUNDING_INFO = "funding_info"
ACCOUNT_BALANCE = "account_balance"
USER_STREAM = "user_stream_initialized"
POSITION_MODE = "position_mode"
LEVERAGE = "leverage"
RATE_LIMITS = "rate_limits"

WAITS_FOR: dict[str, str] = {
    SYMBOLS: "the exchange's list of symbols",
    TRADING_RULES: "the exchange's trading rules",
    ORDER_BOOKS: "a valid order book with fresh frames for every pair",
    FUNDING_INFO: "fresh mark price and funding for every pair",
    ACCOUNT_BALANCE: "the account's balances and positions",
    USER_STREAM: "the user stream, and one full comparison with the exchange since it is up",
    POSITION_MODE: "the position mode, as the exchange says",
    LEVERAGE: "the leverage of every pair, as the exchange says",
    RATE_LIMITS: "the end of the silence that the exchange asked for",
}


#: What each pair has of its own; the others are of the account, or of the exchange.
OF_A_PAIR = frozenset({ORDER_BOOKS, FUNDING_INFO})

#: What an order needs that only reduces a position: how it is spelt. That a book, a mark price or a stream is silent
#: is a reason to close, and none not to.
NEEDED_TO_CLOSE = frozenset({SYMBOLS, TRADING_RULES, POSITION_MODE})


class _Gate:
    __slots__ = ("changed_ms", "fell_before", "holds", "last_error")

    def __init__(self) -> None:
        self.holds = False
        self.fell_before = False
        self.changed_ms: int | None = None
        self.last_error = ""


class Gates:
    """All gates of one connector. A gate that falls or holds again is told as an event, at once."""

    __slots__ = ("_bus", "_clock", "_gates", "may_close", "ready", "watcher")

    def __init__(self, bus: Bus, clock: Clock) -> None:
        self._bus = bus
        self._clock = clock
        self._gates = {name: _Gate() for name in WAITS_FOR}
        #: Asked for with every order: kept, and not gathered anew.
        self.ready = False
        #: Whether an order may leave that only reduces a position.
        self.may_close = False
        #: Called when `ready` has changed.
        self.watcher: Callable[[], None] = lambda: None

    @property
    def status(self) -> dict[str, bool]:
        return {name: gate.holds for name, gate in self._gates.items()}

    def holds(self, name: str) -> bool:
        return self._gates[name].holds

    def report(self) -> dict[str, GateStatus]:
        """`age_ms` is the time since the gate last changed; None when it never did."""
        now_ms = self._clock.monotonic_ms()
        return {
            name: GateStatus(
                gate.holds,
                None if gate.changed_ms is None else now_ms - gate.changed_ms,
                gate.last_error,
                WAITS_FOR[name],
            )
            for name, gate in self._gates.items()
        }

    def waiting(self) -> str:
        """What the shut gates wait for, in words; empty while all hold."""
        return "; ".join(
            f"{name} waits for {WAITS_FOR[name]}" + (f" ({gate.last_error})" if gate.last_error else "")
            for name, gate in self._gates.items()
            if not gate.holds
        )

    def hold(self, name: str) -> None:
        """The gate's condition is met."""
        gate = self._gates[name]
        if gate.holds:
            return
        gate.holds, gate.changed_ms = True, self._clock.monotonic_ms()
        self._sum_up()
        if gate.fell_before:
            self._publish(FeedRestoredEvent(self._clock.now_ms() / 1000, name))

    def fall(self, name: str, reason: str) -> None:
        """The gate's condition is no longer met. Told once, when it held before."""
        gate = self._gates[name]
        gate.last_error = reason
        if not gate.holds:
            return
        gate.holds, gate.fell_before, gate.changed_ms = False, True, self._clock.monotonic_ms()
        self._sum_up()
        self._publish(FeedLostEvent(self._clock.now_ms() / 1000, name, reason))

    def shut(self, name: str, reason: str) -> None:
        """Shuts a gate by our own will, which is nobody's loss: a setting is being changed."""
        gate = self._gates[name]
        if gate.holds:
            gate.changed_ms = self._clock.monotonic_ms()
        gate.holds, gate.last_error = False, reason
        self._sum_up()

    def shut_all(self, reason: str) -> None:
        """Shuts every gate: the connector is being stopped."""
        for name in self._gates:
            self.shut(name, reason)

    def note(self, name: str, error: str) -> None:
        """Keeps an error beside the gate without shutting it."""
        self._gates[name].last_error = error

    def _sum_up(self) -> None:
        was_ready, self.ready = self.ready, all(gate.holds for gate in self._gates.values())
        self.may_close = all(self._gates[name].holds for name in NEEDED_TO_CLOSE)
        if self.ready is not was_ready:
            self.watcher()

    def _publish(self, event: Event) -> None:
        self._bus.publish((event,))
