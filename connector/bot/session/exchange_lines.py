"""What the exchange wants, or takes again, and what was lost of it, in one plain line each: on the screen, in messages,
on the page."""

from connector.core.connection_events import (
    FeedLostEvent,
    FeedRestoredEvent,
    OpeningsPausedEvent,
    OpeningsResumedEvent,
    OrdersPausedEvent,
    RiskLimitEvent,
    TradingStatusEvent,
)
from connector.core.events import Event
from connector.exchange import gates
from connector.exchange.network.limit_watch import clock_text


def openings_line(stopped: str) -> str:
    """That no order goes that opens, and by whom; or, empty, that they go again."""
    return f"no new orders: {stopped}; cancels and closes go on" if stopped else "new orders go again"


def exchange_line(event: Event) -> str:
    """The line of such an event; empty for any other."""
    match event:
        case FeedLostEvent() if event.gate == gates.RATE_LIMITS:
            return f"{event.reason}; nothing is sent before"
        case FeedRestoredEvent() if event.gate == gates.RATE_LIMITS:
            return "the exchange takes requests again"
        case FeedLostEvent():
            return f"lost: {event.gate.replace('_', ' ')} ({event.reason})"
        case FeedRestoredEvent():
            return f"back: {event.gate.replace('_', ' ')}"
        case OrdersPausedEvent():
            until = clock_text(round(event.until_timestamp * 1000))
            return f"the exchange wants no new orders until {until} ({event.reason})"
        case OpeningsPausedEvent() if event.code:
            return f"opening orders of {event.of} are paused, a probe goes once a minute: {event.reason}"
        case OpeningsResumedEvent() if event.code:
            return f"opening orders of {event.of} go again; {event.kept} were kept back"
        case OpeningsPausedEvent():
            return openings_line(event.reason)
        case OpeningsResumedEvent():
            return openings_line("")
        case TradingStatusEvent() | RiskLimitEvent():
            return event.reason
        case _:
            return ""
