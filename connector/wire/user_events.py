"""Frames of the user stream to reports. Unknown events and unknown words break nothing.

Source: "User Data Streams", events of USDⓈ-M, as of 2026-11. TRADE_LITE is passed over: it lacks the fee, so it
cannot be a fill, and the full event follows.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from connector.core.enums import PositionSide, TradeType
from connector.core.reports import (
    AccountReport,
    BalanceReport,
    Fill,
    LeverageReport,
    ListenKeyExpired,
    MarginCallReport,
    OrderReport,
    PositionReport,
    ReportSource,
    UserReport,
)
from connector.wire.account_replies import margin_type_of
from connector.wire.json_text import Row, amount, amount_or_none, flag, read
from connector.wire.order_replies import expiry_of, status_of

Decoder = Callable[[Row], tuple[UserReport, ...]]
_DECODERS: dict[str, Decoder] = {}

#: Executions that are fills when their last quantity is above zero (liquidations come as CALCULATED).
_TRADES = frozenset({"TRADE", "CALCULATED"})
_NO_REASON = ("", "0", "None")


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


def _meaning(message: Any) -> tuple[UserReport, ...]:
    event = message.get("data", message)
    decoder = _DECODERS.get(event.get("e", ""))
    return decoder(event) if decoder else ()


@decodes("ORDER_TRADE_UPDATE")
def _order(event: Row) -> tuple[UserReport, ...]:
    row = event["o"]
    word, reason = str(row["X"]), str(row.get("er", ""))
    expiry = expiry_of(word)
    return (
        OrderReport(
            source=ReportSource.STREAM,
            status=status_of(word),
            symbol=str(row["s"]),
            client_order_id=str(row["c"]),
            exchange_order_id=str(row["i"]),
            time_ms=int(event["T"]),
            amount=amount(row, "q"),
            price=amount(row, "p"),
            executed_amount=amount(row, "z"),
            average_price=amount_or_none(row, "ap") or None,
            fills=_fills(row),
            trade_type=TradeType[row["S"]],
            expiry_reason=f"{expiry} er={reason}" if expiry and reason not in _NO_REASON else expiry,
        ),
    )


def _fills(row: Row) -> tuple[Fill, ...]:
    if row["x"] not in _TRADES or not amount(row, "l"):
        return ()
    return (
        Fill(
            trade_id=str(row["t"]),
            price=amount(row, "L"),
            amount=amount(row, "l"),
            fee_asset=str(row.get("N") or ""),
            fee_amount=amount_or_none(row, "n") or Decimal(0),
            realized_pnl=amount(row, "rp"),
            is_maker=flag(row["m"]),
            time_ms=int(row["T"]),
            position_side=PositionSide(row.get("ps", "BOTH")),
        ),
    )


@decodes("ACCOUNT_UPDATE")
def _account(event: Row) -> tuple[UserReport, ...]:
    change = event["a"]
    return (
        AccountReport(
            source=ReportSource.STREAM,
            reason=str(change["m"]),
            time_ms=int(event["T"]),
            balances=tuple(
                BalanceReport(str(row["a"]), amount(row, "wb"), amount(row, "cw"), amount(row, "bc"))
                for row in change.get("B", ())
            ),
            positions=tuple(_position(row) for row in change.get("P", ())),
            funding_symbol=str(change.get("S", "")),
        ),
    )


def _position(row: Row) -> PositionReport:
    return PositionReport(
        symbol=str(row["s"]),
        position_side=PositionSide(row["ps"]),
        amount=amount(row, "pa"),
        entry_price=amount(row, "ep"),
        unrealized_pnl=amount(row, "up"),
        margin_type=margin_type_of(row["mt"]),
        isolated_wallet=amount(row, "iw"),
    )


@decodes("ACCOUNT_CONFIG_UPDATE")
def _config(event: Row) -> tuple[UserReport, ...]:
    row = event.get("ac")
    return (LeverageReport(str(row["s"]), int(row["l"])),) if row else ()


@decodes("MARGIN_CALL")
def _margin_call(event: Row) -> tuple[UserReport, ...]:
    return (MarginCallReport(tuple(str(row["s"]) for row in event["p"]), int(event["E"])),)


@decodes("listenKeyExpired")
def _expired(event: Row) -> tuple[UserReport, ...]:
    return (ListenKeyExpired(int(event["E"])),)
