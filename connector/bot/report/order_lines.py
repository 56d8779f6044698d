"""Own trades and refusals as lines of the run: what was bought and sold, what was refused and why."""

from collections import deque

from connector.bot.report.decimals import price_text
from connector.bot.report.event_lines import EventLines
from connector.bot.report.order_log import failure_reason
from connector.core.amounts import plain
from connector.core.enums import TradeType
from connector.core.event_tags import MarketEvent
from connector.core.events import Event, MarketOrderFailureEvent, OrderFilledEvent
from connector.core.faults import Fault
from connector.core.order_ends import RejectionKind
from connector.exchange.derivative import PerpetualDerivative

#: Beyond it the oldest is left out; the log has them all.
_MOST_KEPT = 8_192


class OrderLines:
    """Of one connector. It hears once the bot has heard, and tells when it is asked to, a moment later."""

    def __init__(self, connector: PerpetualDerivative, lines: EventLines) -> None:
        self._connector = connector
        self._lines = lines
        self._heard: deque[Event] = deque(maxlen=_MOST_KEPT)

    def listen(self) -> None:
        """From now on."""
        bus = self._connector.components.bus
        bus.add_watcher(MarketEvent.OrderFilled, self._heard.append)
        bus.add_watcher(MarketEvent.OrderFailure, self._hear_failure)

    def tell(self) -> None:
        """Tells what was heard since."""
        while self._heard:
            self._tell(self._heard.popleft())

    def _hear_failure(self, event: Event) -> None:
        """A pause is told once, when it begins; what began it, and what it keeps back, is counted in the status."""
        fault = event.fault if isinstance(event, MarketOrderFailureEvent) else None
        if fault is None or not self._is_of_a_pause(fault):
            self._heard.append(event)

    def _tell(self, event: Event) -> None:
        match event:
            case OrderFilledEvent():
                self._lines.hear_trade(event, self._connector.trading_rules[event.trading_pair].tick_size)
            case MarketOrderFailureEvent():
                self._tell_failure(event)

    def _tell_failure(self, event: MarketOrderFailureEvent) -> None:
        fault = event.fault
        if event.rejection is not None and event.rejection.kind is RejectionKind.POST_ONLY:
            return  # the market came first, as it does every minute: counted in the status
        word = "refused" if fault is not None and fault.was_answered else "not sent"
        kind = event.rejection.kind.value if event.rejection is not None else ""
        alike = f"{word} {kind} {0 if fault is None else fault.code}"
        self._lines.say(f"{word}: {self._order(event.order_id)}: {failure_reason(event)}", alike)

    def _is_of_a_pause(self, fault: Fault) -> bool:
        """Whether an order was refused for what pauses openings now, or kept back by that."""
        pauses = self._connector.components.refusals.pauses.values()
        return any(pause.code == fault.code or pause.reason in str(fault) for pause in pauses)

    def _order(self, name: str) -> str:
        order = self._connector.components.tracker.order(name)
        if order is None:
            return f"order {name}"
        side = "buy" if order.trade_type is TradeType.BUY else "sell"
        rule = self._connector.trading_rules[order.trading_pair]
        at = "" if order.price is None else f" at {price_text(order.price, rule.tick_size)}"
        return f"{side} {plain(order.amount)} {order.trading_pair}{at}"
