"""The sums of a report, exact: what was traded, captured, lost to those who knew better, paid and received, by day,
strategy and pair. Fees and funding are of the margin asset's own; a fee in another asset stands by its name. Pairs of
different margin assets are summed apart.

A fill that captures spread is one at a better price than the mid of its moment: `side · (mid − price) · amount`. What
the mid does afterwards is its adverse selection: `side · (mid later − mid) · amount`, below 0 where it went against us.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connector.bot.records.marks import AFTER_S
from connector.core.amounts import ZERO, plain

Row = dict[str, Any]
_TEN_THOUSAND = Decimal(10_000)


@dataclass(slots=True)
class Sums:
    """Of a day and a pair, or of all."""

    fills: int = 0
    volume: Decimal = ZERO
    realized: Decimal = ZERO
    funding: Decimal = ZERO
    #: By asset.
    fees: dict[str, Decimal] = field(default_factory=dict)
    #: Of the fills whose mid is known; `seen` is their volume.
    spread: Decimal = ZERO
    seen: Decimal = ZERO
    #: By seconds after the fill, with the volume of the fills that were looked at again.
    after: dict[int, tuple[Decimal, Decimal]] = field(default_factory=dict)

    def basis_points(self, amount: Decimal, volume: Decimal) -> Decimal | None:
        """Of the volume; None where there is none."""
        return round(amount / volume * _TEN_THOUSAND, 3) if volume else None

    def to_json(self) -> Row:
        return {
            "fills": self.fills, "volume": plain(self.volume), "realized": plain(self.realized),
            "funding": plain(self.funding), "fees": {asset: plain(fee) for asset, fee in self.fees.items()},
            "spread_captured": plain(self.spread), "spread_bp": _text(self.basis_points(self.spread, self.seen)),
            "after": {
                str(seconds): {"amount": plain(amount), "bp": _text(self.basis_points(amount, volume))}
                for seconds, (amount, volume) in sorted(self.after.items())
            },
        }  # fmt: skip


@dataclass(slots=True)
class AccountReport:
    """What one instance did in pairs of one margin asset."""

    instance: str
    asset: str = ""
    fills: list[Row] = field(default_factory=list)
    payments: list[Row] = field(default_factory=list)
    #: Money over time, as it was written down, and of each how far its equity lay below the highest before it, 0 or
    #: less.
    money: list[Row] = field(default_factory=list)
    drawdowns: list[Decimal] = field(default_factory=list)
    highest: Decimal | None = None
    #: What came since the first of them, less what went.
    transferred: Decimal = ZERO
    #: The instance has others, of other margin assets.
    is_one_of_several: bool = False
    #: What was seen at fills, by pair and trade id.
    seen: dict[tuple[str, str], Row] = field(default_factory=dict)
    runs: list[Row] = field(default_factory=list)
    #: Prices and what was held over time, by pair.
    markets: dict[str, list[Row]] = field(default_factory=dict)
    #: The pair beside which the equity of the run that is on is read: it stands beside each.
    leading: str = ""

    @property
    def name(self) -> str:
        """What tells it from others."""
        return f"{self.instance} {self.asset}".rstrip() if self.is_one_of_several else self.instance

    def begin(self, run: Row) -> None:
        """A run begins, of other pairs maybe."""
        self.runs.append(run)
        self.leading = ""

    def add_money(self, row: Row) -> None:
        """A pair's prices and what is held of it at a moment, and the equity then, which stands beside each pair."""
        pair = row.get("pair", "")
        self.markets.setdefault(pair, []).append(row)
        self.leading = self.leading or pair
        if pair != self.leading:
            return
        equity = Decimal(row["equity"])
        self.highest = equity if self.highest is None else max(self.highest, equity)
        self.money.append(row)
        self.drawdowns.append(equity - self.highest)

    def add_transfer(self, amount: Decimal) -> None:
        """Money came or went, which is no gain and no loss."""
        if self.highest is not None:
            self.highest += amount
            self.transferred += amount

    @property
    def total(self) -> Sums:
        """Of all days and pairs."""
        return self._summed(lambda row: ("", "")).get(("", ""), Sums())

    def by_day_and_pair(self) -> Mapping[tuple[str, str], Sums]:
        """The same of each day (UTC) and pair."""
        return self._summed(lambda row: (_day(row), _pair(row)))

    def by_strategy_and_pair(self) -> Mapping[tuple[str, str], Sums]:
        """The same of each strategy, by the run's name of it, and pair; together they are the total."""
        return self._summed(lambda row: (row.get("strategy", ""), _pair(row)))

    @property
    def pairs(self) -> list[str]:
        """That it traded, or looked at."""
        return sorted({*self.markets, *(_pair(row) for row in (*self.fills, *self.payments))})

    def to_json(self) -> Row:
        """The total, that of each strategy and pair, and what the equity did where it was seen."""
        parts = self.by_strategy_and_pair().items()
        by = [{"strategy": strategy, "pair": pair, **sums.to_json()} for (strategy, pair), sums in parts]
        return {**self.total.to_json(), "by_strategy_and_pair": by, "equity": self._equity()}

    def _equity(self) -> Row | None:
        if not self.money:
            return None
        first, last = (Decimal(self.money[at]["equity"]) for at in (0, -1))
        return {
            "first": plain(first), "last": plain(last), "change": plain(last - first),
            "came_or_went": plain(self.transferred), "largest_drawdown": plain(min(self.drawdowns)),
        }  # fmt: skip

    def _summed(self, key: Callable[[Row], tuple[str, str]]) -> dict[tuple[str, str], Sums]:
        sums: dict[tuple[str, str], Sums] = {}
        for row in self.fills:
            self._add_fill(sums.setdefault(key(row), Sums()), row)
        for row in self.payments:
            sums.setdefault(key(row), Sums()).funding += row["amount"]
        return dict(sorted(sums.items()))

    def _add_fill(self, sums: Sums, row: Row) -> None:
        volume = row["price"] * row["amount"]
        sums.fills += 1
        sums.volume += volume
        sums.realized += row["realized_pnl"] or ZERO
        if row["fee_asset"]:
            sums.fees[row["fee_asset"]] = sums.fees.get(row["fee_asset"], ZERO) + row["fee_amount"]
        mark = self.seen.get((_pair(row), row["trade_id"]))
        if mark is None or not mark["mid"] or row["trade_type"] not in ("BUY", "SELL"):
            return
        side, mid = (1 if row["trade_type"] == "BUY" else -1), Decimal(mark["mid"])
        sums.spread += side * (mid - row["price"]) * row["amount"]
        sums.seen += volume
        for seconds in AFTER_S:
            later = mark["after"].get(str(seconds))
            if later:
                amount, before = sums.after.get(seconds, (ZERO, ZERO))
                sums.after[seconds] = amount + side * (Decimal(later) - mid) * row["amount"], before + volume


def account_reports(
    fills: Iterable[Row], payments: Iterable[Row], marks: Iterable[tuple[str, Row]]
) -> list[AccountReport]:
    """One for each instance that did anything, and each margin asset, by name. `marks`: as they were written."""
    found: dict[tuple[str, str], AccountReport] = {}

    def of(instance: str, asset: str) -> AccountReport:
        return found.setdefault((instance, asset), AccountReport(instance, asset))

    for row in fills:
        of(row["instance"], _asset(row["trading_pair"])).fills.append(row)
    for row in payments:
        of(row["instance"], row.get("asset") or _asset(row["trading_pair"])).payments.append(row)
    for instance, mark in marks:
        asset = _asset(mark.get("pair"))
        match mark.get("kind"):
            case "money" if mark.get("equity") is not None:
                of(instance, asset).add_money(mark)
            case "transfer":
                of(instance, mark["asset"]).add_transfer(Decimal(mark["amount"]))
            case "fill":
                of(instance, asset).seen[mark["pair"], mark["trade_id"]] = mark
            case "run":
                for each in {asset, *(_asset(pair) for one in mark.get("strategies", ()) for pair in one["pairs"])}:
                    of(instance, each).begin(mark)
    reports = [report for _, report in sorted(found.items()) if report.fills or report.payments or report.money]
    of_instance = Counter(report.instance for report in reports)
    for report in reports:
        report.is_one_of_several = of_instance[report.instance] > 1
    return reports


def _asset(trading_pair: str | None) -> str:
    """In which a pair is margined and settled, as its name says; empty where only a symbol is known."""
    return (trading_pair or "").rpartition("-")[2]


def _day(row: Row) -> str:
    return datetime.fromtimestamp(row["time_ms"] / 1000, UTC).date().isoformat()


def _pair(row: Row) -> str:
    pair: str = row["trading_pair"] or row["symbol"]
    return pair


def _text(figure: Decimal | None) -> str | None:
    return None if figure is None else plain(figure)
