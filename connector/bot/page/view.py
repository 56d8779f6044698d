"""What the page is told: the snapshot, and of one pair its book with own orders in it and its trail, as JSON."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from connector.bot.page.trail import Trail
from connector.bot.report.snapshot import as_json
from connector.bot.report.status_source import StatusSource
from connector.core.enums import TradeType
from connector.core.interface import OrderBookView
from connector.core.secrets import redact

LEVELS = 8


def view(epoch: StatusSource | None, trail: Trail, since_ms: int, pair: str = "") -> dict[str, Any]:
    """As things stand now; of the trail what came after a moment of an earlier answer. Of a pair that is not traded,
    and of none, the first one's."""
    if epoch is not None and pair not in epoch.books:
        pair = epoch.trading_pair
    return {
        "status": None if epoch is None else epoch.snapshot().to_json(),
        "pair": None if epoch is None else pair,
        "pairs": [] if epoch is None else list(epoch.books),
        "book": None if epoch is None else _book(epoch, pair),
        "samples": list(_samples(trail, since_ms, pair)),
        "fills": [
            {
                "time_ms": time_ms,
                "side": fill.trade_type.name,
                "price": as_json(fill.price),
                "amount": as_json(fill.amount),
                "realised": as_json(fill.realized_pnl),
                "fee": [[as_json(flat.amount), flat.token] for flat in fill.trade_fee.flat_fees],
            }
            for time_ms, fill in reversed(trail.fills.get(pair, ()))
        ],
        "events": [
            {"time_ms": row.time_ms, "text": redact(row.text), "times": row.times} for row in reversed(trail.events)
        ],
    }


def _samples(trail: Trail, since_ms: int, pair: str) -> Iterator[Sequence[Any]]:
    """Time, equity, and the pair's position and mark price."""
    for row in trail.samples:
        if row.time_ms > since_ms:
            of = row.by_pair.get(pair)
            own = (None, None) if of is None else (as_json(of.position), as_json(of.mark_price))
            yield row.time_ms, as_json(row.equity), *own


def _book(epoch: StatusSource, pair: str) -> dict[str, Any] | None:
    if pair not in epoch.connector.trading_rules:
        return None
    book = epoch.connector.get_order_book(pair)
    own: dict[tuple[TradeType, Decimal], Decimal] = {}
    for order in epoch.connector.in_flight_orders.values():
        if order.price is not None and order.trading_pair == pair:
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
