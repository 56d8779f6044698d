"""Orders as records of the journal, and back again."""

from collections.abc import Iterable

from connector.core.events import Event, OrderFilledEvent
from connector.core.journal import OrderChanged, OrderFilled, OrderIntended, Record, Telling
from connector.core.order_ends import Rejection, RejectionKind
from connector.core.order_options import options_of, spelt
from connector.core.reports import Fill
from connector.orders.changes import Change
from connector.orders.in_flight_order import InFlightOrder

_NO_PARTS: tuple[RejectionKind | None, int, str, str, str] = (None, 0, "", "", "")


def intended(order: InFlightOrder) -> OrderIntended:
    """The order as it was wanted."""
    return OrderIntended(
        order.client_order_id,
        order.trading_pair,
        order.symbol,
        order.trade_type,
        order.order_type,
        order.amount,
        order.price,
        order.position_action,
        order.leverage,
        order.created_ms,
        order.base_asset,
        order.quote_asset,
        spelt(order.options),
    )


def changed(order: InFlightOrder, reason: str = "") -> OrderChanged:
    """The order as it stands now."""
    return OrderChanged(
        order.client_order_id,
        order.state,
        order.exchange_order_id,
        order.amount,
        order.price,
        order.reported_executed,
        order.reported_average_price,
        order.venue_time_ms,
        order.cancel_requested_ms,
        order.unknown_since_ms,
        order.lost,
        order.ghost,
        order.creation_emitted,
        order.completion_emitted,
        reason,
        order.cancel_wanted,
        order.largest_amount,
        order.expiry,
        *(_NO_PARTS if order.rejection is None else _rejection_parts(order.rejection)),
        wanted_price=order.change.price if order.change else None,
        wanted_amount=order.change.amount if order.change else None,
        changed_ms=order.changed_ms,
        algo_id=order.algo_id,
        trigger=order.trigger,
        child_finished=order.child_finished,
    )


def _rejection_parts(rejection: Rejection) -> tuple[RejectionKind | None, int, str, str, str]:
    return rejection.kind, rejection.code, rejection.filter, rejection.limit, rejection.value


def filled(order: InFlightOrder, fill: Fill) -> OrderFilled:
    """One trade of the order."""
    return OrderFilled(
        order.client_order_id,
        order.symbol,
        fill.trade_id,
        fill.price,
        fill.amount,
        fill.fee_asset,
        fill.fee_amount,
        fill.realized_pnl,
        fill.is_maker,
        fill.time_ms,
        fill.position_side,
    )


def telling(order: InFlightOrder, events: tuple[Event, ...], number: int, reason: str) -> list[Record]:
    """What is written before events are told: first the telling, last where the order stands."""
    trades = [order.fills[event.exchange_trade_id] for event in events if isinstance(event, OrderFilledEvent)]
    records: list[Record] = [*[filled(order, fill) for fill in trades], changed(order, reason)]
    return [Telling(number, len(records)), *records]


def restated(order: InFlightOrder) -> Iterable[Record]:
    """All that is known of an order, for a journal that goes on in a new file."""
    yield intended(order)
    for fill in order.fills.values():
        yield filled(order, fill)
    yield changed(order)


def order_of(record: OrderIntended) -> InFlightOrder:
    """The order before anything was heard of it."""
    return InFlightOrder(
        client_order_id=record.client_order_id,
        trading_pair=record.trading_pair,
        symbol=record.symbol,
        trade_type=record.trade_type,
        order_type=record.order_type,
        amount=record.amount,
        price=record.price,
        position_action=record.position_action,
        leverage=record.leverage,
        created_ms=record.created_ms,
        base_asset=record.base_asset,
        quote_asset=record.quote_asset,
        options=options_of(record.options),
        last_update_ms=record.created_ms,
    )


def take_change(order: InFlightOrder, record: OrderChanged) -> None:
    """Brings an order to where the record says that it stood."""
    order.state = record.state
    order.exchange_order_id = record.exchange_order_id
    order.amount, order.price = record.amount, record.price
    order.reported_executed = record.reported_executed
    order.reported_average_price = record.reported_average_price
    order.venue_time_ms = record.venue_time_ms
    order.cancel_requested_ms, order.unknown_since_ms = record.cancel_requested_ms, record.unknown_since_ms
    order.cancel_wanted = record.cancel_wanted
    order.largest_amount = record.amount if record.largest_amount is None else record.largest_amount
    order.expiry, order.rejection = record.expiry, _rejection(record)
    order.changed_ms = record.changed_ms
    wanted = record.wanted_price, record.wanted_amount
    order.change = None if wanted[0] is None or wanted[1] is None else Change(wanted[0], wanted[1])
    order.lost, order.ghost = record.lost, record.ghost
    order.algo_id, order.trigger = record.algo_id, record.trigger
    order.child_finished = record.child_finished
    order.creation_emitted, order.completion_emitted = record.creation_emitted, record.completion_emitted


def _rejection(record: OrderChanged) -> Rejection | None:
    if record.rejection_kind is None:
        return None
    return Rejection(
        record.rejection_kind,
        record.rejection_code,
        record.rejection_filter,
        record.rejection_limit,
        record.rejection_value,
    )


def take_fill(order: InFlightOrder, record: OrderFilled) -> None:
    """Books a trade that was told in an earlier life."""
    if record.trade_id in order.fills:
        return
    order.add_fill(
        Fill(
            trade_id=record.trade_id,
            price=record.price,
            amount=record.amount,
            fee_asset=record.fee_asset,
            fee_amount=record.fee_amount,
            realized_pnl=record.realized_pnl,
            is_maker=record.is_maker,
            time_ms=record.time_ms,
            position_side=record.position_side,
        )
    )
