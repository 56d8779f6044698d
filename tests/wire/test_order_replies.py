"""Answers about orders."""

import json
from decimal import Decimal

import pytest

from connector.core.enums import TradeType
from connector.core.faults import ConnectorFault, Fate, Fault, UnreadableFault
from connector.core.reports import OrderReport, OrderStatus, ReportSource
from connector.wire.order_replies import STATUSES, change_of, order, orders, several, status_of, trades

ACK = {
    "orderId": 20072994037, "symbol": "BTCUSDT", "status": "NEW", "clientOrderId": "b1-x", "price": "60000.10",
    "origQty": "0.002", "executedQty": "0.000", "cumQty": "0.000", "timeInForce": "GTC", "type": "LIMIT",
    "origType": "LIMIT", "reduceOnly": False, "closePosition": False, "side": "SELL", "positionSide": "BOTH",
    "stopPrice": "0.00", "workingType": "CONTRACT_PRICE", "priceProtect": False, "priceMatch": "NONE",
    "selfTradePreventionMode": "EXPIRE_MAKER", "goodTillDate": 0, "updateTime": 1790000000123,
}  # fmt: skip

TRADE = {
    "buyer": True, "commission": "0.02400004", "commissionAsset": "USDT", "id": 9, "maker": True,
    "orderId": 7, "price": "60000.1", "qty": "0.002", "quoteQty": "120.0002", "realizedPnl": "-0.5",
    "side": "BUY", "positionSide": "BOTH", "symbol": "BTCUSDT", "time": 1790000000999,
}  # fmt: skip


def test_todays_ack_has_no_average_price_and_needs_none() -> None:
    report = order(json.dumps(ACK).encode(), ReportSource.ACK, "BTCUSDT", "b1-x")
    assert (report.status, report.client_order_id, report.exchange_order_id) == (
        OrderStatus.NEW,
        "b1-x",
        "20072994037",
    )
    assert (report.amount, report.price, report.executed_amount) == (Decimal("0.002"), Decimal("60000.1"), 0)
    assert report.average_price is None
    assert (report.time_ms, report.trade_type) == (1790000000123, TradeType.SELL)


@pytest.mark.parametrize("executed", ["0.000", "0.001", "0.003"])
def test_an_order_that_is_filled_by_less_or_more_than_its_amount_is_unreadable(executed: str) -> None:
    row = ACK | {"status": "FILLED", "executedQty": executed}
    with pytest.raises(UnreadableFault, match="executedQty"):
        order(json.dumps(row).encode(), ReportSource.ACK, "BTCUSDT", "b1-x")


def test_a_query_carries_the_average_price_unless_nothing_traded() -> None:
    rows = [ACK | {"avgPrice": "0.00000"}, ACK | {"avgPrice": "60000.15", "status": "FILLED", "executedQty": "0.002"}]
    reports = orders(json.dumps(rows).encode(), ReportSource.QUERY)
    assert [report.average_price for report in reports] == [None, Decimal("60000.15")]
    assert reports[1].status is OrderStatus.FILLED


def test_expired_in_match_is_expired_and_keeps_its_reason() -> None:
    report = order(json.dumps(ACK | {"status": "EXPIRED_IN_MATCH"}).encode(), ReportSource.QUERY, "BTCUSDT", "b1-x")
    assert (report.status, report.expiry_reason) == (OrderStatus.EXPIRED, "EXPIRED_IN_MATCH")


def test_a_status_that_nobody_knows_says_nothing() -> None:
    assert status_of("SOMETHING_NEW") is OrderStatus.UNCHANGED
    assert set(STATUSES.values()) == {
        OrderStatus.NEW,
        OrderStatus.PARTIALLY_FILLED,
        OrderStatus.FILLED,
        OrderStatus.CANCELED,
        OrderStatus.EXPIRED,
        OrderStatus.REJECTED,
    }


@pytest.mark.parametrize("field", ["orderId", "status", "clientOrderId", "side", "symbol"])
def test_an_ack_that_lacks_a_field_is_unreadable(field: str) -> None:
    row = {name: value for name, value in ACK.items() if name != field}
    with pytest.raises(UnreadableFault, match=field):
        order(json.dumps(row).encode(), ReportSource.ACK, "BTCUSDT", "b1-x")


@pytest.mark.parametrize("told", [{"clientOrderId": "b1-y"}, {"symbol": "ETHUSDT"}])
def test_an_answer_that_speaks_of_another_order_is_no_answer(told: dict[str, str]) -> None:
    with pytest.raises(UnreadableFault, match="asked was BTCUSDT b1-x"):
        order(json.dumps(ACK | told).encode(), ReportSource.ACK, "BTCUSDT", "b1-x")


@pytest.mark.parametrize(
    "told",
    [
        {"executedQty": "0.003"},
        {"executedQty": "-0.001"},
        {"origQty": "NaN"},
        {"orderId": 1.5},
        {"orderId": 2**63},
        {"updateTime": -1},
        {"clientOrderId": "\ud800"},
        {"status": ["NEW"]},
    ],
)
def test_an_answer_whose_figures_cannot_be_is_unreadable(told: dict[str, object]) -> None:
    with pytest.raises(UnreadableFault):
        orders(json.dumps([ACK | told]).encode(), ReportSource.QUERY)


@pytest.mark.parametrize(
    "told", [{"id": 1.5}, {"qty": "0"}, {"qty": "-1"}, {"price": "1e400"}, {"commission": "Infinity"}]
)
def test_a_trade_of_nothing_or_of_no_price_is_unreadable(told: dict[str, object]) -> None:
    with pytest.raises(UnreadableFault):
        trades(json.dumps([TRADE | told]).encode())


def test_trades_come_oldest_first_as_fills_without_a_status() -> None:
    reports = trades(json.dumps([TRADE | {"id": 10}, TRADE]).encode())
    assert [report.fills[0].trade_id for report in reports] == ["9", "10"]
    assert {report.status for report in reports} == {OrderStatus.UNCHANGED}
    fill = reports[0].fills[0]
    assert (fill.fee_amount, fill.realized_pnl, fill.is_maker) == (Decimal("0.02400004"), Decimal("-0.5"), True)
    assert reports[0].exchange_order_id == "7"


ASKED = [("BTCUSDT", "b1-x"), ("BTCUSDT", "b1-y"), ("BTCUSDT", "b1-z")]
REFUSED = {"code": -2019, "msg": "Margin is insufficient."}


def told(*rows: object) -> tuple[OrderReport | ConnectorFault, ...]:
    return several(json.dumps(rows).encode(), ASKED, "POST /fapi/v1/batchOrders")


def test_each_of_several_orders_has_its_own_answer() -> None:
    first, second, third = told(ACK, REFUSED, ACK | {"clientOrderId": "b1-z"})
    assert isinstance(first, OrderReport) and isinstance(third, OrderReport)
    assert (first.client_order_id, third.client_order_id) == ("b1-x", "b1-z")
    assert isinstance(second, Fault)
    assert (second.code, second.rule.fate) == (-2019, Fate.NEVER_LIVED)
    assert "margin is insufficient" in str(second)


@pytest.mark.parametrize("code", [-1000, -1001, -1006, -1007, -1008, -4083, -4116])
def test_a_refusal_of_one_of_several_may_leave_it_unknown(code: int) -> None:
    outcome = told({"code": code, "msg": ""}, REFUSED, REFUSED)[0]
    assert isinstance(outcome, Fault)
    assert outcome.rule.fate is Fate.UNKNOWN


@pytest.mark.parametrize(
    "rows",
    [
        (),
        (ACK,),
        (ACK, REFUSED),
        (ACK, REFUSED, REFUSED, REFUSED),
        (REFUSED, ACK, REFUSED),
        (ACK, ACK, REFUSED),
        (ACK, ACK | {"clientOrderId": "b1-z"}, ACK | {"clientOrderId": "b1-y"}),
        (ACK, REFUSED, ACK | {"clientOrderId": None}),
        (ACK, REFUSED, ACK | {"clientOrderId": ["b1-z"]}),
        (ACK, REFUSED, 5),
    ],
    ids=["none", "fewer", "one fewer", "more", "shifted", "one twice", "swapped", "nameless", "no name", "no object"],
)
def test_a_list_that_is_not_what_was_asked_for_tells_nothing_of_any(rows: tuple[object, ...]) -> None:
    with pytest.raises(UnreadableFault):
        told(*rows)


@pytest.mark.parametrize(
    "row",
    [
        {}, {"code": "many"}, {"code": 200, "msg": "ok"}, {"239999": "maintenance"}, {"code": -(10**30), "msg": ""},
        ACK | {"symbol": "ETHUSDT"}, ACK | {"origQty": "NaN"}, ACK | {"orderId": 1.5}, ACK | {"side": None},
    ],
)  # fmt: skip
def test_a_row_that_cant_be_read_tells_nothing_of_its_own_order_alone(row: dict[str, object]) -> None:
    first, second, _ = told(row, REFUSED, REFUSED)
    assert isinstance(first, UnreadableFault)
    assert isinstance(second, Fault)


def test_a_refusals_text_is_cut_whatever_it_is() -> None:
    for text in ("x" * 1_000_000, ["deep"], None):
        outcome = told({"code": -2019, "msg": text}, REFUSED, REFUSED)[0]
        assert len(str(outcome)) < 500


def test_an_order_that_lives_on_after_its_change_has_its_new_terms() -> None:
    assert change_of(OrderStatus.NEW) is change_of(OrderStatus.PARTIALLY_FILLED) is OrderStatus.MODIFIED
    assert change_of(OrderStatus.CANCELED) is OrderStatus.CANCELED


def test_a_cancelled_order_that_was_changed_below_what_it_filled_says_nothing_of_its_total() -> None:
    below = ACK | {"origQty": "0.001", "executedQty": "0.002"}
    report = order(json.dumps(below | {"status": "CANCELED"}).encode(), ReportSource.ACK, "BTCUSDT", "b1-x")
    assert (report.amount, report.executed_amount) == (None, Decimal("0.002"))
    with pytest.raises(UnreadableFault):
        order(json.dumps(below).encode(), ReportSource.ACK, "BTCUSDT", "b1-x")
