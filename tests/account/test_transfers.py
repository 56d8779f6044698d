"""Which pushes of the account tell of money that came or went."""

from decimal import Decimal

import pytest

from connector.account.transfers import transfers
from connector.core.account_events import TransferEvent
from connector.core.reports import AccountReport, BalanceReport, ReportSource

D = Decimal


def _push(reason: str, change: str, *, complete: bool = False) -> AccountReport:
    row = BalanceReport("USDT", D(100), D(100), D(change))
    return AccountReport(ReportSource.STREAM, reason, 2_000, balances=(row,), complete=complete)


@pytest.mark.parametrize("reason", ["DEPOSIT", "WITHDRAW", "ASSET_TRANSFER", "AUTO_EXCHANGE", "NEW_WORD"])
def test_a_change_without_results_and_fees_is_a_transfer(reason: str) -> None:
    assert transfers(_push(reason, "-7")) == ((TransferEvent(2.0, "USDT", D(-7), reason), D(100)),)


@pytest.mark.parametrize("reason", ["ORDER", "FUNDING_FEE", "INSURANCE_CLEAR", "MARGIN_TRANSFER", "MARGIN_TYPE_CHANGE"])
def test_what_has_events_of_its_own_or_moves_within_the_account_is_none(reason: str) -> None:
    assert transfers(_push(reason, "-7")) == ()


def test_a_wallet_that_did_not_change_and_a_whole_list_are_none() -> None:
    assert transfers(_push("WITHDRAW_REJECT", "0")) == ()
    assert transfers(_push("DEPOSIT", "5", complete=True)) == ()
