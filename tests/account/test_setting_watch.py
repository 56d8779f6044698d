"""What tells that another hand changed a setting, and what does not."""

from decimal import Decimal

import pytest

from connector.account.setting_watch import SettingWatch
from connector.core.account_events import (
    BracketsChangedEvent,
    CreditModeChangedEvent,
    LeverageChangedEvent,
    MarginTypeChangedEvent,
    MultiAssetsModeChangedEvent,
    PositionModeChangedEvent,
)
from connector.core.enums import MarginType, PositionMode, PositionSide
from connector.core.reports import (
    AccountReport,
    BalanceReport,
    LeverageReport,
    MultiAssetsReport,
    PositionModeReport,
    PositionReport,
    ReportSource,
)

D = Decimal
CROSSED, ISOLATED = MarginType.CROSSED, MarginType.ISOLATED
ONEWAY, HEDGE = PositionMode.ONEWAY, PositionMode.HEDGE


class Account:
    """A watch that knows 10 × and one-way mode; `is_ours` is whether we are changing something."""

    def __init__(self) -> None:
        self.is_ours = False
        self.watch = SettingWatch({"BTCUSDT": "BTC-USDT"}.get, lambda: self.is_ours)
        for report in (LeverageReport("BTCUSDT", 10, D(500), CROSSED), PositionModeReport(ONEWAY)):
            assert self.watch.heed(report, 1_000) == ()


@pytest.fixture
def account() -> Account:
    return Account()


def _row(side: PositionSide, amount: str = "1") -> PositionReport:
    return PositionReport("BTCUSDT", side, D(amount), D(100), D(0), CROSSED)


def _told(*positions: PositionReport, reason: str = "ORDER", **balances: str) -> AccountReport:
    rows = tuple(BalanceReport(asset, D(wallet), D(wallet)) for asset, wallet in balances.items())
    return AccountReport(ReportSource.STREAM, reason, 2_000, balances=rows, positions=positions)


def test_a_pushed_leverage_is_read_before_it_is_told(account: Account) -> None:
    assert account.watch.heed(LeverageReport("BTCUSDT", 20), 2_000) == ()
    assert account.watch.doubted_symbols == {"BTCUSDT"}
    told = account.watch.heed(LeverageReport("BTCUSDT", 20, D(250), CROSSED), 3_000)
    assert told == (LeverageChangedEvent(3.0, "BTC-USDT", 10, 20, D(250)),)
    assert account.watch.heed(LeverageReport("BTCUSDT", 20, D(250), CROSSED), 4_000) == ()


def test_what_we_set_is_not_told_then_nor_when_its_push_comes_late(account: Account) -> None:
    account.is_ours = True
    assert account.watch.heed(LeverageReport("BTCUSDT", 20, D(250), CROSSED), 2_000) == ()
    assert account.watch.heed(PositionModeReport(HEDGE), 2_000) == ()
    account.is_ours = False
    assert account.watch.heed(LeverageReport("BTCUSDT", 20), 3_000) == ()
    assert account.watch.doubted_symbols == set()


def test_another_most_notional_at_one_leverage_is_a_change_of_brackets(account: Account) -> None:
    told = account.watch.heed(LeverageReport("BTCUSDT", 10, D(5), CROSSED), 3_000)
    assert told == (BracketsChangedEvent(3.0, "BTC-USDT", D(500), D(5)),)


def test_a_margin_type_is_doubted_by_its_push_and_told_once_it_is_read(account: Account) -> None:
    flat = _row(PositionSide.BOTH, "0")
    account.watch.heed(_told(flat, reason="MARGIN_TYPE_CHANGE"), 2_000)
    assert account.watch.doubted_symbols == {"BTCUSDT"}
    told = account.watch.heed(LeverageReport("BTCUSDT", 10, D(500), ISOLATED), 3_000)
    assert told == (MarginTypeChangedEvent(3.0, "BTC-USDT", CROSSED, ISOLATED),)


def test_leverages_of_pairs_that_are_not_traded_here_are_nobodys_matter(account: Account) -> None:
    assert account.watch.heed(LeverageReport("ETHUSDT", 10, D(500), CROSSED), 1_000) == ()
    assert account.watch.heed(LeverageReport("ETHUSDT", 20, D(250), CROSSED), 2_000) == ()


@pytest.mark.parametrize("side", [PositionSide.LONG, PositionSide.SHORT])
def test_a_side_that_our_mode_has_not_makes_doubt_until_the_mode_is_read(account: Account, side: PositionSide) -> None:
    account.watch.heed(_told(_row(PositionSide.BOTH)), 2_000)
    assert not account.watch.is_mode_doubtful
    account.watch.heed(_told(_row(side)), 2_000)
    assert account.watch.is_mode_doubtful
    assert account.watch.heed(PositionModeReport(HEDGE), 3_000) == (PositionModeChangedEvent(3.0, ONEWAY, HEDGE),)
    assert not account.watch.is_mode_doubtful
    account.watch.heed(_told(_row(side), _row(PositionSide.BOTH, "0")), 4_000)
    assert not account.watch.is_mode_doubtful, "an empty row of the other mode stands beside in hedge mode"
    account.watch.heed(_told(_row(PositionSide.BOTH)), 5_000)
    assert account.watch.is_mode_doubtful


def test_multi_assets_mode_is_told_when_it_changes(account: Account) -> None:
    assert account.watch.heed(MultiAssetsReport(False), 1_000) == ()
    assert account.watch.heed(MultiAssetsReport(True), 2_000) == (MultiAssetsModeChangedEvent(2.0, True),)
    assert account.watch.heed(MultiAssetsReport(True), 3_000) == ()
    assert account.watch.heed(MultiAssetsReport(False), 4_000) == (MultiAssetsModeChangedEvent(4.0, False),)


def test_an_account_that_held_the_credit_asset_from_the_beginning_did_not_change(account: Account) -> None:
    assert account.watch.heed(_told(BNFCR="-3"), 1_000) == ()
    assert account.watch.heed(_told(BNFCR="-4"), 2_000) == ()


def test_an_account_that_holds_the_credit_asset_is_in_credits_trading_mode(account: Account) -> None:
    assert account.watch.heed(AccountReport(ReportSource.QUERY, "SNAPSHOT", 500, complete=True), 500) == ()
    assert account.watch.heed(_told(USDT="5"), 1_000) == ()
    assert account.watch.heed(_told(BNFCR="-3"), 2_000) == (CreditModeChangedEvent(2.0, True),)
    assert account.watch.heed(_told(USDT="7"), 3_000) == ()
    gone = AccountReport(ReportSource.QUERY, "SNAPSHOT", 9_000, complete=True)
    assert account.watch.heed(gone, 3_000) == (CreditModeChangedEvent(9.0, False),)
    assert account.watch.heed(gone, 4_000) == ()
