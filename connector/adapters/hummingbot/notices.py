"""What happens to the account and to its way to the exchange, and Hummingbot has no event for: a line in its log each,
as soon as it is known. What another hand sets is told there by the connector itself."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from typing import Final

from connector.core.event_tags import MarketEvent
from connector.core.events import Event
from connector.exchange.derivative import PerpetualDerivative

#: What costs money, or keeps orders back.
TOLD: Final = (
    MarketEvent.MarginCall,
    MarketEvent.Liquidation,
    MarketEvent.InsuranceCleared,
    MarketEvent.PositionSettled,
    MarketEvent.PositionDrift,
    MarketEvent.MarginDrift,
    MarketEvent.ForeignFill,
    MarketEvent.Transfer,
    MarketEvent.BracketsChanged,
    MarketEvent.FeedLost,
    MarketEvent.FeedRestored,
    MarketEvent.OrdersPaused,
    MarketEvent.OpeningsPaused,
    MarketEvent.OpeningsResumed,
    MarketEvent.TradingStatus,
    MarketEvent.RiskLimit,
)


def tell_notices(exchange: PerpetualDerivative, say: Callable[[str], None]) -> None:
    """From now on each of those events is said."""
    for tag in TOLD:
        exchange.add_listener(tag, lambda event: say(notice(event)))


def notice(event: Event) -> str:
    """The event's name, and what it holds."""
    held = fields(event) if is_dataclass(event) else ()
    rows = ((row.name, getattr(event, row.name)) for row in held if row.name not in _LEFT_OUT)
    return f"{event.tag.name}: {', '.join(f'{name} {_text(value)}' for name, value in rows if value not in ('', None))}"


#: Of a line of the log, which has a time and the connector's name.
_LEFT_OUT: Final = frozenset({"timestamp", "market"})


def _text(value: object) -> str:
    match value:
        case Decimal():
            return f"{value:f}"
        case Enum():
            return value.name
        case tuple():
            return " ".join(_text(each) for each in value)
        case _:
            return str(value)
