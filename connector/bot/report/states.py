"""How a running bot stands: one vocabulary for table, lines, JSON, status command, metrics and page.

    starting ─▶ ready ─▶ quoting ◀─▶ holding: why
                  any of them ─▶ paused: by whom │ halted │ delisting │ banned until │ lost: what ─▶ and back
                  any of them ─▶ stopping

Where several are true, the one that outlasts the others is told: a bot that stops is stopping whatever else is the
matter, and a pause is no news while the exchange wants silence.
"""

from dataclasses import dataclass
from enum import StrEnum

from connector.exchange.network.limit_watch import clock_text


class RunState(StrEnum):
    """The words, each in its only meaning."""

    #: Connecting, checking the settings, waiting until everything is known that an order needs.
    STARTING = "starting"
    #: Everything is known; no order was wanted yet.
    READY = "ready"
    #: Orders that open rest at the exchange, or are on their way there.
    QUOTING = "quoting"
    #: Nothing that opens rests, by the strategy's will or for want of margin; the reason says which.
    HOLDING = "holding"
    #: Somebody, or the exchange's refusals, keeps back what opens; the reason says who.
    PAUSED = "paused"
    #: The exchange takes no orders of the pair for now.
    HALTED = "halted"
    #: The exchange closes the contract for good.
    DELISTING = "delisting"
    #: The exchange wants silence until the time that is told.
    BANNED = "banned"
    #: A stream, a book or the key is not to be had; the reason says which.
    LOST = "lost"
    #: Own orders are being cancelled, the books set beside each other.
    STOPPING = "stopping"


class Phase(StrEnum):
    """How far a run is, by its own will."""

    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class BotState:
    """A state, and why."""

    state: RunState
    reason: str = ""
    #: When it ends by itself, by the exchange's clock; None where nobody knows.
    until_ms: int | None = None

    def __str__(self) -> str:
        """As people read it."""
        until = "" if self.until_ms is None else f" until {clock_text(self.until_ms)}"
        return f"{self.state}{until}{': ' if self.reason else ''}{self.reason}"


@dataclass(frozen=True, slots=True)
class StrategyFacts:
    """One of several strategies, as whoever runs it tells."""

    #: What the run calls it.
    name: str
    #: What it quotes by.
    strategy: str
    pairs: tuple[str, ...]
    #: Own orders of its that may be at the exchange, and those of them that open.
    orders: int
    opening: int
    #: What it raised, with where; empty while it works.
    fault: str = ""
    is_paused: bool = False
    #: Why nothing that opens is asked for, in words; empty where nothing keeps it.
    holds: str = ""


@dataclass(frozen=True, slots=True)
class StateFacts:
    """What decides."""

    phase: Phase
    #: Why the exchange takes the key no more; empty while it does.
    key_lost: str = ""
    #: Until when it wants silence; None where it does not.
    silent_until_ms: int | None = None
    is_being_settled: bool = False
    is_trading: bool = True
    #: The pair's status in the exchange's own word.
    trading_status: str = ""
    #: What the shut gates wait for, in words; empty while all hold.
    waits_for: str = ""
    #: Who or what keeps back what opens, in words; empty where nobody does.
    paused_by: str = ""
    #: Until when that lasts; None where nobody knows.
    paused_until_ms: int | None = None
    #: Own orders that open and may be at the exchange.
    quotes: int = 0
    #: Why none is wanted, or can be had; empty where nobody said.
    holds: str = ""


def state_of(facts: StateFacts) -> BotState:
    """The state that is told, by the order above."""
    if facts.phase is Phase.STOPPING:
        return BotState(RunState.STOPPING)
    if facts.key_lost:
        return BotState(RunState.LOST, facts.key_lost)
    if facts.silent_until_ms is not None:
        return BotState(RunState.BANNED, "the exchange wants silence", facts.silent_until_ms)
    if facts.phase is Phase.STARTING:
        return BotState(RunState.STARTING, facts.waits_for)
    if facts.is_being_settled:
        return BotState(RunState.DELISTING, f"the exchange closes the contract ({facts.trading_status})")
    if not facts.is_trading:
        return BotState(RunState.HALTED, f"the exchange takes no orders of the pair ({facts.trading_status})")
    if facts.waits_for:
        return BotState(RunState.LOST, facts.waits_for)
    if facts.paused_by:
        return BotState(RunState.PAUSED, facts.paused_by, facts.paused_until_ms)
    if facts.quotes:
        return BotState(RunState.QUOTING)
    return BotState(RunState.HOLDING, facts.holds) if facts.holds else BotState(RunState.READY)
