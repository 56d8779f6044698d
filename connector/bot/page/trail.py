"""What the page remembers of a run: equity over time, of each pair position and own trades, what happened. All of it
bounded."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from connector.bot.notify.event_lines import KINDS_OF, event_line
from connector.bot.report.status_source import StatusSource
from connector.core.amounts import ZERO
from connector.core.clock import Clock
from connector.core.event_tags import MarketEvent
from connector.core.events import Event, OrderFilledEvent

EVERY_S = 2.0
#: An hour of samples, and the latest of the rest; of own trades those of each pair.
MOST_SAMPLES, MOST_FILLS, MOST_EVENTS = 1_800, 50, 100


@dataclass(frozen=True, slots=True)
class PairSample:
    """A pair's part in a moment: the position in base units; NaN where no mark price is known."""

    position: Decimal
    mark_price: Decimal


@dataclass(frozen=True, slots=True)
class Sample:
    """One moment. Money in the margin asset of the first pair."""

    time_ms: int
    equity: Decimal
    by_pair: Mapping[str, PairSample]


@dataclass(slots=True)
class Happened:
    """A line of what happened, and how often in a row."""

    time_ms: int
    text: str
    times: int = 1


class Trail:
    """Of one run, over the epochs of its exchange."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.samples: deque[Sample] = deque(maxlen=MOST_SAMPLES)
        self.fills: dict[str, deque[tuple[int, OrderFilledEvent]]] = {}
        self.events: deque[Happened] = deque(maxlen=MOST_EVENTS)

    def watch(self, epoch: StatusSource) -> None:
        """Hears of this epoch from now on, after all others have heard."""
        for tag in KINDS_OF:
            hear: Callable[[Event], None] = self._hear_fill if tag is MarketEvent.OrderFilled else self._hear
            epoch.connector.components.bus.add_watcher(tag, hear)
        self.tell(f"trading {', '.join(epoch.books)} on {epoch.connector.domain} begins")

    def sample(self, epoch: StatusSource) -> None:
        """Adds the present moment, once there is one to tell of."""
        connector = epoch.connector
        if not epoch.accounting.asset or connector.get_mark_price(epoch.trading_pair).is_nan():
            return
        held = dict.fromkeys(epoch.books, ZERO)
        for row in connector.account_positions.values():
            if row.trading_pair in held:
                held[row.trading_pair] += row.amount
        by_pair = {pair: PairSample(amount, connector.get_mark_price(pair)) for pair, amount in held.items()}
        equity = connector.get_balance(epoch.accounting.asset) + epoch.unrealized_pnl()
        self.samples.append(Sample(self._clock.now_ms(), equity, by_pair))

    def tell(self, text: str) -> None:
        """One line; one that comes again is counted."""
        if self.events and self.events[-1].text == text:
            self.events[-1].times += 1
            self.events[-1].time_ms = self._clock.now_ms()
        elif text:
            self.events.append(Happened(self._clock.now_ms(), text))

    def _hear(self, event: Event) -> None:
        self.tell(event_line(event))

    def _hear_fill(self, event: Event) -> None:
        if isinstance(event, OrderFilledEvent):
            of_pair = self.fills.setdefault(event.trading_pair, deque(maxlen=MOST_FILLS))
            of_pair.append((self._clock.now_ms(), event))
