"""What the venue tells of conditional orders, by answers and by the user stream, to order reports.

Source: "Algo Order" answers and the event ALGO_UPDATE, as of 2026-11. The event says the same under short names, so
that both are read by one reader. Words that are not known say nothing, and break nothing.
"""

from enum import StrEnum
from typing import Final, NamedTuple, TypeVar

from connector.core import figures
from connector.core.enums import (
    OrderType,
    PriceMatch,
    SelfTradePrevention,
    TimeInForce,
    TradeType,
    TriggerState,
    WorkingType,
)
from connector.core.faults import Fault, UnreadableFault
from connector.core.figures import cut
from connector.core.order_ends import ExpiryReason, Rejection, RejectionKind
from connector.core.order_options import OrderOptions
from connector.core.reports import ConditionalReport, OrderReport, OrderStatus, ReportSource
from connector.venue.error_codes import refusal_rule
from connector.venue.order_ends import REJECTION_KINDS, trigger_refusal
from connector.wire.json_text import Row, flag, id_text, read, rows_of, time_ms, unsigned_or_none, word, word_or_none

Word = TypeVar("Word", bound=StrEnum)
#: The event's names of what answers spell out.
_EVENT_NAMES: Final = {
    "aid": "algoId", "caid": "clientAlgoId", "o": "orderType", "s": "symbol", "S": "side", "f": "timeInForce",
    "q": "quantity", "X": "algoStatus", "ai": "actualOrderId", "ap": "actualPrice", "aq": "actualQty",
    "tp": "triggerPrice", "p": "price", "V": "selfTradePreventionMode", "wt": "workingType", "pm": "priceMatch",
    "cp": "closePosition", "pP": "priceProtect", "R": "reduceOnly", "gtd": "goodTillDate", "rm": "reason",
}  # fmt: skip
#: Before there is a child: no id, or 0.
_NO_ID: Final = ("", "0", 0, None)


class _Meaning(NamedTuple):
    """What a status word says of the order, and of its way into the book."""

    status: OrderStatus
    trigger: TriggerState
    is_finished: bool = False


_STATUSES: Final = {
    "NEW": _Meaning(OrderStatus.NEW, TriggerState.WAITING),
    "TRIGGERING": _Meaning(OrderStatus.NEW, TriggerState.TRIGGERING),
    "TRIGGERED": _Meaning(OrderStatus.NEW, TriggerState.TRIGGERED),
    # Of a child that was filled, and of one that was not: its own reports say which.
    "FINISHED": _Meaning(OrderStatus.NEW, TriggerState.TRIGGERED, is_finished=True),
    "CANCELED": _Meaning(OrderStatus.CANCELED, TriggerState.WAITING),
    "EXPIRED": _Meaning(OrderStatus.EXPIRED, TriggerState.WAITING),
    "REJECTED": _Meaning(OrderStatus.TRIGGER_REFUSED, TriggerState.REFUSED),
}
_UNKNOWN_WORD: Final = _Meaning(OrderStatus.UNCHANGED, TriggerState.WAITING)


def algo_event(event: Row) -> tuple[OrderReport, ...]:
    """The event of a conditional order that moved."""
    row = {_EVENT_NAMES.get(name, name): value for name, value in event["o"].items()}
    return (_report(row, ReportSource.STREAM, time_ms(event, "T")),)


def algo_order(body: bytes, source: ReportSource, symbol: str, client_order_id: str) -> OrderReport:
    """The answer to placing or querying one: an answer that speaks of another is unreadable."""
    report = read(body, "conditional order", lambda row: _row(row, source))
    if (report.symbol, report.client_order_id) != (symbol, client_order_id):
        told = cut(f"{report.symbol} {report.client_order_id}")
        raise UnreadableFault("conditional order", f"the answer is of {told}, asked was {symbol} {client_order_id}")
    return report


def algo_orders(body: bytes, source: ReportSource = ReportSource.OPEN_ORDERS) -> tuple[OrderReport, ...]:
    """A list of conditional orders: those that wait for their trigger, or the history."""
    return read(body, "list of conditional orders", lambda rows: tuple(_row(row, source) for row in rows_of(rows)))


def algo_cancelled(body: bytes, symbol: str, client_order_id: str) -> OrderReport:
    """The answer to a cancel, which tells no more than that it is done."""

    def meaning(row: Row) -> OrderReport:
        if word(row, "clientAlgoId") != client_order_id or str(row["code"]) != "200":
            raise figures.FigureError(f"clientAlgoId, code: are not of a cancel of {client_order_id}")
        return OrderReport(ReportSource.ACK, OrderStatus.CANCELED, symbol, client_order_id)

    return read(body, "cancel of a conditional order", meaning)


def _row(row: Row, source: ReportSource) -> OrderReport:
    return _report(row, source, figures.time_ms(row.get("updateTime") or row.get("createTime") or 0, "updateTime"))


def _report(row: Row, source: ReportSource, told_ms: int) -> OrderReport:
    told = word(row, "algoStatus")
    status, trigger, is_finished = _STATUSES.get(told, _UNKNOWN_WORD)
    options = _options(row)
    is_refused, is_expired = status is OrderStatus.TRIGGER_REFUSED, status is OrderStatus.EXPIRED
    return OrderReport(
        source=source,
        status=status,
        symbol=word(row, "symbol"),
        client_order_id=word(row, "clientAlgoId"),
        exchange_order_id="" if row.get("actualOrderId") in _NO_ID else id_text(row, "actualOrderId"),
        time_ms=told_ms,
        amount=unsigned_or_none(row, "quantity") or None,
        price=unsigned_or_none(row, "price") or None,
        executed_amount=unsigned_or_none(row, "actualQty") or None,
        average_price=unsigned_or_none(row, "actualPrice") or None,
        trade_type=TradeType[word(row, "side")],
        expiry_reason=told if is_expired else "",
        expiry=ExpiryReason.OTHER if is_expired else None,
        fault=_refused(row) if is_refused else None,
        rejection=_rejection(row) if is_refused else None,
        conditional=ConditionalReport(
            algo_id=id_text(row, "algoId"),
            trigger=trigger,
            is_finished=is_finished,
            order_type=OrderType.__members__.get(word(row, "orderType")),
            options=options,
            closes=_is_set(row, "reduceOnly") or options.close_position,
        ),
    )


def _options(row: Row) -> OrderOptions:
    """What was asked for, as far as it is told; zeros and NONE are what was not."""
    date_ms = figures.time_ms(row.get("goodTillDate") or 0, "goodTillDate")
    return OrderOptions(
        time_in_force=_known(row, "timeInForce", TimeInForce),
        good_till_ms=date_ms or None,
        price_match=_known(row, "priceMatch", PriceMatch),
        self_trade_prevention=_known(row, "selfTradePreventionMode", SelfTradePrevention),
        trigger_price=unsigned_or_none(row, "triggerPrice") or None,
        working_type=_known(row, "workingType", WorkingType) or WorkingType.CONTRACT_PRICE,
        price_protect=_is_set(row, "priceProtect"),
        close_position=_is_set(row, "closePosition"),
        activation_price=unsigned_or_none(row, "activatePrice") or None,
        callback_rate=unsigned_or_none(row, "callbackRate") or None,
    )


def _known(row: Row, field: str, kind: type[Word]) -> Word | None:
    return kind.__members__.get(word_or_none(row, field))


def _is_set(row: Row, field: str) -> bool:
    value = row.get(field)
    return value is not None and flag(value)


def _refused(row: Row) -> Fault:
    reason = word_or_none(row, "reason")
    code = trigger_refusal(reason)
    return Fault(refusal_rule(code), "conditional order, triggered", code=code, text=reason)


def _rejection(row: Row) -> Rejection:
    code = trigger_refusal(word_or_none(row, "reason"))
    return Rejection(REJECTION_KINDS.get(code, RejectionKind.OTHER), code)
