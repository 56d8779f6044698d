"""What the venue tells of conditional orders."""

import json
from decimal import Decimal
from typing import Any

import pytest

from connector.core.enums import OrderType, PriceMatch, SelfTradePrevention, TimeInForce, TriggerState, WorkingType
from connector.core.faults import UnreadableFault
from connector.core.order_ends import ExpiryReason, RejectionKind
from connector.core.order_options import OrderOptions
from connector.core.reports import OrderReport, OrderStatus, ReportSource
from connector.wire import algo_replies
from connector.wire.user_events import UserEventReader

D = Decimal
ROW: dict[str, Any] = {
    "algoId": 1000000731, "clientAlgoId": "b1-x", "algoType": "CONDITIONAL", "orderType": "STOP", "symbol": "BTCUSDT",
    "side": "SELL", "positionSide": "BOTH", "timeInForce": "GTC", "quantity": "0.020", "algoStatus": "NEW",
    "actualOrderId": "", "triggerPrice": "59000.00", "price": "58990.00", "icebergQuantity": None,
    "selfTradePreventionMode": "EXPIRE_MAKER", "workingType": "CONTRACT_PRICE", "priceMatch": "NONE",
    "closePosition": False, "priceProtect": False, "reduceOnly": False, "createTime": 1790000000000,
    "updateTime": 1790000000100, "triggerTime": 0, "goodTillDate": 0,
}  # fmt: skip
EVENT: dict[str, Any] = {
    "e": "ALGO_UPDATE", "T": 1790000000200, "E": 1790000000201,
    "o": {
        "caid": "b1-x", "aid": 1000000731, "at": "CONDITIONAL", "o": "STOP_MARKET", "s": "BTCUSDT", "S": "SELL",
        "ps": "BOTH", "f": "GTC", "q": "0.020", "X": "NEW", "ai": "", "ap": "0", "aq": "0", "act": "0",
        "tp": "59000.00", "p": "0", "V": "EXPIRE_TAKER", "wt": "MARK_PRICE", "pm": "NONE", "cp": False, "pP": True,
        "R": True, "tt": 0, "gtd": 0, "rm": "", "ia": False,
    },
}  # fmt: skip


def row(**changes: object) -> OrderReport:
    body = json.dumps(ROW | changes).encode()
    return algo_replies.algo_order(body, ReportSource.QUERY, "BTCUSDT", "b1-x")


def event(**changes: object) -> OrderReport:
    (report,) = UserEventReader().read(json.dumps(EVENT | {"o": EVENT["o"] | changes}).encode())
    assert isinstance(report, OrderReport)
    return report


def test_a_waiting_order_tells_what_it_was_asked_to_be() -> None:
    report = row()
    assert (report.status, report.exchange_order_id, report.time_ms) == (OrderStatus.NEW, "", 1790000000100)
    assert (report.amount, report.price) == (D("0.02"), D(58_990))
    told = report.conditional
    assert told is not None
    assert (told.algo_id, told.trigger, told.order_type) == ("1000000731", TriggerState.WAITING, OrderType.STOP)
    assert told.options == OrderOptions(
        time_in_force=TimeInForce.GTC,
        trigger_price=D(59_000),
        self_trade_prevention=SelfTradePrevention.EXPIRE_MAKER,
    )
    assert not told.closes


def test_an_event_says_the_same_by_short_names() -> None:
    report = event()
    told = report.conditional
    assert told is not None
    assert (report.client_order_id, report.amount, report.price) == ("b1-x", D("0.02"), None)
    assert (told.options.working_type, told.options.price_protect, told.closes) == (WorkingType.MARK_PRICE, True, True)
    assert report.time_ms == 1790000000200


@pytest.mark.parametrize(
    ("word", "status", "trigger"),
    [
        ("NEW", OrderStatus.NEW, TriggerState.WAITING),
        ("TRIGGERING", OrderStatus.NEW, TriggerState.TRIGGERING),
        ("TRIGGERED", OrderStatus.NEW, TriggerState.TRIGGERED),
        ("FINISHED", OrderStatus.NEW, TriggerState.TRIGGERED),
        ("CANCELED", OrderStatus.CANCELED, TriggerState.WAITING),
        ("EXPIRED", OrderStatus.EXPIRED, TriggerState.WAITING),
        ("REJECTED", OrderStatus.TRIGGER_REFUSED, TriggerState.REFUSED),
        ("BEWITCHED", OrderStatus.UNCHANGED, TriggerState.WAITING),
    ],
)
def test_status_words_say_where_it_stands(word: str, status: OrderStatus, trigger: TriggerState) -> None:
    for report in (row(algoStatus=word), event(X=word)):
        assert report.conditional is not None
        assert (report.status, report.conditional.trigger) == (status, trigger)
        assert report.conditional.is_finished == (word == "FINISHED")


def test_finished_says_of_the_child_what_was_executed_and_not_how_it_ended() -> None:
    report = event(X="FINISHED", ai="8001", aq="0.020", ap="59001.50", act="MARKET")
    assert (report.exchange_order_id, report.executed_amount) == ("8001", D("0.02"))
    assert report.average_price == D("59001.5")


def test_what_the_venue_leaves_out_while_it_triggers_is_not_missed() -> None:
    """Captured: such an event carries neither price nor amount of a child, nor a reason."""
    lean = {name: value for name, value in EVENT["o"].items() if name not in ("ap", "aq", "act", "rm", "ia")}
    (report,) = UserEventReader().read(json.dumps(EVENT | {"o": lean | {"X": "TRIGGERING"}}).encode())
    assert isinstance(report, OrderReport)
    assert report.executed_amount is None


@pytest.mark.parametrize(
    ("words", "kind", "code"),
    [
        ("Margin is insufficient.", RejectionKind.MARGIN, -2019),
        ("ReduceOnly Order is rejected.", RejectionKind.REDUCE_ONLY, -2022),
        ("Something new.", RejectionKind.OTHER, 0),
        ("", RejectionKind.OTHER, 0),
    ],
)
def test_a_refused_trigger_is_typed_by_its_words(words: str, kind: RejectionKind, code: int) -> None:
    report = event(X="REJECTED", rm=words)
    assert report.rejection is not None
    assert report.fault is not None
    assert (report.rejection.kind, report.rejection.code, report.fault.code) == (kind, code, code)
    assert words in str(report.fault)


def test_the_venue_names_no_reason_of_an_expiry() -> None:
    report = row(algoStatus="EXPIRED")
    assert (report.expiry, report.expiry_reason) == (ExpiryReason.OTHER, "EXPIRED")


def test_words_that_are_not_known_break_nothing() -> None:
    report = row(orderType="VWAP", timeInForce="GTE_GTC", priceMatch="MIDDLE", workingType="INDEX")
    told = report.conditional
    assert told is not None
    assert told.order_type is None
    assert (told.options.time_in_force, told.options.price_match) == (None, None)
    assert row(priceMatch="QUEUE").conditional.options.price_match is PriceMatch.QUEUE  # type: ignore[union-attr]


def test_an_answer_of_another_order_is_unreadable() -> None:
    with pytest.raises(UnreadableFault, match="the answer is of BTCUSDT other"):
        row(clientAlgoId="other")


def test_a_cancel_is_believed_when_it_speaks_of_the_order_that_was_asked_for() -> None:
    body = b'{"algoId": 1, "clientAlgoId": "b1-x", "code": "200", "msg": "success"}'
    report = algo_replies.algo_cancelled(body, "BTCUSDT", "b1-x")
    assert (report.status, report.client_order_id) == (OrderStatus.CANCELED, "b1-x")
    for lie in (body.replace(b"b1-x", b"b1-y"), body.replace(b"200", b"400"), b"[]"):
        with pytest.raises(UnreadableFault):
            algo_replies.algo_cancelled(lie, "BTCUSDT", "b1-x")


def test_a_list_is_read_row_by_row() -> None:
    rows = algo_replies.algo_orders(json.dumps([ROW, ROW | {"clientAlgoId": "web_1"}]).encode())
    assert [report.client_order_id for report in rows] == ["b1-x", "web_1"]
