"""The live table and the plain line: what a person who runs a bot looks at, made of one snapshot of it."""

from collections.abc import Sequence
from decimal import Decimal

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from connector.bot.report.decimals import duration, money, percent, price_text, signed
from connector.bot.report.result_split import ResultParts, ResultSplit
from connector.bot.report.snapshot import LimitStatus, MarketStatus, OpenOrder, PositionStatus, StatusSnapshot
from connector.bot.report.states import RunState
from connector.bot.report.status_source import StatusSource
from connector.bot.tables import facts_table
from connector.core.amounts import ZERO, floor_to, plain
from connector.core.enums import OrderWay, StreamKind, TradeType
from connector.core.twins import TWINS_IN_USE

_DOWN, _UP = "red", "green"
_LEVELS = 4
#: Of each pair, where a run trades several.
_LEVELS_OF_SEVERAL = 2
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
        self._pairs = tuple(source.books)
        self._rule = source.connector.trading_rules[source.trading_pair]

    def line(self) -> str:
        """One line of plain text."""
        now = self._source.snapshot()
        counts = now.counts
        by_rest = f"  orders by REST ({trouble})" if (trouble := self._connector.order_way()[1]) else ""
        dry = f"{played}  " if (played := self._source.played) else ""
        markets = "  ".join(f"{row.trading_pair} {self._touch(row)}" for row in now.markets)
        several = "".join(f"  {row.name} {row.state}" for row in now.strategies)
        return (
            f"{dry}{markets}  {now.state}{several}  "
            f"quotes {len(now.orders)}  fills {counts.buys} buys {counts.sells} sells  volume {money(counts.volume)}  "
            f"position {self._held(now)}  equity {money(now.equity)}  wallet {money(now.wallet)}  "
            f"unrealised {signed(now.unrealized_pnl)}  margin ratio {percent(now.margin_ratio)}  {self._result(now)}"
            f"{_beside(now)}  {self._funding(now)}{by_rest}  runs for {duration(now.run_time_s)}"
            + (f"  {kept}" if (kept := _kept_back(now)) else "")
        )

    def table(self, now_ms: int, width: int) -> RenderableType:
        """The whole screen: market and quotes, money, health; on a narrow terminal the same in rows of text."""
        now = self._source.snapshot()
        if width < _NARROW:
            return Group(self._head(now), self._narrow(now))
        markets = (self._market(now, now_ms, pair) for pair in self._pairs)
        return Group(self._head(now), *markets, self._account(now))

    def _narrow(self, now: StatusSnapshot) -> Table:
        table = facts_table()
        for market in now.markets:
            pair, tick = market.trading_pair, self._tick(market.trading_pair)
            of = f" {pair}" if len(self._pairs) > 1 else ""
            bid, ask = price_text(market.bid, tick), price_text(market.ask, tick)
            table.add_row(f"book{of}", Text.assemble((bid, _UP), "  ", (ask, _DOWN)))
            for title, side in (("own bids", TradeType.BUY), ("own asks", TradeType.SELL)):
                orders = _own(now, pair, side)
                table.add_row(title, Text("  ").join(self._quote(orders, row) for row in range(len(orders))))
        self._add_money(table, now)
        self._add_health(table, now)
        return table

    def _head(self, now: StatusSnapshot) -> Text:
        head = Text()
        head.append(f" {', '.join(self._pairs)} ", style="bold reverse")
        if played := self._source.played:
            head.append(f"  {played} ", style="bold yellow")
        head.append("  ")
        head.append(str(now.state), style="bold green" if now.state.state in _CALM else "bold yellow")
        head.append(f"  {now.domain} · order book: {TWINS_IN_USE} · {duration(now.run_time_s)}", style="dim")
        return head

    def _market(self, now: StatusSnapshot, now_ms: int, pair: str) -> Table:
        table = Table(expand=True, title=pair if len(self._pairs) > 1 else None, title_justify="left")
        for title, justify in (
            ("own bid", "right"), ("amount", "right"), ("bid", "right"), ("ask", "left"), ("amount", "left"),
            ("own ask", "left"), ("age", "right"),
        ):  # fmt: skip
            table.add_column(title, justify="right" if justify == "right" else "left")
        book, tick = self._connector.get_order_book(pair), self._tick(pair)
        levels = _LEVELS if len(self._pairs) == 1 else _LEVELS_OF_SEVERAL
        bids, asks = book.levels(True, levels), book.levels(False, levels)
        own_bids, own_asks = _own(now, pair, TradeType.BUY), _own(now, pair, TradeType.SELL)
        for row in range(levels):
            age = [
                f"{(now_ms - orders[row].created_ms) / 1000:.1f} s" for orders in (own_bids, own_asks)
                if row < len(orders)
            ]  # fmt: skip
            table.add_row(
                self._quote(own_bids, row),
                _level_amount(bids, row),
                Text(_level_price(bids, row, tick), style=_UP),
                Text(_level_price(asks, row, tick), style=_DOWN),
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
        for split in (now.result, *now.results_beside):
            table.add_row("result", _parts(split))
            if split is not None and len(split.by_pair) > 1:
                for pair, parts in split.by_pair.items():
                    table.add_row(f"  {pair}", _parts_text(split.asset, parts))
        for one in now.strategies:
            table.add_row(one.name, f"{one.strategy} of {', '.join(one.pairs)}   {one.state}   {one.orders} orders")
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
        what = self._rule.base_asset if len(self._pairs) == 1 else row.trading_pair
        text = Text(f"{side}{plain(row.amount)} {what} @ {self._price_of(row, row.entry_price)}")
        text.append(f"   mark {self._price_of(row, row.mark_price)}   ")
        text.append(_coloured(row.unrealized_pnl))
        if row.liquidation_price.is_finite() and row.liquidation_price:
            away = plain(row.liquidation_distance)
            text.append(f"   liquidation {self._price_of(row, row.liquidation_price)} ({away} % away)")
        rank = "" if row.adl_rank is None else f"   ADL {row.adl_rank}"
        text.append(f"   {row.leverage}x {row.margin_type.lower()}{rank}")
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
        waiting = [f"{row.trading_pair} ({row.waits_for})" for row in now.markets if row.waits_for]
        if waiting and len(now.markets) > 1:
            table.add_row("not ready", Text(", ".join(waiting), style="yellow"))

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
        rows, sockets = [report.pairs[pair] for pair in self._pairs], report.sockets.values()
        silent = sum(sum(row.silences.values()) for row in rows)
        reconnects = sum(figures.connections - figures.handovers for figures in sockets) - len(sockets)
        resyncs, gaps = sum(row.resyncs for row in rows), sum(row.gaps for row in rows)
        lead_ms = rows[0].ticker_lead.median_ms
        lead = "" if lead_ms is None else f"   ticker ahead {lead_ms:.0f} ms"
        return f"resyncs {resyncs}   gaps {gaps}   silences {silent}   reconnects {max(0, reconnects)}{lead}"

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
        """Of each pair."""
        return "  ".join(self._funding_of(market) for market in now.markets)

    def _funding_of(self, market: MarketStatus) -> str:
        of = f"{market.trading_pair} " if len(self._pairs) > 1 else ""
        if market.seconds_to_funding is None:
            return f"{of}funding unknown"
        mark = price_text(market.mark_price, self._tick(market.trading_pair))
        left = duration(market.seconds_to_funding)
        return f"{of}mark {mark}  rate {market.funding_rate * 100:+.4f} %  next in {left}"

    def _touch(self, market: MarketStatus) -> str:
        tick = self._tick(market.trading_pair)
        return f"{price_text(market.bid, tick)} / {price_text(market.ask, tick)}"

    def _held(self, now: StatusSnapshot) -> str:
        """What is held in all, and at what; of several pairs each with its name."""
        if len(self._pairs) == 1:
            total = plain(sum((row.amount for row in now.positions), ZERO))
            return "".join((total, *(f" @ {self._entry(row)}" for row in now.positions)))
        held = (f"{plain(row.amount)} {row.trading_pair} @ {self._entry(row)}" for row in now.positions)
        return ", ".join(held) or "0"

    def _entry(self, row: PositionStatus) -> str:
        """At what it was entered, and how far the price is that liquidates it, where one does."""
        far = row.liquidation_distance
        away = f" (liquidation {plain(far)} % away)" if far.is_finite() else ""
        return f"{self._price_of(row, row.entry_price)}{away}"

    def _price_of(self, row: PositionStatus, price: Decimal) -> str:
        return price_text(price, self._tick(row.trading_pair))

    def _tick(self, pair: str) -> Decimal:
        return self._connector.trading_rules[pair].tick_size

    def _price(self, price: Decimal | None) -> str:
        return price_text(price, self._rule.tick_size)

    def _quote(self, orders: Sequence[OpenOrder], row: int) -> Text:
        if row >= len(orders):
            return Text("")
        order = orders[row]
        at = f" @ {price_text(order.price, self._tick(order.trading_pair))}" if order.price else ""
        return Text(f"{plain(order.remaining)}{at}", style="bold" if order.is_seen else "dim")


def _limit(limit: LimitStatus) -> Text:
    """One of the user's limits, its use cut to what can be read."""
    use = f"{limit.name} {plain(floor_to(_READABLE, limit.used))} of {plain(limit.bound)} {limit.unit}"
    return Text(f"{use}: {limit.struck}" if limit.struck else use, style="bold red" if limit.struck else "")


def _parts(split: ResultSplit | None) -> Text:
    return Text("-") if split is None else _parts_text(split.asset, split.total)


def _parts_text(asset: str, parts: ResultParts) -> Text:
    text = Text.assemble(_coloured(parts.change), f" {asset} = ")
    for name, amount in parts.parts.items():
        text.append(f"{name} ")
        text.append(_coloured(amount))
        text.append("  ")
    return text


def _own(now: StatusSnapshot, pair: str, side: TradeType) -> list[OpenOrder]:
    """Our orders of a side of a pair, nearest to the market first."""
    orders = [order for order in now.orders if order.side is side and order.trading_pair == pair]
    return sorted(orders, key=lambda order: -side.sign * (order.price or ZERO))


def _kept_back(now: StatusSnapshot) -> str:
    """What keeps opening orders back now, and what the exchange refused so far; empty where there is nothing."""
    rows = [f"{row.of} paused: {row.reason}" for row in now.pauses if row.is_on]
    rows += [f"refused {row.count} x {row.code} {row.meaning}" for row in now.refusals]
    return "; ".join(rows)


def _other_fees(now: StatusSnapshot) -> str:
    return " + ".join(f"{plain(amount)} {asset}" for asset, amount in now.counts.other_fees.items())


def _beside(now: StatusSnapshot) -> str:
    """What came of the pairs that another asset backs."""
    return "".join(f"  result {signed(split.change)} {split.asset}" for split in now.results_beside)


def _coloured(amount: Decimal) -> Text:
    return Text(signed(amount), style=_DOWN if amount < 0 else _UP)


def _level_price(levels: Sequence[tuple[Decimal, Decimal]], row: int, tick_size: Decimal) -> str:
    return price_text(levels[row][0], tick_size) if row < len(levels) else ""


def _level_amount(levels: Sequence[tuple[Decimal, Decimal]], row: int) -> str:
    return plain(levels[row][1]) if row < len(levels) else ""
