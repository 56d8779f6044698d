"""Frames of the user stream to reports. Unknown events and unknown words break nothing.

Source: "User Data Streams", events of USDⓈ-M, as of 2026-11. TRADE_LITE names a trade alone: it lacks the fee, so
it cannot be a fill, and the full event follows.
"""

from collections.abc import Callable
from typing import Any

from connector.core.enums import PositionSide, TradeType
from connector.core.figures import FigureError
from connector.core.reports import (
    AccountReport,
    BalanceReport,
    Fill,
    LeverageReport,
    ListenKeyExpired,
    MarginCallReport,
    MultiAssetsReport,
    OrderReport,
    PositionReport,
    ReportSource,
    TradeHint,
    UserReport,
)
from connector.venue.order_ends import expiry_reason
from connector.wire.account_replies import MOST_LEVERAGE, margin_type_of
from connector.wire.algo_replies import algo_event
from connector.wire.json_text import (
    Row,
    amount,
    amount_or_none,
    flag,
    id_text,
    positive,
    read,
    rows_of,
    time_ms,
    unsigned,
    unsigned_or_none,
    whole,
    word,
    word_or_none,
)
from connector.wire.order_replies import change_of, expiry_of, status_of, total_of

Decoder = Callable[[Row], tuple[UserReport, ...]]
_DECODERS: dict[str, Decoder] = {}

#: Executions that are fills when their last quantity is above zero (liquidations come as CALCULATED).
_TRADES = frozenset({"TRADE", "CALCULATED"})
#: The execution by which another price or amount of an open order is told; its status is the order's own.
_AMENDMENT = "AMENDMENT"
NO_REASON = ("", "0", "None")


def decodes(event: str) -> Callable[[Decoder], Decoder]:
    """Enters a decoder in the table, under the venue's event name."""

    def enter(decoder: Decoder) -> Decoder:
        _DECODERS[event] = decoder
        return decoder

    return enter


def user_reports(frame: bytes) -> tuple[UserReport, ...]:
    """What a frame of the user stream reports; empty for events that carry nothing for us.

    Raises `UnreadableFault` for a frame that is not what the protocol says.
    """
    return read(frame, "user event", _meaning)


class UserEventReader:
    """Reads the frames of a user stream."""

    #: How many frames the compiled twin left to this one.
    fallback = 0

    def read(self, frame: bytes) -> tuple[UserReport, ...]:
        """See `user_reports`."""
        return user_reports(frame)


def _meaning(message: Any) -> tuple[UserReport, ...]:
    event = message.get("data", message)
    decoder = _DECODERS.get(event.get("e", ""))
    return decoder(event) if decoder else ()


@decodes("ORDER_TRADE_UPDATE")
def _order(event: Row) -> tuple[UserReport, ...]:
    row = event["o"]
    status, reason = word(row, "X"), str(row.get("er", ""))[:20]
    expiry = expiry_of(status)
    total, executed = unsigned(row, "q"), unsigned(row, "z")
    return (
        OrderReport(
            source=ReportSource.STREAM,
            status=change_of(status_of(status)) if row["x"] == _AMENDMENT else status_of(status),
            symbol=word(row, "s"),
            client_order_id=word(row, "c"),
            exchange_order_id=id_text(row, "i"),
            time_ms=time_ms(event, "T"),
            amount=total_of("z", status, total, executed),
            price=unsigned(row, "p"),
            executed_amount=executed,
            average_price=unsigned_or_none(row, "ap") or None,
            fills=_fills(row),
            trade_type=TradeType[word(row, "S")],
            expiry_reason=f"{expiry} er={reason}" if expiry and reason not in NO_REASON else expiry,
            expiry=expiry_reason(status, reason) if expiry else None,
            position_side=PositionSide(row.get("ps", "BOTH")),
            reduces_only=flag(row.get("R", False)) or flag(row.get("cp", False)),
        ),
    )


def _fills(row: Row) -> tuple[Fill, ...]:
    """A calculation may execute nothing; a trade of nothing, or of more than was executed in sum, is no event.

    None without the fee: the cumulative amount then says that a fill is missing, and the trades have it whole.
    """
    if row["x"] not in _TRADES:
        return ()
    filled = positive(row, "l") if row["x"] == "TRADE" else unsigned(row, "l")
    if not filled:
        return ()
    if filled > amount(row, "z"):
        raise FigureError(f"l: {filled} is above what was executed in sum")
    fee = amount_or_none(row, "n")
    if fee is None:
        return ()
    return (
        Fill(
            trade_id=id_text(row, "t"),
            price=positive(row, "L"),
            amount=filled,
            fee_asset=word_or_none(row, "N"),
            fee_amount=fee,
            realized_pnl=amount(row, "rp"),
            is_maker=flag(row["m"]),
            time_ms=time_ms(row, "T"),
            position_side=PositionSide(row.get("ps", "BOTH")),
        ),
    )


@decodes("ALGO_UPDATE")
def _conditional(event: Row) -> tuple[UserReport, ...]:
    return algo_event(event)


@decodes("TRADE_LITE")
def _hint(event: Row) -> tuple[UserReport, ...]:
    return (TradeHint(word(event, "s"), id_text(event, "t"), word(event, "c"), time_ms(event, "T")),)


@decodes("ACCOUNT_UPDATE")
def _account(event: Row) -> tuple[UserReport, ...]:
    change = event["a"]
    return (
        AccountReport(
            source=ReportSource.STREAM,
            reason=word(change, "m"),
            time_ms=time_ms(event, "T"),
            balances=tuple(
                BalanceReport(word(row, "a"), amount(row, "wb"), amount(row, "cw"), amount(row, "bc"))
                for row in rows_of(change.get("B", []))
            ),
            positions=tuple(_position(row) for row in rows_of(change.get("P", []))),
            funding_symbol=word_or_none(change, "S"),
        ),
    )


def _position(row: Row) -> PositionReport:
    held = amount(row, "pa")
    return PositionReport(
        symbol=word(row, "s"),
        position_side=PositionSide(row["ps"]),
        amount=held,
        entry_price=positive(row, "ep") if held else unsigned(row, "ep"),
        unrealized_pnl=amount(row, "up"),
        margin_type=margin_type_of(row["mt"]),
        isolated_wallet=amount(row, "iw"),
    )


@decodes("ACCOUNT_CONFIG_UPDATE")
def _config(event: Row) -> tuple[UserReport, ...]:
    reports: list[UserReport] = []
    if row := event.get("ac"):
        reports.append(LeverageReport(word(row, "s"), whole(row, "l", 1, MOST_LEVERAGE)))
    if mode := event.get("ai"):
        reports.append(MultiAssetsReport(flag(mode["j"])))
    return tuple(reports)


@decodes("MARGIN_CALL")
def _margin_call(event: Row) -> tuple[UserReport, ...]:
    return (MarginCallReport(tuple(word(row, "s") for row in rows_of(event["p"])), time_ms(event, "E")),)


@decodes("listenKeyExpired")
def _expired(event: Row) -> tuple[UserReport, ...]:
    return (ListenKeyExpired(time_ms(event, "E")),)
