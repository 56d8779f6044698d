"""The live table: what a person who runs a bot looks at, all of it from the connector."""

from collections.abc import Sequence
from decimal import Decimal

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from connector.bot.report.accounting import Accounting, Figures
from connector.core.amounts import ZERO, plain
from connector.core.enums import OrderWay, StreamKind, TradeType
from connector.core.faults import UnavailableFault
from connector.core.position import Position
from connector.core.twins import TWINS_IN_USE
from connector.exchange.derivative import PerpetualDerivative
from connector.exchange.network.entry_report import entry_report
from connector.orders.in_flight_order import InFlightOrder

_DOWN, _UP = "red", "green"
_LEVELS = 4
#: Below this many columns the wide tables cannot be read.
_NARROW = 110


class Status:
    """What is shown of one epoch. `line` for a log, `table` for a terminal."""

    def __init__(
        self, connector: PerpetualDerivative, accounting: Accounting, trading_pair: str, data_of: str = ""
    ) -> None:
        """`data_of`: in a dry run the domain whose market is played."""
        self._data_of = data_of
        self._connector = connector
        self._accounting = accounting
        self._pair = trading_pair
        self._rule = connector.trading_rules[trading_pair]

    def line(self) -> str:
        """One line of plain text."""
        figures = self._accounting.figures
        state = self._not_trading() or ("ready" if self._connector.ready else f"waiting ({self._shut_gate()})")
        quotes = len(self._connector.in_flight_orders)
        by_rest = f"  orders by REST ({trouble})" if (trouble := self._connector.order_way()[1]) else ""
        dry = f"DRY RUN on {self._data_of}  " if self._data_of else ""
        return (
            f"{dry}{self._pair} {self._touch(False)} / {self._touch(True)}  {state}  "
            f"quotes {quotes}  fills {figures.buys} buys {figures.sells} sells  "
            f"position {plain(self._position())}  unrealised {_money(self._connector.get_unrealized_pnl(self._pair))}  "
            f"realised {_money(figures.realized_pnl)}  fees {_fees(figures)}  "
            f"funding {_money(figures.funding)}  {self._funding()}{by_rest}"
            + (f"  {kept}" if (kept := self._kept_back()) else "")
        )

    def table(self, now_ms: int, width: int) -> RenderableType:
        """The whole screen: market and quotes, account, health; on a narrow terminal the same in rows of text."""
        if width < _NARROW:
            return Group(self._head(), self._narrow())
        return Group(self._head(), self._market(now_ms), self._account(), self._health())

    def _narrow(self) -> Table:
        figures = self._accounting.figures
        table = Table(show_header=False, box=None, padding=(0, 1))
        table.add_column(style="dim", no_wrap=True)
        table.add_column(overflow="fold")
        table.add_row("book", Text.assemble((self._touch(False), _UP), "  ", (self._touch(True), _DOWN)))
        for title, side in (("own bids", TradeType.BUY), ("own asks", TradeType.SELL)):
            orders = self._own(side)
            table.add_row(title, Text("  ").join(_quote(orders, row) for row in range(len(orders))))
        table.add_row("position", f"{plain(self._position())} {self._rule.base_asset}{self._entry()}")
        table.add_row("unrealised", _coloured(self._connector.get_unrealized_pnl(self._pair)))
        table.add_row("realised", _coloured(figures.realized_pnl))
        table.add_row("paid", f"fees {_fees(figures)}  funding {_money(figures.funding)}")
        table.add_row("fills", f"{figures.buys} buys, {figures.sells} sells")
        self._add_health(table)
        return table

    def _entry(self) -> str:
        return "".join(f" @ {row.entry_price:,.2f}" for row in self._positions())

    def _head(self) -> Text:
        connector = self._connector
        head = Text()
        head.append(f" {self._pair} ", style="bold reverse")
        if self._data_of:
            head.append(f"  DRY RUN on the data of {self._data_of} ", style="bold yellow")
        head.append(f"  {connector.domain} · order book: {TWINS_IN_USE} · ", style="dim")
        if state := self._not_trading():
            head.append(state, style="bold yellow")
        elif connector.ready:
            head.append("quoting", style="bold green")
        else:
            head.append(f"waiting for {self._shut_gate()}", style="bold yellow")
        return head

    def _market(self, now_ms: int) -> Table:
        table = Table(expand=True, title_justify="left")
        for title, justify in (
            ("own bid", "right"), ("amount", "right"), ("bid", "right"), ("ask", "left"), ("amount", "left"),
            ("own ask", "left"), ("age", "right"),
        ):  # fmt: skip
            table.add_column(title, justify="right" if justify == "right" else "left")
        book = self._connector.get_order_book(self._pair)
        bids, asks = book.levels(True, _LEVELS), book.levels(False, _LEVELS)
        own_bids, own_asks = self._own(TradeType.BUY), self._own(TradeType.SELL)
        for row in range(_LEVELS):
            age = [
                f"{(now_ms - orders[row].created_ms) / 1000:.1f} s" for orders in (own_bids, own_asks)
                if row < len(orders)
            ]  # fmt: skip
            table.add_row(
                _quote(own_bids, row),
                _level_amount(bids, row),
                Text(_level_price(bids, row), style=_UP),
                Text(_level_price(asks, row), style=_DOWN),
                _level_amount(asks, row),
                _quote(own_asks, row),
                " / ".join(age),
            )
        return table

    def _account(self) -> Table:
        figures = self._accounting.figures
        table = Table(expand=True, show_header=True)
        names = ("position", "entry", "mark", "unrealised", "realised", "fees", "funding", "available", "fills")
        for name in names:
            table.add_column(name, justify="right")
        entry = next((row.entry_price for row in self._positions()), None)
        mark = self._connector.get_mark_price(self._pair)
        available = self._connector.get_available_balance(self._rule.margin_asset)
        table.add_row(
            f"{plain(self._position())} {self._rule.base_asset}",
            f"{entry:,.2f}" if entry else "",
            "" if mark.is_nan() else f"{mark:,.2f}",
            _coloured(self._connector.get_unrealized_pnl(self._pair)),
            _coloured(figures.realized_pnl),
            _fees(figures),
            _coloured(figures.funding),
            f"{available:,.2f}",
            f"{figures.buys} buys, {figures.sells} sells",
        )
        return table

    def _health(self) -> Table:
        table = Table(expand=True, show_header=False)
        table.add_column(style="dim")
        table.add_column()
        self._add_health(table)
        return table

    def _add_health(self, table: Table) -> None:
        table.add_row("funding", self._funding())
        table.add_row("streams", self._ages())
        table.add_row("feed", self._feed())
        table.add_row("limits", self._limits())
        table.add_row("orders by", self._order_way())
        if trouble := self._kept_back():
            table.add_row("orders", Text(trouble, style="yellow"))
        errors = [
            f"{name}: {gate.last_error}"
            for name, gate in self._connector.status_report.items()
            if gate.last_error and not gate.holds
        ]
        if errors:
            table.add_row("trouble", Text("; ".join(errors), style="yellow"))

    def _not_trading(self) -> str:
        """That the exchange takes no orders of the pair, by its own word; empty where it does."""
        rule = self._connector.trading_rules[self._pair]
        return "" if rule.is_trading else f"not trading ({rule.status})"

    def _kept_back(self) -> str:
        """What keeps opening orders back now, and what the exchange refused so far; empty where there is nothing."""
        report = entry_report(self._connector.components)
        stopped = self._connector.openings_stopped
        rows = [f"no new orders: {stopped}"] if stopped else []
        rows += [f"{row.of} paused: {row.reason}" for row in report.pauses if row.is_on and row.code]
        rows += [f"refused {row.count} x {row.code} {row.meaning}" for row in report.refusals]
        return "; ".join(rows)

    def _ages(self) -> Text:
        text = Text()
        for kind, age_ms in self._connector.stream_ages_ms().items():
            shown = "never" if age_ms is None else f"{age_ms / 1000:.1f} s"
            quiet = age_ms is None or (age_ms > 3000 and kind not in (StreamKind.USER, StreamKind.TRADE))
            text.append(f"{kind.replace('_', ' ')} ", style="dim")
            text.append(f"{shown}   ", style="yellow" if quiet else _UP)
        return text

    def _feed(self) -> str:
        """How often the book was rebuilt and why, and how often its sockets were replaced."""
        report = self._connector.feed_report()
        row, sockets = report.pairs[self._pair], report.sockets.values()
        silent = sum(row.silences.values())
        reconnects = sum(figures.connections - figures.handovers for figures in sockets) - len(sockets)
        lead_ms = row.ticker_lead.median_ms
        lead = "" if lead_ms is None else f"   ticker ahead {lead_ms:.0f} ms"
        return f"resyncs {row.resyncs}   gaps {row.gaps}   silences {silent}   reconnects {max(0, reconnects)}{lead}"

    def _order_way(self) -> Text:
        way, trouble = self._connector.order_way()
        name = "WS-API" if way is OrderWay.WS_API else "REST"
        return Text(f"{name} ({trouble})", style="yellow") if trouble else Text(name)

    def _limits(self) -> str:
        return "   ".join(
            f"{use.kind.replace('_', ' ').lower()} {use.used}/{use.limit} in {use.window_ms // 1000} s"
            for use in self._connector.limit_use()
        )

    def _funding(self) -> str:
        try:
            info = self._connector.get_funding_info(self._pair)
        except UnavailableFault:
            return "funding unknown"
        now_s = self._connector.venue_time_ms() / 1000
        seconds = info.seconds_to_funding(now_s)
        hours, minutes = divmod(int(seconds) // 60, 60)
        left = f"{hours}:{minutes:02}:{int(seconds) % 60:02}"
        return f"mark {info.mark_price:,.2f}  rate {info.rate * 100:+.4f} %  next in {left}"

    def _touch(self, is_ask: bool) -> str:
        price = self._connector.get_price(self._pair, is_ask)
        return "-" if price.is_nan() else plain(price)

    def _shut_gate(self) -> str:
        shut = (name for name, holds in self._connector.status_dict.items() if not holds)
        return next(shut, "").replace("_", " ")

    def _own(self, side: TradeType) -> list[InFlightOrder]:
        """Our orders of a side, nearest to the market first."""
        orders = [order for order in self._connector.in_flight_orders.values() if order.trade_type is side]
        return sorted(orders, key=lambda order: -side.sign * (order.price or ZERO))

    def _positions(self) -> list[Position]:
        return [row for row in self._connector.account_positions.values() if row.trading_pair == self._pair]

    def _position(self) -> Decimal:
        return sum((row.amount for row in self._positions()), ZERO)


def _money(amount: Decimal) -> str:
    return f"{amount:,.4f}"


def _fees(figures: Figures) -> str:
    """In the margin asset, and what was paid in others beside."""
    others = "".join(f" + {plain(amount)} {asset}" for asset, amount in figures.other_fees.items() if amount)
    return f"{_money(figures.fees)}{others}"


def _coloured(amount: Decimal) -> Text:
    return Text(f"{amount:+,.4f}", style=_DOWN if amount < 0 else _UP)


def _level_price(levels: Sequence[tuple[Decimal, Decimal]], row: int) -> str:
    return f"{levels[row][0]:,}" if row < len(levels) else ""


def _level_amount(levels: Sequence[tuple[Decimal, Decimal]], row: int) -> str:
    return plain(levels[row][1]) if row < len(levels) else ""


def _quote(orders: list[InFlightOrder], row: int) -> Text:
    if row >= len(orders):
        return Text("")
    order = orders[row]
    at = f" @ {order.price:,}" if order.price else ""
    label = f"{plain(order.remaining_amount)}{at}"
    return Text(label, style="bold" if order.was_seen else "dim")
