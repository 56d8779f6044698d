"""Orders as plain text, for a bot that keeps its tracking states over a restart.

A saved order is a dict of strings (its fills a list of such dicts), so that any JSON writer can hold it. Reading
is strict: a field that is missing or cannot be read raises (KeyError, ValueError, decimal.InvalidOperation).
The keys are kept by bots over their updates: a field that is renamed keeps its key.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from connector.core.amounts import plain
from connector.core.enums import OrderState, OrderType, PositionAction, PositionSide, TradeType, TriggerState
from connector.core.order_ends import ExpiryReason, Rejection, RejectionKind
from connector.core.order_options import options_of, spelt
from connector.core.reports import Fill
from connector.orders.changes import Change
from connector.orders.in_flight_order import InFlightOrder

SavedOrder = dict[str, Any]


def _optional(text: object | None) -> str:
    return "" if text is None else str(text)


def _moment(text: str) -> int | None:
    return int(text) if text else None


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _flag(text: str) -> bool:
    return {"True": True, "False": False}[text]


def saved(order: InFlightOrder) -> SavedOrder:
    """The order as text."""
    return {
        "client_order_id": order.client_order_id,
        "exchange_order_id": order.exchange_order_id,
        "trading_pair": order.trading_pair,
        "symbol": order.symbol,
        "trade_type": order.trade_type.name,
        "order_type": order.order_type.name,
        "amount": plain(order.amount),
        "largest_amount": plain(order.largest_amount),
        "price": "" if order.price is None else plain(order.price),
        "position_action": order.position_action.name,
        "leverage": str(order.leverage),
        "created_ms": str(order.created_ms),
        "base_asset": order.base_asset,
        "quote_asset": order.quote_asset,
        "options": spelt(order.options),
        "algo_id": order.algo_id,
        "trigger": order.trigger.name if order.trigger else "",
        "child_finished": str(order.child_finished),
        "state": order.state.name,
        "reported_executed": plain(order.reported_executed),
        "reported_average_price": _optional(order.reported_average_price),
        "last_update_ms": str(order.last_update_ms),
        "venue_time_ms": str(order.venue_time_ms),
        "cancel_requested_ms": _optional(order.cancel_requested_ms),
        "cancel_wanted": str(order.cancel_wanted),
        "wanted_price": plain(order.change.price) if order.change else "",
        "wanted_amount": plain(order.change.amount) if order.change else "",
        "change_in_doubt": str(order.change_in_doubt),
        "changed_ms": str(order.changed_ms),
        "unknown_since_ms": _optional(order.unknown_since_ms),
        "lost": str(order.lost),
        "ghost": str(order.ghost),
        "expiry": order.expiry.name if order.expiry else "",
        **_saved_rejection(order.rejection),
        "creation_told": str(order.creation_emitted),
        "completion_told": str(order.completion_emitted),
        "fills": [_saved_fill(fill) for fill in order.fills.values()],
    }


def restored(state: Mapping[str, Any]) -> InFlightOrder:
    """The order that was saved."""
    fills = [_restored_fill(fill) for fill in state["fills"]]
    return InFlightOrder(
        client_order_id=state["client_order_id"],
        exchange_order_id=state["exchange_order_id"],
        trading_pair=state["trading_pair"],
        symbol=state["symbol"],
        trade_type=TradeType[state["trade_type"]],
        order_type=OrderType[state["order_type"]],
        amount=Decimal(state["amount"]),
        largest_amount=Decimal(state.get("largest_amount", state["amount"])),
        price=_number(state["price"]),
        position_action=PositionAction[state["position_action"]],
        leverage=int(state["leverage"]),
        created_ms=int(state["created_ms"]),
        base_asset=state["base_asset"],
        quote_asset=state["quote_asset"],
        options=options_of(state.get("options", "")),
        algo_id=state.get("algo_id", ""),
        trigger=TriggerState[state["trigger"]] if state.get("trigger") else None,
        child_finished=_flag(state.get("child_finished", "False")),
        state=OrderState[state["state"]],
        reported_executed=Decimal(state["reported_executed"]),
        reported_average_price=_number(state["reported_average_price"]),
        fills={fill.trade_id: fill for fill in fills},
        last_update_ms=int(state["last_update_ms"]),
        venue_time_ms=int(state["venue_time_ms"]),
        cancel_requested_ms=_moment(state["cancel_requested_ms"]),
        cancel_wanted=_flag(state.get("cancel_wanted", "False")),
        change=_restored_change(state),
        change_in_doubt=_flag(state.get("change_in_doubt", "False")),
        changed_ms=int(state.get("changed_ms", 0)),
        unknown_since_ms=_moment(state["unknown_since_ms"]),
        lost=_flag(state["lost"]),
        ghost=_flag(state["ghost"]),
        expiry=ExpiryReason[state["expiry"]] if state.get("expiry") else None,
        rejection=_restored_rejection(state),
        creation_emitted=_flag(state["creation_told"]),
        completion_emitted=_flag(state["completion_told"]),
    )


def _restored_change(state: Mapping[str, Any]) -> Change | None:
    if not state.get("wanted_amount"):
        return None
    return Change(Decimal(state["wanted_price"]), Decimal(state["wanted_amount"]))


def _saved_rejection(rejection: Rejection | None) -> dict[str, str]:
    if rejection is None:
        return {}
    return {
        "rejection_kind": rejection.kind.name,
        "rejection_code": str(rejection.code),
        "rejection_filter": rejection.filter,
        "rejection_limit": rejection.limit,
        "rejection_value": rejection.value,
    }


def _restored_rejection(state: Mapping[str, Any]) -> Rejection | None:
    if "rejection_kind" not in state:
        return None
    kind, code = RejectionKind[state["rejection_kind"]], int(state["rejection_code"])
    return Rejection(kind, code, state["rejection_filter"], state["rejection_limit"], state["rejection_value"])


def _saved_fill(fill: Fill) -> dict[str, str]:
    return {
        "trade_id": fill.trade_id,
        "price": plain(fill.price),
        "amount": plain(fill.amount),
        "fee_asset": fill.fee_asset,
        "fee_amount": plain(fill.fee_amount),
        "realized_pnl": plain(fill.realized_pnl),
        "is_maker": str(fill.is_maker),
        "time_ms": str(fill.time_ms),
        "position_side": fill.position_side.name,
    }


def _restored_fill(state: Mapping[str, str]) -> Fill:
    return Fill(
        trade_id=state["trade_id"],
        price=Decimal(state["price"]),
        amount=Decimal(state["amount"]),
        fee_asset=state["fee_asset"],
        fee_amount=Decimal(state["fee_amount"]),
        realized_pnl=Decimal(state["realized_pnl"]),
        is_maker=_flag(state["is_maker"]),
        time_ms=int(state["time_ms"]),
        position_side=PositionSide[state["position_side"]],
    )
