"""What keeps a setting of the account from being changed: open orders and positions, whoever's they are.

They are listed and never touched.
"""

from connector.core.amounts import plain
from connector.core.enums import MarginType
from connector.core.reports import LeverageReport, OrderReport, PositionReport
from connector.exchange.account.venue_api import VenueApi

_MOST_SHOWN = 5
#: Codes that speak of orders, of positions, and of isolated symbols.
_OF_ORDERS = frozenset({-4047, -4067, -4170})
_OF_POSITIONS = frozenset({-4048, -4068, -4161})
_OF_ISOLATED = -4167
#: Position mode is one for both products of the account (as of 2026-06-30).
_SHARED = frozenset({-4067, -4068})
_ELSEWHERE = "nothing on USDⓈ-M is in the way: look at COIN-M, which shares the position mode"


async def obstacles(api: VenueApi, code: int, symbol: str | None = None) -> str:
    """What a refusal of that number speaks of, in words; empty where it speaks of neither. Of one symbol, or of the
    whole account. Raises `ConnectorFault`."""
    if code in _OF_ORDERS:
        found = [_order(row) for row in await _open_orders(api, symbol)]
        what = "open orders"
    elif code in _OF_POSITIONS:
        rows = (await api.snapshot()).positions
        found = [_position(row) for row in rows if row.amount and symbol in (None, row.symbol)]
        what = "positions"
    elif code == _OF_ISOLATED:
        found = [_symbol(row) for row in await api.leverages() if row.margin_type is MarginType.ISOLATED]
        what = "isolated symbols"
    else:
        return ""
    if not found:
        return _ELSEWHERE if code in _SHARED else ""
    more = f" and {len(found) - _MOST_SHOWN} more" if len(found) > _MOST_SHOWN else ""
    return f"in the way are {len(found)} {what}: {', '.join(found[:_MOST_SHOWN])}{more}"


async def _open_orders(api: VenueApi, symbol: str | None) -> tuple[OrderReport, ...]:
    if symbol is None:
        return (*await api.all_open_orders(), *await api.algo.all_open_orders())
    return (*await api.open_orders(symbol), *await api.algo.open_orders(symbol))


def _order(row: OrderReport) -> str:
    side = row.trade_type.name.lower() if row.trade_type else "order"
    amount = "" if row.amount is None else f" {plain(row.amount)}"
    return f"{row.symbol} {side}{amount} ({row.client_order_id})"


def _position(row: PositionReport) -> str:
    return f"{row.symbol} {plain(row.amount)}"


def _symbol(row: LeverageReport) -> str:
    return row.symbol
