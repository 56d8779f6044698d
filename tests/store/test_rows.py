"""Records as rows."""

from dataclasses import replace
from decimal import Decimal

import pytest

from connector.core.enums import OrderState, OrderType, PriceMatch, SelfTradePrevention, TimeInForce, WorkingType
from connector.core.journal import FundingPaid, Restated, WalletChanged
from connector.core.order_ends import ExpiryReason, RejectionKind
from connector.core.order_options import OrderOptions, spelt
from connector.store.rows import ASKED, CHANGED, batch_of
from connector.store.tables import ORDERS
from tests.companions.store.samples import changed, filled, intended


def test_of_an_order_the_newest_word_counts_and_each_fill_once() -> None:
    records = [
        intended(), changed(state=OrderState.OPEN), filled("1"), filled("1"), filled("2"),
        changed(state=OrderState.FILLED), Restated(4),
    ]  # fmt: skip
    batch = batch_of("desk", records)
    assert [row["state"] for row in batch.changed.values()] == ["FILLED"]
    assert [row["trade_id"] for row in batch.fills.values()] == ["1", "2"]
    assert len(batch.intended) == 1


def test_both_sides_of_a_trade_between_two_orders_of_ours_are_fills() -> None:
    assert len(batch_of("desk", [filled("1", "buyer"), filled("1", "seller")]).fills) == 2


def test_payments_and_lines_of_the_account_have_rows_of_their_own() -> None:
    paid = FundingPaid("BTCUSDT", "USDT", Decimal("-0.1"), 5, "77")
    line = WalletChanged("ORDER", "USDT", Decimal(100), Decimal(-1), 6)
    batch = batch_of("desk", [paid, paid, line, line])
    assert (len(batch.payments), len(batch.lines)) == (1, 2)


def test_payments_alike_in_all_but_their_numbers_are_rows_of_their_own() -> None:
    alike = [FundingPaid("BTCUSDT", "USDT", Decimal("-0.1"), 5, number) for number in ("77", "78")]
    special = FundingPaid("BTCUSDT", "USDT", Decimal("-0.1"), 5, "77", is_special=True)
    assert len(batch_of("desk", [*alike, special, *alike]).payments) == 3


def test_what_an_order_asked_for_is_told_column_by_column() -> None:
    asked = OrderOptions(
        TimeInForce.GTD, 1_800_000_000_000, PriceMatch.QUEUE_5, SelfTradePrevention.EXPIRE_BOTH, Decimal("0.10"),
        WorkingType.MARK_PRICE, price_protect=True, close_position=True, activation_price=Decimal("61000.1"),
        callback_rate=Decimal("1.5"),
    )  # fmt: skip
    record = replace(intended(options=spelt(asked)), order_type=OrderType.STOP)
    (row,) = batch_of("desk", [record]).intended.values()
    assert {name: row[name] for name in ASKED} == {
        "time_in_force": "GTD", "good_till_ms": 1_800_000_000_000, "price_match": "QUEUE_5",
        "self_trade_prevention": "EXPIRE_BOTH", "trigger_price": Decimal("0.10"), "working_type": "MARK_PRICE",
        "price_protect": True, "close_position": True, "activation_price": Decimal("61000.1"),
        "callback_rate": Decimal("1.5"),
    }  # fmt: skip
    assert {type(row[name]) for name in ASKED} == {str, int, Decimal, bool}, "no word that only Python knows"


@pytest.mark.parametrize("words", ["mood=good", "time_in_force=SOON", "trigger_price=x", "time_in_force"])
def test_words_of_another_version_keep_no_order_out_of_the_history(words: str) -> None:
    (row,) = batch_of("desk", [intended(options=words)]).intended.values()
    assert {row[name] for name in ASKED} == {None}
    assert row["symbol"] == "BTCUSDT"


def test_how_an_order_ended_is_told_with_the_filter_that_it_broke() -> None:
    facts = {"rejection_kind": RejectionKind.FILTER, "rejection_code": -4014, "rejection_filter": "PRICE_FILTER"}
    rejected = changed("a", OrderState.FAILED, **facts, rejection_limit="0.10", rejection_value="1.05")
    expired = changed("b", OrderState.EXPIRED, expiry=ExpiryReason.SELF_TRADE_PREVENTION)
    rows = batch_of("desk", [rejected, expired]).changed
    end = ("rejection_kind", "rejection_code", "rejection_filter", "rejection_limit", "rejection_value", "expiry")
    assert [rows["a"][name] for name in end] == ["filter", -4014, "PRICE_FILTER", "0.10", "1.05", None]
    assert [rows["b"][name] for name in end] == [None, None, None, None, None, "self_trade_prevention"]
    assert all(type(row[name]) in (str, int, type(None)) for row in rows.values() for name in end)


def test_every_column_of_an_order_is_written() -> None:
    batch = batch_of("desk", [intended(), changed()])
    written = {*batch.intended["desk-1"], *batch.changed["desk-1"]}
    assert written == {column.name for column in ORDERS.columns}
    assert set(CHANGED) == set(batch.changed["desk-1"]) - {"instance", "client_order_id"}
