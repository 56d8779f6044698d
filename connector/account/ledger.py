"""The account as the venue reports it: balances, positions, leverage, mode.

The law:

1. The venue's figures are taken, never derived from our trades; our trades only say whether they explain them.
2. What is older than what stands never overwrites it, whatever way it came: each asset and each position keeps the
   time of its last word, also when it is gone. Rows are dated by their own times, where they have one.
3. A complete snapshot names everything there is: what it leaves out is zero. A position of amount 0 is none. It may
   come from a replica that lags: against a word that is hardly older than the question, only a newer date counts.
   A word that is dated ahead of the venue's clock, which steps back now and then, keeps nothing out.
4. A funding payment counts once, by its number in the venue's account book. The push has none: it moves the wallet.
5. Leverage, margin type and position mode are None until the venue confirmed them.
6. A source that does not say the margin type of a position (positionRisk v3) does not change it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from connector.account.brackets import Brackets, brackets_of, max_notional_e8
from connector.account.funding_payments import FundingPayments
from connector.account.margin import CollateralRates
from connector.account.position_drift import PositionDrift
from connector.core.amounts import NAN, ZERO, from_e8, to_e8
from connector.core.enums import MarginType, PositionMode, PositionSide, TradeType
from connector.core.events import (
    Event,
    FundingPaymentCompletedEvent,
    LeverageConfirmedEvent,
    MarginCallEvent,
    OrderFilledEvent,
)
from connector.core.position import Position
from connector.core.reports import (
    AccountReport,
    BalanceReport,
    BracketsReport,
    CollateralReport,
    Fill,
    FundingReport,
    LeverageReport,
    MarginCallReport,
    MultiAssetsReport,
    PositionModeReport,
    PositionReport,
)
from connector.venue.order_fields import CLOSE_SEMANTICS

#: No replica lags longer than this.
_REPLICA_LAG_MS = 5_000
#: The venue's clock, as measured, may be behind its own stamps by so much.
_CLOCK_SLACK_MS = 1_000
#: What a snapshot dates further after its question is of before the venue's clock stepped back.
_MOST_AHEAD_MS = 5_000

LedgerReport = (
    AccountReport
    | FundingReport
    | LeverageReport
    | PositionModeReport
    | MultiAssetsReport
    | CollateralReport
    | BracketsReport
    | MarginCallReport
)


@dataclass(frozen=True, slots=True)
class LedgerNames:
    """What the ledger cannot know itself."""

    #: The connector's name in funding events.
    market: str
    #: The trading pair of a symbol, None for a symbol that is not ours to trade.
    pair_of: Callable[[str], str | None]


class Ledger:
    """Balances by asset, positions by symbol and side, leverage by symbol. Amounts in the venue's own units."""

    __slots__ = (
        "_balances", "_brackets", "_drift", "_funding", "_leverage", "_margin_types", "_names", "_position_mode",
        "_positions", "_rates", "_reported_ms", "_told_marks", "_watcher", "is_multi_assets",
    )  # fmt: skip

    def __init__(self, names: LedgerNames, funding: FundingPayments, drift: PositionDrift) -> None:
        self._names = names
        self._funding = funding
        self._drift = drift
        self._balances: dict[str, BalanceReport] = {}
        self._positions: dict[tuple[str, PositionSide], PositionReport] = {}
        #: Time of the last report of a position, or of an asset (side None); kept when it is gone.
        self._reported_ms: dict[tuple[str, PositionSide | None], int] = {}
        self._leverage: dict[str, LeverageReport] = {}
        self._position_mode: PositionMode | None = None
        self._margin_types: dict[str, MarginType] = {}
        self._told_marks: dict[str, Decimal] = {}
        self._brackets: dict[str, Brackets] = {}
        self._rates: dict[str, CollateralRates] = {}
        #: Whether all assets back all positions, as the venue last said.
        self.is_multi_assets = False
        self._watcher: Callable[[LedgerReport], None] | None = None

    def watch(self, watcher: Callable[[LedgerReport], None]) -> None:
        """`watcher` is called with each report once it is taken in."""
        self._watcher = watcher

    def apply(self, report: LedgerReport, now_ms: int) -> tuple[Event, ...]:
        """Take one report in; return what is new for the bot."""
        events = self._applied(report, now_ms)
        if self._watcher is not None:
            self._watcher(report)
        return events

    def _applied(self, report: LedgerReport, now_ms: int) -> tuple[Event, ...]:
        match report:
            case AccountReport():
                return self._apply_account(report)
            case FundingReport():
                return self._apply_funding(report)
            case LeverageReport():
                return self._apply_leverage(report, now_ms)
            case PositionModeReport():
                self._position_mode = report.mode
                return ()
            case MultiAssetsReport():
                self.is_multi_assets = report.is_on
                return ()
            case CollateralReport():
                self._rates |= {row.asset: CollateralRates(to_e8(row.bid), to_e8(row.ask)) for row in report.rates}
                return ()
            case BracketsReport():
                self._brackets[report.symbol] = brackets_of(report.rows)
                return ()
            case MarginCallReport():
                pairs = tuple(self._names.pair_of(symbol) or symbol for symbol in report.symbols)
                return (MarginCallEvent(report.time_ms / 1000, pairs),)

    def step_back(self, venue_ms: int) -> None:
        """The venue's clock stepped back to so much: no word of before keeps out what is told from here on."""
        self._reported_ms = {key: time_ms for key, time_ms in self._reported_ms.items() if time_ms <= venue_ms}
        self._drift.begin_anew()

    def remember_payment(self, report: FundingReport) -> None:
        """A funding payment that was told in an earlier life: it is not told again."""
        self._funding.is_new(report)

    def explain(self, fill: OrderFilledEvent) -> None:
        """One fill of ours, which the next snapshot's position must contain."""
        mode = self._position_mode or PositionMode.ONEWAY
        side = CLOSE_SEMANTICS[mode, fill.position, fill.trade_type].position_side
        signed = fill.amount if fill.trade_type is TradeType.BUY else -fill.amount
        self._drift.explain((fill.trading_pair, side), signed, round(fill.timestamp * 1000), fill.exchange_trade_id)

    def explain_of_another(self, symbol: str, trade_type: TradeType, fill: Fill) -> None:
        """A trade by which the venue itself, or another hand, moved a position: it explains the next snapshot, too."""
        pair = self._names.pair_of(symbol)
        if pair is not None:
            signed = fill.amount * trade_type.sign
            self._drift.explain((pair, fill.position_side), signed, fill.time_ms, fill.trade_id)

    @property
    def payments(self) -> FundingPayments:
        """Which funding payments are told."""
        return self._funding

    @property
    def suspects_drift(self) -> bool:
        """Whether a position was not explained at the last look, and is not told yet."""
        return self._drift.suspects

    @property
    def position_mode(self) -> PositionMode | None:
        """None until the venue confirmed it."""
        return self._position_mode

    @property
    def assumed_mode(self) -> PositionMode:
        """The mode in force; one-way, as accounts begin, until the venue confirmed it."""
        return self._position_mode or PositionMode.ONEWAY

    def margin_type(self, symbol: str) -> MarginType | None:
        """Of a symbol, held or not; None until the venue told it."""
        return self._margin_types.get(symbol)

    def told_mark(self, symbol: str) -> Decimal | None:
        """The mark by which the last complete snapshot valued a symbol, ordered or held; None where it named none."""
        return self._told_marks.get(symbol)

    def brackets(self, symbol: str) -> Brackets:
        """The symbol's leverage brackets, the lowest first; empty until they were read."""
        return self._brackets.get(symbol, ())

    def rates(self, asset: str) -> CollateralRates | None:
        """What an asset counts for in multi-assets mode, None until it was read."""
        return self._rates.get(asset)

    @property
    def has_rates(self) -> bool:
        """Whether any of these was read."""
        return bool(self._rates)

    def balance(self, asset: str) -> BalanceReport | None:
        """The venue's last word on an asset, or None."""
        return self._balances.get(asset)

    @property
    def balances(self) -> Mapping[str, BalanceReport]:
        """By asset."""
        return self._balances

    @property
    def positions(self) -> tuple[PositionReport, ...]:
        """Every position that is not flat, foreign symbols among them."""
        return tuple(self._positions.values())

    def positions_of(self, symbol: str) -> tuple[PositionReport, ...]:
        """The symbol's positions that are not flat: at most one in one-way mode, two in hedge mode."""
        return tuple(row for (name, _), row in self._positions.items() if name == symbol)

    def position(self, symbol: str, side: PositionSide) -> PositionReport | None:
        """The venue's last word on one position, None where it is flat."""
        return self._positions.get((symbol, side))

    def held(self, symbol: str, side: PositionSide) -> Decimal:
        """The signed amount of one position, 0 where there is none."""
        row = self._positions.get((symbol, side))
        return row.amount if row else ZERO

    def account_positions(self) -> dict[str, Position]:
        """Our pairs' positions by pair; in hedge mode by pair with LONG or SHORT appended."""
        rows: dict[str, Position] = {}
        for row in self._positions.values():
            pair = self._names.pair_of(row.symbol)
            if pair is None:
                continue
            suffix = "" if row.position_side is PositionSide.BOTH else row.position_side.name
            rows[pair + suffix] = Position(
                trading_pair=pair,
                position_side=row.position_side,
                unrealized_pnl=row.unrealized_pnl,
                entry_price=row.entry_price,
                amount=row.amount,
                leverage=self.assumed_leverage(row.symbol),
                margin_type=row.margin_type,
                isolated_wallet=row.isolated_wallet,
                adl_rank=row.adl_rank,
            )
        return rows

    def leverage(self, symbol: str) -> int | None:
        """The leverage in force, None until the venue confirmed it."""
        report = self._leverage.get(symbol)
        return report.leverage if report else None

    def assumed_leverage(self, symbol: str) -> int:
        """The leverage in force; 1, the dearest, until the venue confirmed it."""
        return self.leverage(symbol) or 1

    def balance_ms(self, asset: str) -> int:
        """The date of the word by which an asset's wallet stands, by the venue's clock; 0: there was none."""
        return self._reported_ms.get((asset, None), 0)

    def max_notional(self, symbol: str) -> Decimal | None:
        """The most that position and same-side orders may be worth at the leverage in force; None when unknown."""
        report = self._leverage.get(symbol)
        return report.max_notional if report else None

    def _apply_account(self, report: AccountReport) -> tuple[Event, ...]:
        for balance in report.balances:
            if self._is_news((balance.asset, None), report, balance.time_ms):
                self._balances[balance.asset] = balance
        for position in report.positions:
            if self._is_news((position.symbol, position.position_side), report, position.time_ms):
                self._set(self._typed(position) if report.complete else position)
                if not report.complete:
                    self._margin_types[position.symbol] = position.margin_type
        if report.complete:
            self._told_marks = {row.symbol: row.mark_price for row in report.positions if row.mark_price is not None}
            self._drop_omitted(report)
            return self._drift.compare(self._signed_amounts(report), report.time_ms)
        return ()

    def _is_news(self, key: tuple[str, PositionSide | None], report: AccountReport, dated_ms: int | None) -> bool:
        """Whether a row says what is newer than what stands. `dated_ms` is the row's own time."""
        is_dated = dated_ms is not None and dated_ms <= report.time_ms + _MOST_AHEAD_MS
        time_ms = dated_ms if is_dated and dated_ms is not None else report.time_ms
        stands_ms = self._reported_ms.get(key, 0)
        if time_ms < stands_ms and not (report.complete and self._outlived(stands_ms, report.time_ms)):
            return False
        self._reported_ms[key] = time_ms
        return True

    def _outlived(self, stands_ms: int, asked_ms: int) -> bool:
        """Whether a snapshot that was asked for then is believed against a word of that time."""
        return not -_CLOCK_SLACK_MS <= asked_ms - stands_ms <= _REPLICA_LAG_MS

    def _typed(self, position: PositionReport) -> PositionReport:
        """A row whose source tells no margin type: what is posted for it shows that it is isolated."""
        if position.isolated_wallet or self._margin_types.get(position.symbol) is None:
            return position
        return replace(position, margin_type=self._margin_types[position.symbol])

    def _set(self, position: PositionReport) -> None:
        key = position.symbol, position.position_side
        if position.amount:
            self._positions[key] = position
        else:
            self._positions.pop(key, None)

    def _drop_omitted(self, report: AccountReport) -> None:
        assets = {balance.asset for balance in report.balances}
        for asset in self._balances.keys() - assets:
            if self._is_left_out((asset, None), report):
                del self._balances[asset]
        keys = {(row.symbol, row.position_side) for row in report.positions}
        for key in self._positions.keys() - keys:
            if self._is_left_out(key, report):
                del self._positions[key]

    def _is_left_out(self, key: tuple[str, PositionSide | None], report: AccountReport) -> bool:
        """Whether what a snapshot does not name is gone, and was not named because the snapshot is old."""
        if not self._outlived(self._reported_ms.get(key, 0), report.time_ms):
            return False
        self._reported_ms[key] = report.time_ms
        return True

    def _signed_amounts(self, report: AccountReport) -> dict[tuple[str, PositionSide], Decimal]:
        """By trading pair and side, of our pairs."""
        pairs = ((self._names.pair_of(row.symbol), row) for row in report.positions)
        return {(pair, row.position_side): row.amount for pair, row in pairs if pair is not None}

    def _apply_funding(self, report: FundingReport) -> tuple[Event, ...]:
        pair = self._names.pair_of(report.symbol)
        if pair is None or not self._funding.is_new(report):
            return ()
        event = FundingPaymentCompletedEvent(
            timestamp=report.time_ms / 1000,
            market=self._names.market,
            trading_pair=pair,
            amount=report.amount,
            funding_rate=NAN if report.rate is None else report.rate,
            asset=report.asset,
            income_id=report.income_id,
            interval_s=report.interval_ms / 1000,
            is_special=report.is_special,
        )
        return (event,)

    def _apply_leverage(self, report: LeverageReport, now_ms: int) -> tuple[Event, ...]:
        if report.margin_type is not None:
            self._margin_types[report.symbol] = report.margin_type
        if report.max_notional is None and (brackets := self._brackets.get(report.symbol)):
            report = replace(report, max_notional=from_e8(max_notional_e8(brackets, report.leverage)))
        known = self._leverage.get(report.symbol)
        changed = known is None or known.leverage != report.leverage
        if known is not None and not changed and report.max_notional is None:
            return ()
        self._leverage[report.symbol] = report
        pair = self._names.pair_of(report.symbol)
        if pair is None or not changed:
            return ()
        return (LeverageConfirmedEvent(now_ms / 1000, pair, report.leverage),)
