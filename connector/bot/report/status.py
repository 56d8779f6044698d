"""The live table and the plain line: what a person who runs a bot looks at, made of one snapshot of it."""

from collections.abc import Sequence
from decimal import Decimal

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from connector.bot.report.decimals import duration, money, percent, price_text, signed
from connector.bot.report.snapshot import LimitStatus, OpenOrder, PositionStatus, StatusSnapshot
from connector.bot.report.states import RunState
from connector.bot.report.status_source import StatusSource
from connector.core.amounts import ZERO, floor_to, plain
from connector.core.enums import OrderWay, StreamKind, TradeType
from connector.core.twins import TWINS_IN_USE

_DOWN, _UP = "red", "green"
_LEVELS = 4
#: Below this many columns the wide tables cannot be read.
_NARROW = 110
#: To what the use of a limit is cut.
_READABLE = Decimal("0.001")
_CALM = {RunState.QUOTING, RunState.READY}


class Status:
    """What is shown of one epoch. `line` for a log, `table` for a terminal."""

    def __init__(self, source: StatusSource) -> None:
        self._source = source
        self._connector = source.connector
        self._pair = source.trading_pair
        self._rule = source.connector.trading_rules[source.trading_pair]

    def line(self) -> str:
        """One line of plain text."""
        now = self._source.snapshot()
        counts = now.counts
        by_rest = f"  orders by REST ({trouble})" if (trouble := self._connector.order_way()[1]) else ""
        dry = f"DRY RUN on {now.data_of}  " if now.data_of else ""
        return (
            f"{dry}{self._pair} {self._touch(now, True)} / {self._touch(now, False)}  {now.state}  "
            f"quotes {len(now.orders)}  fills {counts.buys} buys {counts.sells} sells  "
            f"position {self._held(now)}  equity {money(now.equity)}  unrealised {signed(now.unrealized_pnl)}  "
            f"{self._result(now)}  {self._funding(now)}{by_rest}" + (f"  {kept}" if (kept := _kept_back(now)) else "")
        )

    def table(self, now_ms: int, width: int) -> RenderableType:
        """The whole screen: market and quotes, money, health; on a narrow terminal the same in rows of text."""
        now = self._source.snapshot()
        if width < _NARROW:
            return Group(self._head(now), self._narrow(now))
        return Group(self._head(now), self._market(now, now_ms), self._account(now))

    def _narrow(self, now: StatusSnapshot) -> Table:
        table = Table(show_header=False, box=None, padding=(0, 1))
        table.add_column(style="dim", no_wrap=True)
        table.add_column(overflow="fold")
        table.add_row("book", Text.assemble((self._touch(now, True), _UP), "  ", (self._touch(now, False), _DOWN)))
        for title, side in (("own bids", TradeType.BUY), ("own asks", TradeType.SELL)):
            orders = _own(now, side)
            table.add_row(title, Text("  ").join(self._quote(orders, row) for row in range(len(orders))))
        self._add_money(table, now)
        self._add_health(table, now)
        return table

    def _head(self, now: StatusSnapshot) -> Text:
        head = Text()
        head.append(f" {self._pair} ", style="bold reverse")
        if now.data_of:
            head.append(f"  DRY RUN on the data of {now.data_of} ", style="bold yellow")
        head.append("  ")
        head.append(str(now.state), style="bold green" if now.state.state in _CALM else "bold yellow")
        head.append(f"  {now.domain} · order book: {TWINS_IN_USE} · {duration(now.run_time_s)}", style="dim")
        return head

    def _market(self, now: StatusSnapshot, now_ms: int) -> Table:
        table = Table(expand=True, title_justify="left")
        for title, justify in (
            ("own bid", "right"), ("amount", "right"), ("bid", "right"), ("ask", "left"), ("amount", "left"),
            ("own ask", "left"), ("age", "right"),
        ):  # fmt: skip
            table.add_column(title, justify="right" if justify == "right" else "left")
        book = self._connector.get_order_book(self._pair)
        bids, asks = book.levels(True, _LEVELS), book.levels(False, _LEVELS)
        own_bids, own_asks = _own(now, TradeType.BUY), _own(now, TradeType.SELL)
        for row in range(_LEVELS):
            age = [
                f"{(now_ms - orders[row].created_ms) / 1000:.1f} s" for orders in (own_bids, own_asks)
                if row < len(orders)
            ]  # fmt: skip
            table.add_row(
                self._quote(own_bids, row),
                _level_amount(bids, row),
                Text(self._level_price(bids, row), style=_UP),
                Text(self._level_price(asks, row), style=_DOWN),
                _level_amount(asks, row),
                self._quote(own_asks, row),
                " / ".join(age),
            )
        return table

    def _account(self, now: StatusSnapshot) -> Table:
        table = Table(expand=True, show_header=False)
        table.add_column(style="dim", no_wrap=True)
        table.add_column(overflow="fold")
        self._add_money(table, now)
        self._add_health(table, now)
        return table

    def _add_money(self, table: Table, now: StatusSnapshot) -> None:
        """How much there is, what is held and how near its end is, and where the result came from."""
        account = Text.assemble(
            "equity ", (money(now.equity), "bold"), f"  wallet {money(now.wallet)}  unrealised ",
            _coloured(now.unrealized_pnl), f"  available {money(now.available)}  margin ratio ",
            percent(now.margin_ratio),
        )  # fmt: skip
        table.add_row("account", account)
        for row in now.positions:
            table.add_row("position", self._position(row))
        if not now.positions:
            table.add_row("position", f"0 {self._rule.base_asset}")
        table.add_row("result", self._parts(now))
        counts, other = now.counts, _other_fees(now)
        table.add_row(
            "fills",
            f"{counts.buys} buys, {counts.sells} sells   volume {money(counts.volume)} {self._rule.quote_asset}"
            + (f"   fees beside {other}" if other else ""),
        )
        if now.limits:
            table.add_row("bounds", Text("   ").join(_limit(limit) for limit in now.limits))

    def _position(self, row: PositionStatus) -> Text:
        side = "" if row.position_side == "BOTH" else f"{row.position_side.lower()} "
        what = self._rule.base_asset if row.trading_pair == self._pair else row.trading_pair
        text = Text(f"{side}{plain(row.amount)} {what} @ {self._price_of(row, row.entry_price)}")
        text.append(f"   mark {self._price_of(row, row.mark_price)}   ")
        text.append(_coloured(row.unrealized_pnl))
        if row.liquidation_price.is_finite() and row.liquidation_price:
            away = plain(row.liquidation_distance)
            text.append(f"   liquidation {self._price_of(row, row.liquidation_price)} ({away} % away)")
        rank = "" if row.adl_rank is None else f"   ADL {row.adl_rank}"
        text.append(f"   {row.leverage}x {row.margin_type.lower()}{rank}")
        return text

    def _parts(self, now: StatusSnapshot) -> Text:
        if now.result is None:
            return Text("-")
        text = Text.assemble(_coloured(now.result.change), f" {now.asset} = ")
        for name, amount in now.result.parts.items():
            text.append(f"{name} ")
            text.append(_coloured(amount))
            text.append("  ")
        return text

    def _result(self, now: StatusSnapshot) -> str:
        if now.result is None:
            return "result -"
        parts = ", ".join(f"{name} {signed(amount)}" for name, amount in now.result.parts.items())
        other = _other_fees(now)
        return f"result {signed(now.result.change)} ({parts}{f', fees beside {other}' if other else ''})"

    def _add_health(self, table: Table, now: StatusSnapshot) -> None:
        table.add_row("funding", self._funding(now))
        table.add_row("streams", self._ages())
        table.add_row("feed", self._feed())
        table.add_row("limits", self._limits())
        table.add_row("orders by", self._order_way())
        if trouble := _kept_back(now):
            table.add_row("orders", Text(trouble, style="yellow"))
        errors = [
            f"{name}: {gate.last_error}"
            for name, gate in self._connector.status_report.items()
            if gate.last_error and not gate.holds
        ]
        if errors:
            table.add_row("trouble", Text("; ".join(errors), style="yellow"))

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

    def _funding(self, now: StatusSnapshot) -> str:
        market = now.markets[0]
        if market.seconds_to_funding is None:
            return "funding unknown"
        mark, left = self._price(market.mark_price), duration(market.seconds_to_funding)
        return f"mark {mark}  rate {market.funding_rate * 100:+.4f} %  next in {left}"

    def _touch(self, now: StatusSnapshot, is_bid: bool) -> str:
        market = now.markets[0]
        return self._price(market.bid if is_bid else market.ask)

    def _held(self, now: StatusSnapshot) -> str:
        """What is held in all, and at what; of another pair than the market with its name."""
        own = [row for row in now.positions if row.trading_pair == self._pair]
        total = plain(sum((row.amount for row in own), ZERO))
        others = (
            f", {plain(row.amount)} {row.trading_pair} @ {self._price_of(row, row.entry_price)}"
            for row in now.positions
            if row.trading_pair != self._pair
        )
        return "".join((total, *(f" @ {self._price(row.entry_price)}" for row in own), *others))

    def _price_of(self, row: PositionStatus, price: Decimal) -> str:
        return price_text(price, self._connector.trading_rules[row.trading_pair].tick_size)

    def _price(self, price: Decimal | None) -> str:
        return price_text(price, self._rule.tick_size)

    def _level_price(self, levels: Sequence[tuple[Decimal, Decimal]], row: int) -> str:
        return self._price(levels[row][0]) if row < len(levels) else ""

    def _quote(self, orders: Sequence[OpenOrder], row: int) -> Text:
        if row >= len(orders):
            return Text("")
        order = orders[row]
        at = f" @ {self._price(order.price)}" if order.price else ""
        return Text(f"{plain(order.remaining)}{at}", style="bold" if order.is_seen else "dim")


def _limit(limit: LimitStatus) -> Text:
    """One of the user's limits, its use cut to what can be read."""
    use = f"{limit.name} {plain(floor_to(_READABLE, limit.used))} of {plain(limit.bound)} {limit.unit}"
    return Text(f"{use}: {limit.struck}" if limit.struck else use, style="bold red" if limit.struck else "")


def _own(now: StatusSnapshot, side: TradeType) -> list[OpenOrder]:
    """Our orders of a side, nearest to the market first."""
    orders = [order for order in now.orders if order.side is side]
    return sorted(orders, key=lambda order: -side.sign * (order.price or ZERO))


def _kept_back(now: StatusSnapshot) -> str:
    """What keeps opening orders back now, and what the exchange refused so far; empty where there is nothing."""
    rows = [f"{row.of} paused: {row.reason}" for row in now.pauses if row.is_on]
    rows += [f"refused {row.count} x {row.code} {row.meaning}" for row in now.refusals]
    return "; ".join(rows)


def _other_fees(now: StatusSnapshot) -> str:
    return " + ".join(f"{plain(amount)} {asset}" for asset, amount in now.counts.other_fees.items())


def _coloured(amount: Decimal) -> Text:
    return Text(signed(amount), style=_DOWN if amount < 0 else _UP)


def _level_amount(levels: Sequence[tuple[Decimal, Decimal]], row: int) -> str:
    return plain(levels[row][1]) if row < len(levels) else ""
