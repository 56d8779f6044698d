"""Every order's life and every decision that changed something, in the log: asked, taken, filled, changed, cancelled,
refused, each with id, side, price and amount.

    hears an event, or a decision ─▶ keeps it ─▶ writes a few a turn, when nothing waits for it

Nobody on an order's way waits for a line: what is heard is kept, once everyone else has heard, and written afterwards.
"""

import logging
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connector.core.amounts import plain
from connector.core.enums import TradeType
from connector.core.event_tags import MarketEvent
from connector.core.events import (
    Event,
    MarketOrderFailureEvent,
    OrderCancelledEvent,
    OrderCompletedEvent,
    OrderCreatedEvent,
    OrderExpiredEvent,
    OrderFilledEvent,
    OrderModifiedEvent,
    OrderModifyFailedEvent,
    OrderOutcomeUnknownEvent,
    OrderTriggeredEvent,
)
from connector.core.intents import CancelIntent, Intent, ModifyIntent, OrderIntent
from connector.exchange.derivative import PerpetualDerivative
from connector.orders.in_flight_order import InFlightOrder
from connector.strategies.view import MarketView

_LOG = logging.getLogger("connector.orders")
_DECISIONS = logging.getLogger("connector.decisions")
#: Of what was heard; beyond it the oldest is left out, and counted.
_MOST_KEPT = 16_384
#: Orders whose asking is known to be written.
_MOST_ASKED = 8_192
#: Lines in one turn of the loop.
A_TURN = 16


@dataclass(frozen=True, slots=True)
class Decision:
    """What was asked for in one look, and why."""

    intents: tuple[Intent, ...]
    #: What the strategy saw; None where it was not asked.
    view: MarketView | None = None
    why: str = ""


class OrderLog:
    """Of one connector's own orders. `write` is called now and then, `close` at the end."""

    TAGS = (
        MarketEvent.BuyOrderCreated,
        MarketEvent.SellOrderCreated,
        MarketEvent.OrderFilled,
        MarketEvent.BuyOrderCompleted,
        MarketEvent.SellOrderCompleted,
        MarketEvent.OrderCancelled,
        MarketEvent.OrderExpired,
        MarketEvent.OrderFailure,
        MarketEvent.OrderOutcomeUnknown,
        MarketEvent.OrderModified,
        MarketEvent.OrderModifyFailed,
        MarketEvent.OrderTriggered,
    )

    def __init__(self, connector: PerpetualDerivative) -> None:
        self._connector = connector
        self._kept: deque[Event | Decision] = deque(maxlen=_MOST_KEPT)
        self._asked: OrderedDict[str, None] = OrderedDict()
        #: What `decided` is told is kept likewise.
        self.decided = self._kept.append

    def listen(self) -> None:
        """From now on."""
        for tag in self.TAGS:
            self._connector.components.bus.add_watcher(tag, self._kept.append)

    def write(self, most: int = A_TURN) -> bool:
        """Writes up to so many; whether there is more."""
        if len(self._kept) == _MOST_KEPT:
            _LOG.warning("more is heard than can be written: some of it is left out")
        for _ in range(min(most, len(self._kept))):
            self._write(self._kept.popleft())
        if self._kept:
            return True
        for order in self._connector.in_flight_orders.values():
            self._note_asked(order)
        return False

    def close(self) -> None:
        """Writes all that is left."""
        while self.write(_MOST_KEPT):
            pass

    def _write(self, heard: Event | Decision) -> None:
        if isinstance(heard, Decision):
            _DECISIONS.info("%s", _decision_text(heard))
            return
        name = getattr(heard, "order_id", "")
        order = self._connector.components.tracker.order(name)
        if order is not None:
            self._note_asked(order)
        what, rest = _told(heard)
        fields = {"event": what, "order_id": name, **_terms(order), **rest}
        fields["at"] = _time(heard.timestamp)
        text = " ".join(f"{key} {value}" for key, value in fields.items() if value != "" and key != "event")
        _LOG.info("%s: %s", what, text, extra={"fields": fields})

    def _note_asked(self, order: InFlightOrder) -> None:
        name = order.client_order_id
        if name in self._asked:
            return
        self._asked[name] = None
        if len(self._asked) > _MOST_ASKED:
            self._asked.popitem(last=False)
        fields = {
            "event": "asked", "order_id": name, **_terms(order), "type": order.order_type.name,
            "action": order.position_action.name, "at": _time(order.created_ms / 1000),
        }  # fmt: skip
        text = " ".join(f"{key} {value}" for key, value in fields.items() if value != "" and key != "event")
        _LOG.info("asked: %s", text, extra={"fields": fields})


def _terms(order: InFlightOrder | None) -> dict[str, Any]:
    if order is None:
        return {}
    return {
        "pair": order.trading_pair,
        "side": "buy" if order.trade_type is TradeType.BUY else "sell",
        "amount": plain(order.amount),
        "price": _price(order.price),
    }


def _told(event: Event) -> tuple[str, dict[str, Any]]:
    """What an event says of its order, in a word, and the figures of its own."""
    match event:
        case OrderCreatedEvent():
            return "taken", {"exchange_order_id": event.exchange_order_id}
        case OrderFilledEvent():
            fees = ", ".join(f"{plain(flat.amount)} {flat.token}" for flat in event.trade_fee.flat_fees)
            return "filled", {
                "filled": plain(event.amount), "filled_at": plain(event.price), "trade_id": event.exchange_trade_id,
                "fee": fees, "result": plain(event.realized_pnl), "maker": event.is_maker,
            }  # fmt: skip
        case OrderCompletedEvent():
            return "completed", {}
        case OrderCancelledEvent():
            return "cancelled", {}
        case OrderExpiredEvent():
            return "expired", {"reason": event.reason or (event.expiry.value if event.expiry else "")}
        case MarketOrderFailureEvent():
            return _failed(event), {"reason": failure_reason(event)}
        case OrderOutcomeUnknownEvent():
            return "outcome unknown", {"reason": str(event.fault or "no answer")}
        case OrderModifiedEvent():
            return "changed", {"to_price": plain(event.price), "to_amount": plain(event.amount)}
        case OrderModifyFailedEvent():
            wanted = {"to_price": plain(event.price), "to_amount": plain(event.amount)}
            return "change refused", {**wanted, "reason": str(event.fault)}
        case OrderTriggeredEvent():
            return "triggered", {"exchange_order_id": event.exchange_order_id}
        case _:
            return event.tag.name, {}


def _failed(event: MarketOrderFailureEvent) -> str:
    return "refused" if event.fault is not None and event.fault.was_answered else "not sent"


def failure_reason(event: MarketOrderFailureEvent) -> str:
    """Why an order never lived."""
    if event.fault is not None:
        return str(event.fault)
    return event.rejection.kind.value if event.rejection is not None else "the exchange does not have it"


def _decision_text(decision: Decision) -> str:
    return "; ".join((*_seen(decision), *(_wish(intent) for intent in decision.intents)))


def _seen(decision: Decision) -> Iterator[str]:
    if decision.why:
        yield decision.why
    view = decision.view
    if view is None:
        return
    held = ", ".join(f"{plain(row.amount)} at {plain(row.entry_price)}" for row in view.positions) or "0"
    yield (
        f"book {_price(view.best_bid)} / {_price(view.best_ask)}, mark {_price(view.mark_price)}, position {held}, "
        f"{len(view.orders)} own orders"
    )


def _wish(intent: Intent) -> str:
    match intent:
        case OrderIntent():
            side = "buy" if intent.trade_type is TradeType.BUY else "sell"
            action = intent.position_action.name.lower()
            return f"place {side} {plain(intent.amount)} at {_price(intent.price)} ({action})"
        case ModifyIntent():
            return f"move {intent.client_order_id} to {_price(intent.price)}"
        case CancelIntent():
            return f"cancel {intent.client_order_id}{f' ({intent.reason})' if intent.reason else ''}"


def _price(price: Decimal | None) -> str:
    return "-" if price is None else plain(price)


def _time(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC).isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"
