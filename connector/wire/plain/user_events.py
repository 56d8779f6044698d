"""Frames of the user stream to reports. Unknown events and unknown words break nothing.

Source: "User Data Streams", events of USDⓈ-M, as of 2026-11. TRADE_LITE names a trade alone: it lacks the fee, so
it cannot be a fill, and the full event follows.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from connector.core.enums import PositionSide, TradeType
from connector.core.figures import MOST_ID, MOST_LETTERS, MOST_TIME_MS, FigureError
from connector.core.reports import (
    AccountReport,
    BalanceReport,
    Fill,
    LeverageReport,
    ListenKeyExpired,
    MarginCallReport,
    MultiAssetsReport,
    OrderReport,
    OrderStatus,
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
from connector.wire.order_replies import STATUSES, change_of, expiry_of, total_of

Decoder = Callable[[Row], tuple[UserReport, ...]]
_DECODERS: dict[str, Decoder] = {}

#: Executions that are fills when their last quantity is above zero (liquidations come as CALCULATED).
_TRADES = frozenset({"TRADE", "CALCULATED"})
#: The execution by which another price or amount of an open order is told; its status is the order's own.
_AMENDMENT = "AMENDMENT"
NO_REASON = ("", "0", "None")
_STREAM, _UNCHANGED, _PARTIAL = ReportSource.STREAM, OrderStatus.UNCHANGED, OrderStatus.PARTIALLY_FILLED
#: By the venue's words; of another the enumeration itself says that it is none.
_TRADE_TYPES: Final = {side.name: side for side in TradeType}
_SIDES: Final = {side.value: side for side in PositionSide}


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
        return read(frame, "user event", _meaning)


def _meaning(message: Any) -> tuple[UserReport, ...]:
    event = message.get("data", message)
    decoder = _DECODERS.get(event.get("e", ""))
    return decoder(event) if decoder else ()


@decodes("ORDER_TRADE_UPDATE")
def _order(event: Row) -> tuple[UserReport, ...]:
    """Little is called for what is as it should be: this one is read while the bot waits to hear of its trade."""
    row = event["o"]
    symbol, name, state = row["s"], row["c"], row["X"]
    if not _are_plain(symbol, name, state):
        state, symbol, name = word(row, "X"), word(row, "s"), word(row, "c")
    status = STATUSES.get(state, _UNCHANGED)
    expiry = expiry_of(state) if state.startswith("EXPIRED") else ""
    reason = str(row.get("er", ""))[:20] if expiry else ""
    total, executed = unsigned(row, "q"), unsigned(row, "z")
    if not (executed < total and status is _PARTIAL):
        total = total_of("z", state, total, executed)  # type: ignore[assignment]
    number, at_ms, execution, side = row["i"], event["T"], row["x"], row.get("ps", "BOTH")
    reduces, closes = row.get("R", False), row.get("cp", False)
    if not (type(at_ms) is int and 0 <= at_ms <= MOST_TIME_MS):
        at_ms = time_ms(event, "T")
    return (
        OrderReport(
            _STREAM,
            change_of(status) if execution == _AMENDMENT else status,
            symbol,
            name,
            str(number) if type(number) is int and 0 <= number <= MOST_ID else id_text(row, "i"),
            at_ms,
            amount=total,
            price=unsigned(row, "p"),
            executed_amount=executed,
            average_price=unsigned_or_none(row, "ap") or None,
            fills=_fills(row, side, executed) if execution in _TRADES else (),
            trade_type=_TRADE_TYPES.get(row["S"]) or TradeType[word(row, "S")],
            expiry_reason=f"{expiry} er={reason}" if expiry and reason not in NO_REASON else expiry,
            expiry=expiry_reason(state, reason) if expiry else None,
            position_side=_SIDES.get(side) or PositionSide(side),
            reduces_only=(reduces is not False and flag(reduces)) or (closes is not False and flag(closes)),
        ),
    )


def _are_plain(one: object, other: object, third: object) -> bool:
    """Whether all are texts that need no further look."""
    if type(one) is str and type(other) is str and type(third) is str:
        whole = one + other + third
        return len(whole) <= MOST_LETTERS and whole.isascii()
    return False


def _fills(row: Row, side: str, executed: Decimal) -> tuple[Fill, ...]:
    """A calculation may execute nothing; a trade of nothing, or of more than was executed in sum, is no event.

    None without the fee: the cumulative amount then says that a fill is missing, and the trades have it whole.
    """
    filled = positive(row, "l") if row["x"] == "TRADE" else unsigned(row, "l")
    if not filled:
        return ()
    if filled > executed:
        raise FigureError(f"l: {filled} is above what was executed in sum")
    fee = amount_or_none(row, "n")
    if fee is None:
        return ()
    number, at_ms = row["t"], row["T"]
    return (
        Fill(
            str(number) if type(number) is int and 0 <= number <= MOST_ID else id_text(row, "t"),
            positive(row, "L"),
            filled,
            word_or_none(row, "N"),
            fee,
            amount(row, "rp"),
            row["m"] is True or flag(row["m"]),
            at_ms if type(at_ms) is int and 0 <= at_ms <= MOST_TIME_MS else time_ms(row, "T"),
            _SIDES.get(side) or PositionSide(side),
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
