"""What is told on the screen as it comes: what was lost and is back, limits and silences, what is kept back and why."""

from collections.abc import Callable

from connector.bot.session.local_exchange import LocalVenue
from connector.core.connection_events import (
    CancelOnDisconnectEvent,
    FeedLostEvent,
    FeedRestoredEvent,
    OpeningsPausedEvent,
    OpeningsResumedEvent,
    OrdersPausedEvent,
    OrderWayChangedEvent,
    RateLimitNearEvent,
    RateLimitWaitEvent,
)
from connector.core.enums import OrderWay
from connector.core.event_tags import MarketEvent
from connector.core.events import Event
from connector.exchange import gates
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.network.limit_watch import clock_text

_TOLD = (
    MarketEvent.FeedLost,
    MarketEvent.FeedRestored,
    MarketEvent.RateLimitNear,
    MarketEvent.RateLimitWait,
    MarketEvent.OrdersPaused,
    MarketEvent.OpeningsPaused,
    MarketEvent.OpeningsResumed,
    MarketEvent.CancelOnDisconnect,
    MarketEvent.OrderWayChanged,
)


class Announcer:
    """Tells one connector's events of that kind, a line each, by `say`."""

    def __init__(self, connector: PerpetualDerivative, venue: LocalVenue, say: Callable[[str], None]) -> None:
        self._connector = connector
        self._venue = venue
        self._say = say
        self._lost: set[str] = set()
        self._openings_stopped = ""

    def listen(self) -> None:
        """From now on."""
        for tag in _TOLD:
            self._connector.add_listener(tag, self._hear)

    def watch_openings(self) -> None:
        """Says once that no order goes that opens, and who or what is the cause, and once that they go again."""
        stopped = self._connector.openings_stopped
        if stopped != self._openings_stopped:
            self._say(f"no new orders: {stopped}; cancels and closes go on" if stopped else "new orders go again")
        self._openings_stopped = stopped

    def _hear(self, event: Event) -> None:
        match event:
            case FeedLostEvent() | FeedRestoredEvent():
                self._hear_of_feed(event)
            case OrdersPausedEvent():
                until = clock_text(round(event.until_timestamp * 1000))
                self._say(f"the exchange wants no new orders until {until} ({event.reason})")
            case RateLimitNearEvent():
                share = f"{event.used} of {event.limit} in {event.window_s:g} s"
                self._say(f"{event.name}: {share} used")
            case RateLimitWaitEvent():
                self._say(
                    f"the limit of {event.name} is used up: on at {clock_text(round(event.until_timestamp * 1000))}"
                )
            case OpeningsPausedEvent() if event.code:
                self._say(f"opening orders of {event.of} are paused, a probe goes once a minute: {event.reason}")
            case OpeningsResumedEvent() if event.code:
                self._say(f"opening orders of {event.of} go again; {event.kept} were kept back")
            case OrderWayChangedEvent(way=OrderWay.REST):
                self._say(f"orders go by REST until the WS-API is up ({event.reason})")
            case OrderWayChangedEvent():
                self._say("orders go over the WS-API again")
            case CancelOnDisconnectEvent():
                self._say(f"cancel_on_disconnect: {event.reason}")

    def _hear_of_feed(self, event: FeedLostEvent | FeedRestoredEvent) -> None:
        match event:
            case FeedLostEvent() if event.gate == gates.RATE_LIMITS:
                self._say(f"{event.reason}; nothing is sent before")
            case FeedRestoredEvent() if event.gate == gates.RATE_LIMITS:
                self._say("the exchange takes requests again")
            case FeedLostEvent():
                if not self._lost:
                    text = f"exchange lost ({event.reason}); no orders until it is back"
                    self._say(f"{text}; if it was ended, {self._venue.how_to_restart}")
                self._lost.add(event.gate)
            case _:
                self._lost.discard(event.gate)
                if not self._lost:
                    self._say("exchange is back; quoting goes on")
