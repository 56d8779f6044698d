"""What the page is told: the snapshot, the book with own orders in it, and the trail, as JSON."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from connector.bot.page.trail import Trail
from connector.bot.report.snapshot import as_json
from connector.bot.report.status_source import StatusSource
from connector.core.enums import TradeType
from connector.core.interface import OrderBookView
from connector.core.secrets import redact

LEVELS = 8


def view(epoch: StatusSource | None, trail: Trail, since_ms: int) -> dict[str, Any]:
    """As things stand now; of the trail what came after a moment of an earlier answer."""
    return {
        "status": None if epoch is None else epoch.snapshot().to_json(),
        "pair": None if epoch is None else epoch.trading_pair,
        "book": None if epoch is None else _book(epoch),
        "samples": [
            [row.time_ms, as_json(row.equity), as_json(row.position), as_json(row.mark_price)]
            for row in trail.samples
            if row.time_ms > since_ms
        ],
        "fills": [
            {
                "time_ms": time_ms,
                "side": fill.trade_type.name,
                "price": as_json(fill.price),
                "amount": as_json(fill.amount),
                "realised": as_json(fill.realized_pnl),
                "fee": [[as_json(flat.amount), flat.token] for flat in fill.trade_fee.flat_fees],
            }
            for time_ms, fill in reversed(trail.fills)
        ],
        "events": [
            {"time_ms": row.time_ms, "text": redact(row.text), "times": row.times} for row in reversed(trail.events)
        ],
    }


def _book(epoch: StatusSource) -> dict[str, Any] | None:
    if epoch.rule is None:
        return None
    book = epoch.connector.get_order_book(epoch.trading_pair)
    own: dict[tuple[TradeType, Decimal], Decimal] = {}
    for order in epoch.connector.in_flight_orders.values():
        if order.price is not None and order.trading_pair == epoch.trading_pair:
            key = order.trade_type, order.price
            own[key] = own.get(key, Decimal(0)) + order.remaining_amount
    return {
        "bids": _side(book, TradeType.BUY, own),
        "asks": _side(book, TradeType.SELL, own),
        "is_valid": book.state.value == "valid",
    }


def _side(book: OrderBookView, side: TradeType, own: dict[tuple[TradeType, Decimal], Decimal]) -> list[Sequence[Any]]:
    """Price, amount and own amount by level, the best first; own orders that lie deeper stand behind them."""
    rows: list[tuple[Decimal, Decimal | None, Decimal | None]] = [
        (price, amount, own.get((side, price))) for price, amount in book.levels(side is TradeType.BUY, LEVELS)
    ]
    shown = {price for price, _, _ in rows}
    deeper = [(price, amount) for (of, price), amount in own.items() if of is side and price not in shown]
    rows += [(price, None, amount) for price, amount in sorted(deeper, key=lambda row: -side.sign * row[0])]
    return [[as_json(part) for part in row] for row in rows]
