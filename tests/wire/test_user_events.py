"""The user stream: what each event reports, and that nothing unknown breaks it."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.core.enums import MarginType, PositionSide
from connector.core.faults import UnreadableFault
from connector.core.reports import (
    AccountReport,
    LeverageReport,
    ListenKeyExpired,
    MarginCallReport,
    MultiAssetsReport,
    OrderReport,
    OrderStatus,
    TradeHint,
    UserReport,
)
from connector.wire.compiled import user_events as compiled
from connector.wire.plain import user_events as plain

D = Decimal
ORDER = {
    "s": "BTCUSDT", "c": "b1-x", "S": "SELL", "o": "LIMIT", "f": "GTC", "q": "0.010", "p": "60000.10",
    "ap": "60000.10", "sp": "0", "x": "TRADE", "X": "PARTIALLY_FILLED", "i": 8886774, "l": "0.004", "z": "0.004",
    "L": "60000.10", "N": "USDT", "n": "0.04800008", "T": 1790000000100, "t": 77, "b": "0", "a": "9.91", "m": True,
    "R": False, "wt": "CONTRACT_PRICE", "ot": "LIMIT", "ps": "BOTH", "cp": False, "pP": False, "si": 0, "ss": 0,
    "rp": "1.25", "V": "EXPIRE_MAKER", "pm": "NONE", "gtd": 0, "er": "0",
}  # fmt: skip


def outcome(reader: Any, frame: bytes) -> object:
    """What a reader makes of a frame, or the words of its refusal."""
    try:
        return reader.read(frame)
    except UnreadableFault as fault:
        return str(fault)


def user_reports(frame: bytes) -> tuple[UserReport, ...]:
    """Both twins', which are one."""
    reports = outcome(plain.UserEventReader(), frame)
    assert repr(outcome(compiled.UserEventReader(), frame)) == repr(reports)
    return plain.UserEventReader().read(frame)


def packed(event: object) -> bytes:
    """As the venue writes."""
    return json.dumps(event, separators=(",", ":")).encode()


def order_event(**changes: Any) -> bytes:
    event = {"e": "ORDER_TRADE_UPDATE", "E": 1790000000102, "T": 1790000000101, "o": ORDER | changes}
    return packed(event)


def order_report(frame: bytes) -> OrderReport:
    (report,) = user_reports(frame)
    assert isinstance(report, OrderReport)
    return report


def test_a_trade_is_a_fill_with_the_venues_own_fee_and_result() -> None:
    report = order_report(order_event())
    (fill,) = report.fills
    assert (fill.trade_id, fill.amount, fill.price) == ("77", D("0.004"), D("60000.1"))
    assert (fill.fee_amount, fill.realized_pnl, fill.is_maker) == (D("0.04800008"), D("1.25"), True)
    assert (report.status, report.executed_amount, report.time_ms) == (
        OrderStatus.PARTIALLY_FILLED,
        D("0.004"),
        1790000000101,
    )


def test_a_trade_whose_fee_is_not_named_is_a_sum_without_a_fill() -> None:
    row = {name: value for name, value in ORDER.items() if name not in ("N", "n")}
    event = {"e": "ORDER_TRADE_UPDATE", "E": 2, "T": 1, "o": row}
    report = order_report(packed(event))
    assert report.fills == ()
    assert report.executed_amount


@pytest.mark.parametrize("execution", ["NEW", "CANCELED", "EXPIRED", "AMENDMENT", "SOMETHING_NEW"])
def test_only_trades_are_fills(execution: str) -> None:
    assert order_report(order_event(x=execution)).fills == ()


@pytest.mark.parametrize("status", ["NEW", "PARTIALLY_FILLED"])
def test_an_amendment_of_an_order_that_lives_tells_its_new_terms(status: str) -> None:
    report = order_report(order_event(x="AMENDMENT", X=status, q="0.5", z="0.1", l="0", p="60000.5"))
    assert (report.status, report.price, report.amount) == (OrderStatus.MODIFIED, Decimal("60000.5"), Decimal("0.5"))
    assert order_report(order_event(x="AMENDMENT", X="CANCELED", l="0")).status is OrderStatus.CANCELED


def test_a_liquidation_fill_counts_and_an_empty_one_does_not() -> None:
    assert len(order_report(order_event(x="CALCULATED")).fills) == 1
    assert order_report(order_event(x="CALCULATED", l="0")).fills == ()


def test_an_expiry_says_why() -> None:
    report = order_report(order_event(x="EXPIRED", X="EXPIRED_IN_MATCH", l="0", er="1"))
    assert (report.status, report.expiry_reason) == (OrderStatus.EXPIRED, "EXPIRED_IN_MATCH er=1")


@pytest.mark.parametrize("executed", ["0", "0.001"])
def test_an_order_that_is_filled_by_less_than_its_amount_is_unreadable(executed: str) -> None:
    with pytest.raises(UnreadableFault, match="is not filled by"):
        user_reports(order_event(X="FILLED", q="0.010", z=executed))


def test_a_combined_wrapping_changes_nothing() -> None:
    inner = json.loads(order_event())
    wrapped = packed({"stream": "some-listen-key", "data": inner})
    assert user_reports(wrapped) == user_reports(order_event())


def test_an_account_update_keeps_reason_change_and_funding_symbol() -> None:
    event = {
        "e": "ACCOUNT_UPDATE", "E": 2, "T": 1, "a": {
            "m": "FUNDING_FEE", "S": "BTCUSDT",
            "B": [{"a": "USDT", "wb": "9999.5", "cw": "9999.5", "bc": "-0.5"}],
            "P": [{"s": "BTCUSDT", "pa": "-0.010", "ep": "60000", "bep": "60001", "cr": "0", "up": "-1.5",
                   "mt": "isolated", "iw": "60", "ps": "BOTH"}],
        },
    }  # fmt: skip
    (report,) = user_reports(packed(event))
    assert isinstance(report, AccountReport)
    assert (report.reason, report.funding_symbol, report.balances[0].change) == ("FUNDING_FEE", "BTCUSDT", D("-0.5"))
    assert (report.positions[0].amount, report.positions[0].margin_type) == (D("-0.01"), MarginType.ISOLATED)
    assert not report.complete


def test_leverage_margin_calls_and_the_end_of_a_listen_key_are_reported() -> None:
    config = {"e": "ACCOUNT_CONFIG_UPDATE", "E": 2, "T": 1, "ac": {"s": "BTCUSDT", "l": 25}}
    call = {"e": "MARGIN_CALL", "E": 3, "cw": "3.1", "p": [{"s": "ETHUSDT"}]}
    expired = {"e": "listenKeyExpired", "E": 4, "listenKey": "x"}
    reports = [user_reports(packed(event)) for event in (config, call, expired)]
    assert reports == [
        (LeverageReport("BTCUSDT", 25),),
        (MarginCallReport(("ETHUSDT",), 3),),
        (ListenKeyExpired(4),),
    ]


@pytest.mark.parametrize("is_on", [True, False])
def test_multi_assets_mode_is_told_when_it_is_switched(is_on: bool) -> None:
    event = {"e": "ACCOUNT_CONFIG_UPDATE", "E": 2, "T": 1, "ai": {"j": is_on}}
    assert user_reports(packed(event)) == (MultiAssetsReport(is_on),)


@pytest.mark.parametrize(("changes", "reduces"), [({}, False), ({"R": True}, True), ({"cp": True}, True)])
def test_an_order_tells_its_position_side_and_whether_it_only_reduces(changes: dict[str, Any], reduces: bool) -> None:
    report = order_report(order_event(ps="LONG", **changes))
    assert (report.position_side, report.reduces_only) == (PositionSide.LONG, reduces)


def test_a_fast_trade_names_a_fill_and_is_none() -> None:
    told = {"e": "TRADE_LITE", "E": 9, "T": 8, "s": "BTCUSDT", "q": "0.010", "p": "60000", "m": True, "c": "desk-1"}
    told |= {"S": "BUY", "L": "60000.1", "l": "0.004", "t": 77, "i": 42}
    assert user_reports(packed(told)) == (TradeHint("BTCUSDT", "77", "desk-1", 8),)


@pytest.mark.parametrize("is_on", [True, False])
def test_the_mode_of_assets_is_told_for_the_account(is_on: bool) -> None:
    told = {"e": "ACCOUNT_CONFIG_UPDATE", "E": 2, "T": 1, "ai": {"j": is_on}}
    assert user_reports(packed(told)) == (MultiAssetsReport(is_on),)


@pytest.mark.parametrize(
    "event",
    [
        {"e": "ACCOUNT_CONFIG_UPDATE", "E": 2, "T": 1},
        {"e": "STRATEGY_UPDATE"},
        {"e": "SOMETHING_NEW"},
        {"result": None, "id": 1},
    ],
)
def test_events_that_carry_nothing_for_us_are_passed_over(event: dict[str, Any]) -> None:
    assert user_reports(packed(event)) == ()


@given(st.binary(max_size=80))
def test_byte_soup_is_unreadable_and_nothing_worse(frame: bytes) -> None:
    try:
        assert user_reports(frame) == ()
    except UnreadableFault as fault:
        assert "user event" in str(fault)


@pytest.mark.parametrize("field", ["s", "c", "i", "q", "z", "X", "S"])
def test_an_order_event_that_lacks_a_field_is_unreadable(field: str) -> None:
    event = json.loads(order_event())
    del event["o"][field]
    with pytest.raises(UnreadableFault):
        user_reports(packed(event))


ACCOUNT = {
    "e": "ACCOUNT_UPDATE", "E": 2, "T": 1, "a": {
        "m": "ORDER",
        "B": [{"a": "USDT", "wb": "9999.50", "cw": "9999.5", "bc": "0"},
              {"a": "BNB", "wb": "1", "cw": "1", "bc": "-0.5"}],
        "P": [{"s": "BTCUSDT", "pa": "-0.010", "ep": "60000", "bep": "60001", "cr": "0", "up": "-1.5", "mt": "cross",
               "iw": "0", "ps": "BOTH"}],
    },
}  # fmt: skip
HINT = {"e": "TRADE_LITE", "E": 9, "T": 8, "s": "BTCUSDT", "q": "0.010", "p": "60000", "m": True, "c": "desk-1",
        "S": "BUY", "L": "60000.1", "l": "0.004", "t": 77, "i": 42}  # fmt: skip
EXPIRED = order_event(x="EXPIRED", X="EXPIRED", l="0", er="4")
SOUND = [order_event(), EXPIRED, order_event(x="NEW", X="NEW", l="0", z="0", ap="0"), packed(ACCOUNT), packed(HINT)]


@pytest.mark.parametrize("frame", SOUND)
def test_the_compiled_reader_leaves_no_sound_event_to_the_plain_one(frame: bytes) -> None:
    reader = compiled.UserEventReader()
    assert repr(reader.read(frame)) == repr(plain.user_reports(frame))
    assert reader.fallback == 0


def test_what_the_compiled_reader_does_not_know_is_left_to_the_plain_one_and_counted() -> None:
    reader = compiled.UserEventReader()
    assert reader.read(packed({"e": "listenKeyExpired", "E": 4, "listenKey": "x"})) == (ListenKeyExpired(4),)
    assert reader.read(order_event(ps="LONG", m="TRUE"))[0].fills[0].is_maker
    assert reader.fallback == 2


PIECES = [bytes([letter]) for letter in b'"{}[],:09.-e\\ \xff'] + [b"null", b'"z":', b"1E5", b"\\u0042", b"true"]


@settings(max_examples=1500, deadline=None)
@given(st.data())
def test_both_twins_read_any_damaged_event_alike(data: st.DataObject) -> None:
    frame = data.draw(st.sampled_from(SOUND))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(frame)))
        end = data.draw(st.integers(start, min(len(frame), start + 3)))
        frame = frame[:start] + data.draw(st.sampled_from([b"", *PIECES]) | st.binary(max_size=2)) + frame[end:]
    assert repr(outcome(compiled.UserEventReader(), frame)) == repr(outcome(plain.UserEventReader(), frame))


NAMES = ["e", "E", "T", "o", "a", "data", "B", "P", *ORDER, "wb", "cw", "bc", "pa", "ep", "up", "mt", "iw"]
ODD_VALUES = [
    None, True, False, 7, -1, 1.5, "5", "0", "-0", "-1", "0.00", "1.", "x", "", "FILLED", "CANCELED", "AMENDMENT",
    "EXPIRED_IN_MATCH", "CALCULATED", "LIQUIDATION", "SELL", "SHORT", "isolated", "CROSSED", "9" * 19, "0." + "1" * 20,
    "1" * 300, 10**13, 10**18, [], {}, [{}], [1], {"q": "2"}, [{"a": "USDT", "wb": "2", "cw": "2", "bc": "2"}], ORDER,
    ACCOUNT["a"],
]  # fmt: skip


@settings(max_examples=2500, deadline=None)
@given(
    event=st.sampled_from([json.loads(frame) for frame in SOUND]),
    more=st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 40), st.sampled_from(NAMES), st.sampled_from(ODD_VALUES)),
        min_size=1,
        max_size=4,
    ),
)
def test_both_twins_read_any_event_with_added_and_repeated_fields_alike(
    event: dict[str, Any], more: list[tuple[int, int, str, Any]]
) -> None:
    def members(fields: dict[str, Any], depth: int) -> bytes:
        parts = [(name, spelt(value, depth + 1)) for name, value in fields.items()]
        for level, place, name, value in more:
            if level == depth:
                parts.insert(place, (name, packed(value)))
        return b"{" + b",".join(packed(name) + b":" + value for name, value in parts) + b"}"

    def spelt(value: Any, depth: int) -> bytes:
        if isinstance(value, list):
            return b"[" + b",".join(spelt(row, depth) for row in value) + b"]"
        return members(value, depth) if isinstance(value, dict) else packed(value)

    frame = members(event, 0)
    assert repr(outcome(compiled.UserEventReader(), frame)) == repr(outcome(plain.UserEventReader(), frame))
