"""Answers about orders."""

import json
from decimal import Decimal

import pytest

from connector.core.enums import TradeType
from connector.core.faults import UnreadableFault
from connector.core.reports import OrderStatus, ReportSource
from connector.wire.order_replies import STATUSES, order, orders, status_of, trades

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


def test_a_query_carries_the_average_price_unless_nothing_traded() -> None:
    rows = [ACK | {"avgPrice": "0.00000"}, ACK | {"avgPrice": "60000.15", "status": "FILLED"}]
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
