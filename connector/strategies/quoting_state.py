"""What a strategy remembers from one view to the next: when each side may quote again, and how its exits stood."""

from dataclasses import dataclass, replace
from decimal import Decimal

from connector.core.enums import TradeType
from connector.core.intents import OrderIntent


@dataclass(frozen=True, slots=True)
class SideTimes:
    """When a side may quote."""

    #: From then on it may place quotes.
    place_from_ms: int = 0
    #: From then on its quotes are due to be replaced.
    refresh_from_ms: int = 0

    def next_cycle(self, cycle_ms: int) -> "SideTimes":
        return SideTimes(cycle_ms, cycle_ms)

    def paused_until(self, moment_ms: int) -> "SideTimes":
        """No quote before that moment; those that stand are replaced by then at the latest."""
        return SideTimes(moment_ms, min(self.refresh_from_ms, moment_ms))


@dataclass(frozen=True, slots=True)
class ExitAsked:
    """A closing order that was asked for."""

    intent: OrderIntent
    #: When it was asked for, or last seen alive as it should be.
    asked_ms: int
    #: It was alive as it should be then, and is until a view shows otherwise, however long nobody looks.
    is_alive: bool = False


@dataclass(frozen=True, slots=True)
class ExitMisfit:
    """A live exit that does not fit the position which it is to close."""

    client_order_id: str
    remaining: Decimal
    #: What would close the position.
    needed: Decimal
    #: When it was first seen so.
    since_ms: int

    def is_same(self, other: "ExitMisfit") -> bool:
        """Whether neither order nor position moved between the two."""
        return replace(self, since_ms=other.since_ms) == other


@dataclass(frozen=True, slots=True)
class ChangeAsked:
    """A quote that was asked to another price."""

    client_order_id: str
    price: Decimal
    asked_ms: int


@dataclass(frozen=True, slots=True)
class QuotingState:
    """The whole memory of a run. A new run begins with an empty one: nothing of it has to survive a restart.

    The sides keep times of their own, so that a side that cannot be refreshed (an order whose fate is unknown,
    a cancel without an answer) does not hold up the other.
    """

    buys: SideTimes = SideTimes()
    sells: SideTimes = SideTimes()
    #: The complete fill that the sides paused for last.
    seen_fill_ms: int = 0
    exits_asked: tuple[ExitAsked, ...] = ()
    exit_misfits: tuple[ExitMisfit, ...] = ()
    #: Those that were asked for a short while ago.
    changes_asked: tuple[ChangeAsked, ...] = ()

    def times(self, side: TradeType) -> SideTimes:
        return self.buys if side is TradeType.BUY else self.sells

    def with_times(self, side: TradeType, times: SideTimes) -> "QuotingState":
        return replace(self, buys=times) if side is TradeType.BUY else replace(self, sells=times)

    def after_fill(self, fill_ms: int | None, pause_ms: int) -> "QuotingState":
        """The state once a complete fill is known: both sides pause. A fill counts once."""
        if fill_ms is None or fill_ms <= self.seen_fill_ms:
            return self
        moment_ms = fill_ms + pause_ms
        return replace(
            self,
            buys=self.buys.paused_until(moment_ms),
            sells=self.sells.paused_until(moment_ms),
            seen_fill_ms=fill_ms,
        )
