"""The short way of a fill: a new trade of an order in the book, told in full, which tells nothing else.

It leaves the order, and says to the bot, what the whole way would (`InFlightOrder.take`, `Tracker.apply`). Any other
report goes that way: one without or with several trades, one of an order that was not told yet, that is conditional, a
ghost or being changed, one that tells other terms, a trade that is known or can be none.
"""

from connector.core.amounts import ZERO
from connector.core.enums import OrderState
from connector.core.events import Event
from connector.core.reports import OrderReport, OrderStatus
from connector.orders import order_events
from connector.orders.in_flight_order import InFlightOrder
from connector.orders.life_cycle import MOVES

_PARTIAL, _FILLED = OrderStatus.PARTIALLY_FILLED, OrderStatus.FILLED
_WORKING = frozenset({OrderState.OPEN, OrderState.PARTIALLY_FILLED, OrderState.PENDING_CANCEL})


def filled_shortly(order: InFlightOrder, report: OrderReport, now_ms: int) -> tuple[Event, ...] | None:
    """Change by one report; return what is new for the bot. None, and nothing has changed: it goes the whole way."""
    if not _is_plain(order, report):
        return None
    (fill,), status, largest, amount = report.fills, report.status, order.largest_amount, order.amount
    if amount > largest:
        largest = amount
    told = report.executed_amount
    if (
        told is None
        or fill.trade_id in order.fills
        or not fill.amount > ZERO
        or order.executed_amount + fill.amount > largest
    ):
        return None
    order.refused_fills = ()
    order.largest_amount = largest
    order.add_fill(fill)
    _note_figures(order, report, now_ms)
    if status is _FILLED:
        told = max(order.amount, told)
    if order.reported_executed <= told <= largest:
        order.reported_executed = told
        order.reported_average_price = report.average_price or order.reported_average_price
    before, executed = order.state, order.executed_amount
    order.state = OrderState.FILLED if order.amount <= executed else MOVES[MOVES[before, status], _PARTIAL]
    if order.state is not before:
        order.expiry = order.rejection = None
    order.lost, order.unknown_since_ms = False, None
    event = order_events.filled(order, fill)
    if order.state is not OrderState.FILLED or order.reported_executed > executed:
        return (event,)
    order.completion_emitted = True
    return event, order_events.completed(order, (report.time_ms or now_ms) / 1000)


def _is_plain(order: InFlightOrder, report: OrderReport) -> bool:
    if len(report.fills) != 1 or not (report.status is _PARTIAL or report.status is _FILLED):
        return False
    if order.state not in _WORKING or not order.creation_emitted or order.completion_emitted or order.ghost:
        return False
    if order.trigger is not None or order.change is not None or not order.amount:
        return False
    if report.expiry is not None or report.rejection is not None or report.conditional is not None:
        return False
    return report.amount == order.amount and report.price == order.price


def _note_figures(order: InFlightOrder, report: OrderReport, now_ms: int) -> None:
    """The terms are the same, but the newest way to write them stays."""
    time_ms = report.time_ms
    if not time_ms or (time_ms > order.changed_ms and time_ms >= order.venue_time_ms):
        order.amount, order.price = report.amount or order.amount, report.price or order.price
    order.exchange_order_id = order.exchange_order_id or report.exchange_order_id
    if now_ms > order.last_update_ms:
        order.last_update_ms = now_ms
    if time_ms > order.venue_time_ms:
        order.venue_time_ms = time_ms
