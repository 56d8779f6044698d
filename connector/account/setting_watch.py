"""Which of the venue's words on the account's settings tell that another hand changed them.

    leverage        pushed without the most notional: told once it is read with it
    margin type     pushed as a reason of the account's event: the same
    most notional   told when it is read: brackets changed while the leverage did not
    position mode   never pushed. A row or a trade of a side that our mode has not can't be ours: a sign, and it is read
    multi-assets    pushed
    credit mode     never pushed: the credit asset is held

What we set ourselves is known, and not told.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from connector.core.account_events import (
    BracketsChangedEvent,
    CreditModeChangedEvent,
    LeverageChangedEvent,
    MarginTypeChangedEvent,
    MultiAssetsModeChangedEvent,
    PositionModeChangedEvent,
)
from connector.core.amounts import ZERO
from connector.core.enums import PositionMode, PositionSide
from connector.core.events import Event
from connector.core.reports import (
    AccountReport,
    BalanceReport,
    LeverageReport,
    MultiAssetsReport,
    OrderReport,
    PositionModeReport,
    UserReport,
)
from connector.venue.income_kinds import CREDIT_ASSET, MARGIN_TYPE_CHANGE

_BOTH = PositionSide.BOTH


class SettingWatch:
    """`heed` takes each report. What is to be read is in `doubted_symbols`, `changed_brackets`, `is_mode_doubtful`."""

    def __init__(self, pair_of: Callable[[str], str | None], is_ours: Callable[[], bool]) -> None:
        """`pair_of`: None for a symbol that is not traded here. `is_ours`: whether a setting is being changed by us."""
        self._pair_of, self._is_ours = pair_of, is_ours
        self._leverages: dict[str, LeverageReport] = {}
        self._mode: PositionMode | None = None
        self._is_multi_assets: bool | None = None
        self._holds_credit: bool | None = None
        self.doubted_symbols: set[str] = set()
        #: Symbols of which another most notional was told: their maintenance is another one, too.
        self.changed_brackets: set[str] = set()
        self.is_mode_doubtful = False

    def heed(self, report: UserReport, now_ms: int) -> tuple[Event, ...]:
        """What another hand changed, by this report."""
        match report:
            case OrderReport():
                if report.position_side is not None and self._mode is not None:
                    self._doubt_mode(report.position_side)
                return ()
            case AccountReport():
                return self._heed_account(report)
            case LeverageReport():
                return tuple(self._heed_leverage(report, now_ms / 1000))
            case PositionModeReport():
                return tuple(self._heed_mode(report.mode, now_ms / 1000))
            case MultiAssetsReport():
                return tuple(self._heed_multi_assets(report.is_on, now_ms / 1000))
            case _:
                return ()

    def _heed_account(self, report: AccountReport) -> tuple[Event, ...]:
        for row in report.positions:
            if row.amount:
                self._doubt_mode(row.position_side)
            if report.reason == MARGIN_TYPE_CHANGE and self._pair_of(row.symbol) and not self._is_ours():
                self.doubted_symbols.add(row.symbol)
        return tuple(self._heed_credit(report))

    def _doubt_mode(self, side: PositionSide) -> None:
        """In either mode the sides of the other can't be ours."""
        if self._mode is not None and (side is _BOTH) is (self._mode is PositionMode.HEDGE):
            self.is_mode_doubtful = True

    def _heed_leverage(self, report: LeverageReport, at_s: float) -> Iterable[Event]:
        before, pair = self._leverages.get(report.symbol), self._pair_of(report.symbol)
        most = report.max_notional
        if most is None:
            if before is not None and before.leverage != report.leverage and not self._is_ours():
                self.doubted_symbols.add(report.symbol)
            return
        if before is not None and report.margin_type is None:
            report = replace(report, margin_type=before.margin_type)
        self._leverages[report.symbol] = report
        if before is None or before.max_notional is None or pair is None or self._is_ours():
            return
        if before.leverage != report.leverage:
            yield LeverageChangedEvent(at_s, pair, before.leverage, report.leverage, most)
        elif before.max_notional != most:
            self.changed_brackets.add(report.symbol)
            yield BracketsChangedEvent(at_s, pair, before.max_notional, most)
        kinds = before.margin_type, report.margin_type
        if kinds[0] is not None and kinds[1] is not None and kinds[0] is not kinds[1]:
            yield MarginTypeChangedEvent(at_s, pair, kinds[0], kinds[1])

    def _heed_mode(self, mode: PositionMode, at_s: float) -> Iterable[Event]:
        before, self._mode, self.is_mode_doubtful = self._mode, mode, False
        if before is not None and before is not mode and not self._is_ours():
            yield PositionModeChangedEvent(at_s, before, mode)

    def _heed_multi_assets(self, is_on: bool, at_s: float) -> Iterable[Event]:
        before, self._is_multi_assets = self._is_multi_assets, is_on
        if before is not None and before is not is_on and not self._is_ours():
            yield MultiAssetsModeChangedEvent(at_s, is_on)

    def _heed_credit(self, report: AccountReport) -> Iterable[Event]:
        """A complete report names every asset that is held, an event only those that changed."""
        rows = [row for row in report.balances if row.asset == CREDIT_ASSET]
        if not rows and not report.complete:
            return
        before, self._holds_credit = self._holds_credit, _is_held(rows)
        if before is not None and self._holds_credit is not before:
            yield CreditModeChangedEvent(report.time_ms / 1000, self._holds_credit)


def _is_held(rows: list[BalanceReport]) -> bool:
    return any(row.wallet != ZERO for row in rows)
