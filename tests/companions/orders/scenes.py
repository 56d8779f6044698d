"""Orders, reports and fills for tests: a buy of 3 BTC at 100 unless said otherwise."""

from decimal import Decimal
from typing import Any

from connector.core.enums import OrderType, PositionAction, TradeType
from connector.core.events import Event
from connector.core.intents import OrderIntent
from connector.core.reports import Fill, OrderReport, OrderStatus, ReportSource
from connector.core.trading_rule import TradingRule
from connector.orders.in_flight_order import InFlightOrder
from connector.orders.system_orders import SystemOrders
from connector.orders.tracker import Memory, Tracker
from connector.venue.order_fields import SYSTEM_ORDER_PREFIXES
from tests.companions.sample_rules import rule_of

PAIR, SYMBOL, ORDER_ID, VENUE_ID = "BTC-USDT", "BTCUSDT", "desk-1", "8001"
ZERO = Decimal(0)


def rule(trading_pair: str = PAIR, symbol: str = SYMBOL) -> TradingRule:
    return rule_of(trading_pair, symbol=symbol, min_notional=Decimal(5))


def system_orders() -> SystemOrders:
    return SystemOrders(SYSTEM_ORDER_PREFIXES, {SYMBOL: PAIR}.get)


def tracker(memory: Memory | None = None) -> Tracker:
    return Tracker({PAIR: rule()}, system_orders(), memory or Memory())


def intent(trade_type: TradeType = TradeType.BUY, amount: str = "3", price: str | None = "100") -> OrderIntent:
    order_type = OrderType.MARKET if price is None else OrderType.LIMIT
    exact = None if price is None else Decimal(price)
    return OrderIntent(PAIR, trade_type, order_type, Decimal(amount), exact, PositionAction.OPEN)


def tracked(desk: Tracker, client_order_id: str = ORDER_ID, wanted: OrderIntent | None = None) -> InFlightOrder:
    return desk.open_order(wanted or intent(), client_order_id, leverage=5, now_ms=1_000)


def fill(trade_id: str, amount: str = "1", price: str = "100", time_ms: int = 3_000) -> Fill:
    return Fill(
        trade_id=trade_id,
        price=Decimal(price),
        amount=Decimal(amount),
        fee_asset="USDT",
        fee_amount=Decimal("0.02"),
        realized_pnl=ZERO,
        is_maker=True,
        time_ms=time_ms,
    )


def report(status: OrderStatus, *fills: Fill, **facts: Any) -> OrderReport:
    facts.setdefault("client_order_id", ORDER_ID)
    facts.setdefault("exchange_order_id", VENUE_ID)
    facts.setdefault("time_ms", 3_000)
    executed = facts.pop("executed", None)
    return OrderReport(
        source=ReportSource.STREAM,
        status=status,
        symbol=facts.pop("symbol", SYMBOL),
        executed_amount=None if executed is None else Decimal(executed),
        fills=fills,
        **facts,
    )


def held_by(order: InFlightOrder) -> tuple[object, ...]:
    """All of an order that the budget looks at."""
    return (
        order.price, order.claimed_amount, order.change, order.waits_for_trigger, order.is_open, order.ghost,
        order.cancel_wanted, order.cancel_requested_ms,
    )  # fmt: skip


class Watcher:
    """Keeps what the budget would know of each order from the tracker's calls alone."""

    def __init__(self) -> None:
        self.seen: dict[str, tuple[object, ...]] = {}

    def watch(self, desk: Tracker) -> None:
        self.desk, desk.watcher = desk, self._take

    def missed(self) -> list[str]:
        """The orders that changed since its last call."""
        orders = {name: self.desk.order(name) for name in self.seen}
        return [name for name, order in orders.items() if order is not None and held_by(order) != self.seen[name]]

    def _take(self, order: InFlightOrder) -> None:
        self.seen[order.client_order_id] = held_by(order)


def names(events: tuple[Event, ...]) -> list[str]:
    return [event.tag.name for event in events]
