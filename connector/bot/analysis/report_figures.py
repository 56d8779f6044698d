"""The sums of a report, exact: what was traded, captured, lost to those who knew better, paid and received, by day and
pair. Fees and funding are of the margin asset's own; a fee in another asset stands by its name. Pairs of different
margin assets are summed apart.

A fill that captures spread is one at a better price than the mid of its moment: `side · (mid − price) · amount`. What
the mid does afterwards is its adverse selection: `side · (mid later − mid) · amount`, below 0 where it went against us.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
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
    #: Money and prices over time, as they were written down, and of each how far its equity lay below the highest
    #: before it, 0 or less.
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

    @property
    def name(self) -> str:
        """What tells it from others."""
        return f"{self.instance} {self.asset}".rstrip() if self.is_one_of_several else self.instance

    def add_money(self, row: Row) -> None:
        """The equity of a moment."""
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
        return self._summed(self.fills, self.payments)

    def by_day_and_pair(self) -> Mapping[tuple[str, str], Sums]:
        """The same of each day (UTC) and pair."""
        keys = sorted({_key(row) for row in (*self.fills, *self.payments)})
        return {
            key: self._summed(
                [row for row in self.fills if _key(row) == key], [row for row in self.payments if _key(row) == key]
            )
            for key in keys
        }

    def _summed(self, fills: Iterable[Row], payments: Iterable[Row]) -> Sums:
        sums = Sums()
        for row in fills:
            self._add_fill(sums, row)
        for row in payments:
            sums.funding += row["amount"]
        return sums

    def _add_fill(self, sums: Sums, row: Row) -> None:
        volume = row["price"] * row["amount"]
        sums.fills += 1
        sums.volume += volume
        sums.realized += row["realized_pnl"] or ZERO
        if row["fee_asset"]:
            sums.fees[row["fee_asset"]] = sums.fees.get(row["fee_asset"], ZERO) + row["fee_amount"]
        mark = self.seen.get((row["trading_pair"] or row["symbol"], row["trade_id"]))
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
            case "money" if mark.get("equity") is not None and _goes_on(of(instance, asset).money, mark):
                of(instance, asset).add_money(mark)
            case "transfer":
                of(instance, mark["asset"]).add_transfer(Decimal(mark["amount"]))
            case "fill":
                of(instance, asset).seen[mark["pair"], mark["trade_id"]] = mark
            case "run":
                of(instance, asset).runs.append(mark)
    reports = [report for _, report in sorted(found.items()) if report.fills or report.payments or report.money]
    of_instance = Counter(report.instance for report in reports)
    for report in reports:
        report.is_one_of_several = of_instance[report.instance] > 1
    return reports


def _asset(trading_pair: str | None) -> str:
    """In which a pair is margined and settled, as its name says; empty where only a symbol is known."""
    return (trading_pair or "").rpartition("-")[2]


def _goes_on(before: Sequence[Row], mark: Row) -> bool:
    """Whether it is of the pair that those before are of: the equity is that of all, and stands beside each."""
    return not before or before[-1].get("pair") == mark.get("pair")


def _key(row: Row) -> tuple[str, str]:
    day = datetime.fromtimestamp(row["time_ms"] / 1000, UTC).date().isoformat()
    return day, row["trading_pair"] or row["symbol"]


def _text(figure: Decimal | None) -> str | None:
    return None if figure is None else plain(figure)
