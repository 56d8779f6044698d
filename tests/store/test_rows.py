"""Records as rows."""

from decimal import Decimal

from connector.core.enums import OrderState
from connector.core.journal import FundingPaid, Restated, WalletChanged
from connector.store.rows import batch_of
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
    paid = FundingPaid("BTCUSDT", "USDT", Decimal("-0.1"), 5, "")
    line = WalletChanged("ORDER", "USDT", Decimal(100), Decimal(-1), 6)
    batch = batch_of("desk", [paid, paid, line, line])
    assert (len(batch.payments), len(batch.lines)) == (1, 2)
