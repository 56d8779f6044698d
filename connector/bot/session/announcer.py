"""What is told on the screen as it comes: what was lost and is back, limits and silences, what is kept back
and why, what happens to the account."""

from collections.abc import Callable, Collection

from connector.bot.report.decimals import price_text
from connector.bot.session.account_lines import OF_THE_ACCOUNT, account_line
from connector.bot.session.exchange_lines import exchange_line, openings_line
from connector.bot.session.venues import TradingVenue
from connector.core.amounts import plain
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
    RiskLimitEvent,
    TradingStatusEvent,
)
from connector.core.enums import OrderWay
from connector.core.event_tags import MarketEvent
from connector.core.events import Event, MarginCallEvent
from connector.exchange import gates
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.network.limit_watch import clock_text
from connector.venue.refusal_causes import KEY_ENDS
from connector.venue.refusals import OF_THE_CONTROL, OF_THE_STATUS

#: After a refusal that the list of contracts explains, it is read again within this time.
_LISTED_WITHIN_MS = 5_000
_ACCOUNT = "the account"
_TOLD = (
    MarketEvent.FeedLost,
    MarketEvent.FeedRestored,
    MarketEvent.RateLimitNear,
    MarketEvent.RateLimitWait,
    MarketEvent.OrdersPaused,
    MarketEvent.OpeningsPaused,
    MarketEvent.OpeningsResumed,
    MarketEvent.CancelOnDisconnect,
    MarketEvent.RiskLimit,
    MarketEvent.OrderWayChanged,
    MarketEvent.TradingStatus,
)


class Announcer:
    """Tells one connector's events of that kind, a line each, by `say`."""

    def __init__(self, connector: PerpetualDerivative, venue: TradingVenue, say: Callable[[str], None]) -> None:
        self._connector = connector
        self._venue = venue
        self._say = say
        self._lost: set[str] = set()
        self._openings_stopped = ""
        #: What is said of a pause, and when, unless the exchange's list says it before; empty: it did.
        self._unsaid: dict[str, tuple[int, str]] = {}

    def listen(self) -> None:
        """From now on."""
        for tag in _TOLD:
            self._connector.add_listener(tag, self._hear)
        for tag in OF_THE_ACCOUNT:
            self._connector.add_listener(tag, self._hear_of_account)

    def watch_openings(self) -> None:
        """Says once that no order goes that opens, and who or what is the cause, and once that they go again."""
        stopped = self._connector.openings_stopped
        if stopped != self._openings_stopped:
            self._say(openings_line(stopped))
        self._openings_stopped = stopped

    def watch_refusals(self) -> None:
        """Says what was refused and what the exchange's list of contracts did not explain."""
        now_ms = self._connector.venue_time_ms()
        if self._connector.components.key_watch.trouble and _ACCOUNT in self._unsaid:
            # That the key is refused is said of the gate that shuts for it.
            self._unsaid[_ACCOUNT] = self._unsaid[_ACCOUNT][0], ""
        for of, (due_ms, text) in tuple(self._unsaid.items()):
            if now_ms >= due_ms and text:
                self._say(text)
                del self._unsaid[of]

    def _told_by_list(self, event: TradingStatusEvent) -> None:
        """What the list says of a pair says all that refusals for it would, then and when it is over."""
        for of, (due_ms, _) in tuple(self._unsaid.items()):
            if of.startswith(event.trading_pair):
                self._unsaid[of] = due_ms, ""
        self._say(exchange_line(event))

    def _hear_of_account(self, event: Event) -> None:
        of = self._positions(event.trading_pairs) if isinstance(event, MarginCallEvent) else ""
        self._say(f"{account_line(event)}{of}")

    def _positions(self, pairs: Collection[str]) -> str:
        """What is held of pairs, and the mark price at which it ends."""
        told = ""
        for row in self._connector.account_positions.values():
            margin = self._connector.get_position_margin(row.trading_pair, row.position_side)
            if row.trading_pair in pairs and margin is not None:
                tick = self._connector.trading_rules[row.trading_pair].tick_size
                told += (
                    f"; {plain(row.amount)} {row.trading_pair} at {price_text(row.entry_price, tick)}, liquidated at a "
                    f"mark price of {price_text(margin.liquidation_price, tick)}"
                )
        return told

    def _hear(self, event: Event) -> None:
        match event:
            case FeedLostEvent() | FeedRestoredEvent():
                self._hear_of_feed(event)
            case OrdersPausedEvent() | RiskLimitEvent():
                self._say(exchange_line(event))
            case RateLimitNearEvent():
                share = f"{event.used} of {event.limit} in {event.window_s:g} s"
                self._say(f"{event.name}: {share} used")
            case RateLimitWaitEvent():
                self._say(
                    f"the limit of {event.name} is used up: on at {clock_text(round(event.until_timestamp * 1000))}"
                )
            case OpeningsPausedEvent() if event.code:
                text = exchange_line(event)
                if event.code in OF_THE_STATUS | OF_THE_CONTROL | KEY_ENDS:
                    self._unsaid[event.of] = self._connector.venue_time_ms() + _LISTED_WITHIN_MS, text
                else:
                    self._say(text)
            case OpeningsResumedEvent() if event.code and self._unsaid.pop(event.of, None) is None:
                self._say(exchange_line(event))
            case OrderWayChangedEvent(way=OrderWay.REST):
                self._say(f"orders go by REST until the WS-API is up ({event.reason})")
            case OrderWayChangedEvent():
                self._say("orders go over the WS-API again")
            case TradingStatusEvent():
                self._told_by_list(event)
            case CancelOnDisconnectEvent():
                self._say(f"cancel_on_disconnect: {event.reason}")

    def _hear_of_feed(self, event: FeedLostEvent | FeedRestoredEvent) -> None:
        match event:
            case _ if event.gate == gates.RATE_LIMITS:
                self._say(exchange_line(event))
            case FeedLostEvent():
                if not self._lost:
                    text = f"exchange {exchange_line(event)}; no orders until it is back"
                    self._say(f"{text}; if it was ended, {self._venue.how_to_restart}")
                self._lost.add(event.gate)
            case _:
                self._lost.discard(event.gate)
                if not self._lost:
                    self._say("exchange is back; quoting goes on")
