"""The summary of a run: the bot's books beside the exchange's, one section an exchange epoch."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from rich.table import Table

from connector.bot.report.accounting import Figures
from connector.bot.report.foreign import Foreign
from connector.bot.report.played_market import played_market
from connector.bot.report.result_split import ResultSplit
from connector.bot.report.snapshot import PositionStatus, as_json
from connector.core.amounts import ZERO, plain

#: The figures in which the two columns must be equal; wallet and position too, foreign items set aside.
EQUAL = ("placed", "cancelled", "fills", "buys", "sells", "notional", "fees", "other_fees", "funding", "realized_pnl")
#: What an exchange that could not be asked had told by itself.
TOLD = ("wallet_start", "wallet_end", "position", "unrealized_pnl", "equity")
#: What goes with the mark price, of which each side has its own moment.
OF_MARK = ("unrealized_pnl", "equity")
Figure = Decimal | int | Mapping[str, Decimal]
#: Every row of the table, with its title.
SHOWN = {
    "placed": "orders placed",
    "cancelled": "orders cancelled",
    "rejected": "orders rejected",
    "not_sent": "not sent, or never arrived",
    "fills": "fills",
    "buys": "of these buys",
    "sells": "of these sells",
    "notional": "notional",
    "fees": "fees",
    "funding": "funding",
    "realized_pnl": "realised PnL",
    "wallet_start": "wallet at start",
    "wallet_end": "wallet at end",
    "position": "position",
    "unrealized_pnl": "unrealised PnL",
    "equity": "equity",
    "open_at_end": "open at end",
}


@dataclass(frozen=True, slots=True)
class EpochSection:
    """One exchange epoch, both columns of it; of the first pair, with the others beside it."""

    trading_pair: str
    #: The margin asset.
    asset: str
    bot: Figures
    exchange: Figures
    #: What the wallets' changes are not explained by, by asset; the margin asset first.
    residuals: Mapping[str, Decimal]
    foreign: Foreign
    #: Lines that one side lacks.
    differences: tuple[str, ...]
    #: False: the exchange was gone before it could be asked, and its column is what it last told by itself.
    asked: bool = True
    #: The market data's own account: what was applied, lost and mended of each pair.
    feeds: Mapping[str, Any] = field(default_factory=dict)
    #: What was refused and kept back, by whom, and why.
    orders: Mapping[str, Any] = field(default_factory=dict)
    #: The journal's own account; empty without one.
    journal: Mapping[str, Any] = field(default_factory=dict)
    #: Where the result came from, by asset, that of the first pair first; none where no order could go.
    results: tuple[ResultSplit, ...] = ()
    #: What is held at the end.
    positions: tuple[PositionStatus, ...] = ()
    #: The columns of the other pairs that were traded.
    beside: tuple["EpochSection", ...] = ()

    @property
    def pairs(self) -> tuple["EpochSection", ...]:
        """Each pair's columns."""
        return (self, *self.beside)

    @property
    def agrees(self) -> bool:
        """Nothing is unexplained: no residual, no line that one side lacks, no figure that is not the same."""
        return not any(any(row.residuals.values()) or row.own_differences for row in self.pairs)

    @property
    def was_asked(self) -> bool:
        """Whether the exchange could be asked of each pair."""
        return all(row.asked for row in self.pairs)

    @property
    def open_at_end(self) -> int:
        """By the exchange, of all pairs."""
        return sum(row.exchange.open_at_end for row in self.pairs)

    @property
    def residual(self) -> Decimal:
        """Of the margin asset."""
        return next(iter(self.residuals.values()), ZERO)

    @property
    def all_differences(self) -> tuple[str, ...]:
        """Of each pair, which is named where there are several."""
        if not self.beside:
            return self.own_differences
        return tuple(f"{row.trading_pair}: {line}" for row in self.pairs for line in row.own_differences)

    @property
    def own_differences(self) -> tuple[str, ...]:
        if not self.asked:
            return self.differences
        unequal = [
            f"{name}: {_text(mine)} by the bot, {_text(theirs)} by the exchange"
            for name, mine, theirs in self._compared()
            if mine != theirs
        ]
        return (*self.differences, *unequal)

    def _compared(self) -> list[tuple[str, Figure, Figure]]:
        """The figures that must be equal once foreign items are set aside."""
        mine, theirs, foreign = self.bot, self.exchange, self.foreign
        pairs = [(name, getattr(mine, name), getattr(theirs, name)) for name in EQUAL]
        return [
            *pairs,
            ("wallet_end", mine.wallet_end, theirs.wallet_end - foreign.of(foreign.asset)),
            ("position", mine.position, theirs.position - foreign.position),
        ]

    def to_json(self) -> dict[str, Any]:
        """At the top the first pair's columns; `pairs` has those of each."""
        result, *others = (split.to_json() for split in self.results) if self.results else (None,)
        return {
            **self._columns(),
            "pairs": {row.trading_pair: row._columns() for row in self.pairs},
            "feeds": dict(self.feeds),
            "orders": dict(self.orders),
            "journal": dict(self.journal),
            "result": result,
            "results_beside": {split.asset: row for split, row in zip(self.results[1:], others, strict=True)},
            "positions": as_json(self.positions),
        }

    def _columns(self) -> dict[str, Any]:
        return {
            "bot": _column(self.bot),
            "exchange": _column(self.exchange) if self.asked else _as_json(self.exchange),
            "residual": plain(self.residual),
            "residual_by_asset": {asset: plain(amount) for asset, amount in self.residuals.items()},
            "foreign": self.foreign.to_json(),
            "differences": list(self.own_differences),
            "asked": self.asked,
        }


@dataclass(frozen=True, slots=True)
class Summary:
    """A whole run. The top level of the JSON form speaks of the last epoch."""

    domain: str
    trading_pair: str
    #: The margin asset.
    asset: str
    duration_s: float
    #: A section an exchange epoch, the first one first.
    lives: tuple[EpochSection, ...]
    #: What the background market did, in words.
    background: str = ""
    #: In a dry run the domain whose market was played; else empty.
    data_of: str = ""
    is_rehearsal: bool = False

    @property
    def agrees(self) -> bool:
        return all(epoch.agrees for epoch in self.lives)

    @property
    def differences(self) -> tuple[str, ...]:
        found = [line for epoch in self.lives for line in epoch.all_differences]
        found += [
            f"residual {plain(amount)} {asset}: the wallet's change is not explained"
            for epoch in self.lives
            for row in epoch.pairs
            for asset, amount in row.residuals.items()
            if amount
        ]
        return tuple(found)

    def to_json(self) -> dict[str, Any]:
        last = self.lives[-1].to_json()
        return {
            "domain": self.domain,
            "trading_pair": self.trading_pair,
            "duration_s": round(self.duration_s, 3),
            **last,
            "lives": [epoch.to_json() for epoch in self.lives],
            "background": self.background,
            "dry_run": self.data_of or None,
        }

    @property
    def mark_lines(self) -> tuple[str, ...]:
        """By how much the equities of both columns are apart, and why; nothing where they are equal."""
        lines = []
        for epoch in self.lives:
            apart, others = epoch.exchange.unrealized_pnl - epoch.bot.unrealized_pnl, epoch.foreign.of(self.asset)
            if epoch.asked and apart:
                what = "unrealised PnL is" if others else "unrealised PnL and equity are"
                why = "each column has the mark price at which it was read"
                lines.append(f"{what} {_text(abs(apart))} {self.asset} apart: {why}")
            if epoch.asked and others:
                lines.append(f"equity: {_signed(others)} {self.asset} not of the bot, in the exchange's column alone")
        return tuple(lines)

    @property
    def journal_line(self) -> str:
        """How long the disk took at most; empty without a journal."""
        rows = [epoch.journal for epoch in self.lives if epoch.journal]
        longest = max((row["longest_sync_ms"] for row in rows), default=0.0)
        return f"journal: synced {rows[-1]['durability']}, longest sync {longest:.1f} ms" if rows else ""

    @property
    def order_lines(self) -> tuple[str, ...]:
        """What the exchange refused and what was kept back, with the reasons; nothing where all orders went."""
        lines = []
        for epoch in self.lives:
            refused, pauses = epoch.orders.get("refusals", {}), epoch.orders.get("pauses", ())
            lines += [f"refused {_times(row['count'])}: {code} {row['meaning']}" for code, row in refused.items()]
            lines += [f"openings of {row['of']} paused {_times(row['times'])}: {row['reason']}" for row in pauses]
            if epoch.orders.get("kept_back"):
                lines.append(f"opening orders kept back: {epoch.orders['kept_back']}")
        return tuple(lines)

    def tables(self) -> list[Table]:
        """One table an epoch and pair, and where there are several pairs one of what they came to, for a person."""
        found: list[Table] = []
        for number, epoch in enumerate(self.lives, 1):
            found += [self._table(number, epoch, row) for row in epoch.pairs]
            if epoch.beside:
                titled = ((self._title(number, f"all pairs in {split.asset}"), split) for split in epoch.results)
                found += [_split_table(*row) for row in titled]
        return found

    def _title(self, number: int, of: str) -> str:
        which = f", exchange life {number}" if len(self.lives) > 1 else ""
        dry = f", {played}" if (played := played_market(self.data_of, is_rehearsal=self.is_rehearsal)) else ""
        return f"{of} on {self.domain}{dry}{which}"

    def _table(self, number: int, whole: EpochSection, epoch: EpochSection) -> Table:
        title = self._title(number, epoch.trading_pair)
        # A title wider than its figures would be broken.
        table = Table(title=title, title_justify="left", min_width=len(title))
        table.add_column("")
        table.add_column("bot", justify="right")
        table.add_column("exchange" if epoch.asked else "exchange (last told)", justify="right")
        for name, title in SHOWN.items():
            mine, theirs = getattr(epoch.bot, name), getattr(epoch.exchange, name)
            if not epoch.asked and name not in TOLD:
                theirs = None
            style = None if mine == theirs or theirs is None or name in OF_MARK else "bold red"
            table.add_row(title, _text(mine), _text(theirs), style=style)
            if name == "fees":
                _add_other_fees(table, epoch, epoch.asset)
        if not whole.beside:
            _add_result(table, epoch)
        for held in whole.positions:
            if held.trading_pair == epoch.trading_pair:
                _add_position(table, held)
        table.add_section()
        table.add_row("foreign trades", "", str(epoch.foreign.trades) if epoch.foreign.trades else "none")
        for title, asset, amount in epoch.foreign.titled:
            table.add_row(title, "", f"{_text(amount)} {asset}")
        left = ", ".join(f"{plain(amount)} {asset}" for asset, amount in epoch.residuals.items())
        table.add_row("residual", "", left, style="green" if epoch.agrees else "bold red")
        return table


def _add_result(table: Table, epoch: EpochSection) -> None:
    """Where the result of one pair came from."""
    for split in epoch.results:
        table.add_section()
        for name, amount in split.parts.items():
            table.add_row(name, f"{_signed(amount)} {split.asset}", "")
            if name == "others":
                for part, of_it in split.total.others_by.items():
                    table.add_row(f"  {part}", f"{_signed(of_it)} {split.asset}", "")
        table.add_row("equity changed by", f"{_signed(split.change)} {split.asset}", "")


def _split_table(title: str, split: ResultSplit) -> Table:
    """What the equity of an asset did, a column a pair, and one of all."""
    table = Table(title=title, title_justify="left", min_width=len(title))
    several = split.by_pair if len(split.by_pair) > 1 else {}
    columns = {**several, "all": split.total}
    for name in ("", *columns):
        table.add_column(name, justify="right" if name else "left")
    for part in split.parts:
        table.add_row(part, *(_signed(row.parts[part]) for row in columns.values()))
        for other in split.total.others_by if part == "others" else ():
            table.add_row(f"  {other}", *(_signed(row.others_by.get(other, ZERO)) for row in columns.values()))
    table.add_row("equity changed by", *(_signed(row.change) for row in columns.values()))
    return table


def _add_position(table: Table, held: PositionStatus) -> None:
    table.add_section()
    table.add_row("held at the end", f"{plain(held.amount)} {held.trading_pair}", "")
    table.add_row("  entry price", _text(held.entry_price), "")
    table.add_row("  mark price", _text(held.mark_price) if held.mark_price.is_finite() else "unknown", "")
    if held.liquidation_price.is_finite() and held.liquidation_price:
        away = f"({plain(held.liquidation_distance)} % away)"
        table.add_row("  liquidation price", f"{_text(held.liquidation_price)} {away}", "")


def _signed(amount: Decimal) -> str:
    return f"{'+' if _shown(amount) > 0 else ''}{_text(amount)}"


def _add_other_fees(table: Table, epoch: EpochSection, margin_asset: str) -> None:
    """Fees in other assets, and what all fees were worth."""
    mine, theirs = epoch.bot.other_fees, epoch.exchange.other_fees
    for asset in sorted(mine.keys() | theirs.keys()):
        differs = epoch.asked and mine.get(asset) != theirs.get(asset)
        told = _text(theirs.get(asset)) if epoch.asked else ""
        table.add_row(f"fees in {asset}", _text(mine.get(asset)), told, style="bold red" if differs else None)
    if epoch.bot.fees_value is not None:
        table.add_row(f"all fees in {margin_asset}", _text(epoch.bot.fees_value), "")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _column(figures: Figures) -> dict[str, Any]:
    values = {item.name: getattr(figures, item.name) for item in fields(figures)} | {"equity": figures.equity}
    return {name: _as_text(value) for name, value in values.items() if value is not None}


def _as_text(value: Any) -> Any:
    """Decimals as text, those of a mapping too."""
    if isinstance(value, Mapping):
        return {name: plain(amount) for name, amount in value.items()}
    return plain(value) if isinstance(value, Decimal) else value


def _as_json(figures: Figures) -> dict[str, Any]:
    """What an exchange that could not be asked had told by itself; null for the rest."""
    return {name: value if name in TOLD else None for name, value in _column(figures).items()}


def _text(value: Figure | None) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return ", ".join(f"{_text(amount)} {asset}" for asset, amount in sorted(value.items())) or "none"
    if isinstance(value, Decimal):
        value = _shown(value)
        if value % 1:
            return f"{value:,.8f}".rstrip("0").rstrip(".")
    return f"{value:,.0f}"


def _shown(amount: Decimal) -> Decimal:
    """To the last of the eight decimals that an exchange books; what is less is nothing, and has no sign."""
    return round(amount, 8) + ZERO
