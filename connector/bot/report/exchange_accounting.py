"""The exchange's books: its own answers about the run, and the comparison line by line with the bot's.

Order history tells which orders are the bot's (by the tag in their client ids), the trade list gives the trades,
the account book gives funding and whatever else moved the wallet. Nothing here comes from what the bot saw. What
is not the bot's (transfers, trades of other orders) is foreign and stands on a line of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from connector.bot.report.accounting import Accounting, Figures, FundingLine, TradeLine
from connector.bot.report.exchange_lists import ENDED, ExchangeLists, number_of
from connector.core.amounts import ZERO, plain
from connector.core.enums import TradeType
from connector.core.reports import IncomeReport, OrderReport, OrderStatus
from connector.exchange.account.venue_api import VenueApi
from connector.venue.income_kinds import FUNDING_FEE, OF_TRADES

#: An order that is read no more is forgotten after so many readings.
_KEPT_READS = 3
#: The account book may show a line late: this much of it is read again.
_INCOME_OVERLAP_MS = 300_000
#: The push of a settlement and the account book's line of it are stamped apart by no more than this.
_SAME_SETTLEMENT_MS = 60_000


@dataclass(slots=True)
class Foreign:
    """What moved the wallet and the position and was not the bot's."""

    trades: int = 0
    position: Decimal = ZERO
    income: dict[str, Decimal] = field(default_factory=dict)

    @property
    def wallet(self) -> Decimal:
        return sum(self.income.values(), ZERO)

    def add(self, kind: str, amount: Decimal) -> None:
        self.income[kind] = self.income.get(kind, ZERO) + amount

    def to_json(self) -> dict[str, Any]:
        income = {kind: plain(amount) for kind, amount in sorted(self.income.items())}
        return {"trades": self.trades, "position": plain(self.position), "income": income}

    def __str__(self) -> str:
        lines = ", ".join(f"{kind} {plain(amount)}" for kind, amount in sorted(self.income.items()))
        return f"{self.trades} trades, {lines or 'no income'}" if self.trades or lines else "none"


@dataclass(slots=True)
class _Marks:
    """How far each of the exchange's lists has been read."""

    #: So often the lists were read.
    reads: int = 0
    income_ms: int = 0
    income_seen: dict[tuple[str, str], int] = field(default_factory=dict)
    #: Numbers of orders that were read, and at which reading last: a trade, or a replica, may show one late.
    ended: dict[int, int] = field(default_factory=dict)
    ours: dict[int, int] = field(default_factory=dict)


class ExchangeAccounting:
    """One run's column by the exchange. `is_ours` tells an order of the bot by its client id."""

    def __init__(self, api: VenueApi, symbol: str, asset: str, is_ours: Callable[[str], bool]) -> None:
        self._api = api
        self._symbol = symbol
        self._lists = ExchangeLists(api, symbol)
        self._asset = asset
        self._is_ours = is_ours
        self._marks = _Marks()
        #: Numbers of orders that were over before.
        self._of_before: frozenset[int] = frozenset()
        self.figures = Figures()
        self.foreign = Foreign()
        self.unmatched_trades: dict[str, TradeLine] = {}
        self.unmatched_funding: list[FundingLine] = []

    async def open(self, now_ms: int) -> None:
        """Asks where the exchange's lists stand, before the first order."""
        marks = self._marks
        self._of_before = await self._lists.open(now_ms)
        await self._adopt_open()
        marks.income_ms = now_ms
        async for line in self._api.income_since(now_ms - _INCOME_OVERLAP_MS):
            marks.income_seen[line.kind, line.income_id] = line.time_ms
        self.figures.wallet_start, self.figures.position = await self._wallet_and_position()

    async def _adopt_open(self) -> None:
        """Own orders of an earlier run that are open: what becomes of them is this run's; that they were placed, and
        what ended before, is not."""
        marks = self._marks
        listed = await self._api.open_orders(self._symbol)
        numbers = [number_of(row) for row in listed if self._is_ours(row.client_order_id)]
        if not numbers:
            return
        rows = await self._lists.from_order(min(numbers))
        self._of_before |= {number_of(row) for row in rows if row.status in ENDED}
        marks.ours = {number_of(row): 0 for row in rows if self._is_ours(row.client_order_id)}

    async def read(self) -> None:
        """Reads on where the last reading ended. The wallet is asked first and last: what comes in between is
        read again, so that wallet and lists speak of one moment."""
        for _ in range(5):
            before = await self._wallet_and_position()
            await self._read_trades_and_orders()
            await self._read_income()
            self.figures.wallet_end, self.figures.position = await self._wallet_and_position()
            if before == (self.figures.wallet_end, self.figures.position):
                return

    def match(self, accounting: Accounting) -> None:
        """Drops the lines that both sides have, to the last digit."""
        for trade_id in self.unmatched_trades.keys() & accounting.unmatched_trades.keys():
            if self.unmatched_trades[trade_id] == accounting.unmatched_trades[trade_id]:
                del self.unmatched_trades[trade_id], accounting.unmatched_trades[trade_id]
        for line in list(self.unmatched_funding):
            twin = next((mine for mine in accounting.unmatched_funding if _same_settlement(mine, line)), None)
            if twin is not None:
                accounting.unmatched_funding.remove(twin)
                self.unmatched_funding.remove(line)

    def differences(self, accounting: Accounting) -> list[str]:
        """What one side lacks or has otherwise, a line each that names the id; empty when the books agree."""
        self.match(accounting)
        found = [
            self._difference(trade_id, accounting.unmatched_trades.get(trade_id), self.unmatched_trades.get(trade_id))
            for trade_id in sorted(
                self.unmatched_trades.keys() | accounting.unmatched_trades.keys(), key=lambda name: (len(name), name)
            )
        ]
        found += [
            f"income {line.income_id}: funding {plain(line.amount)} {line.asset} is in the exchange's books only"
            for line in self.unmatched_funding
        ]
        found += [
            f"funding {plain(line.amount)} {line.asset} at {line.time_ms} is in the bot's books only"
            for line in accounting.unmatched_funding
        ]
        return found

    def residual(self, accounting: Accounting) -> Decimal:
        """The wallet's change by the exchange that the bot's books and the foreign items do not explain."""
        change = self.figures.wallet_end - self.figures.wallet_start
        return change - (accounting.wallet - accounting.figures.wallet_start) - self.foreign.wallet

    @staticmethod
    def _difference(trade_id: str, mine: TradeLine | None, theirs: TradeLine | None) -> str:
        if mine is None or theirs is None:
            there = "the bot's" if theirs is None else "the exchange's"
            return f"trade {trade_id} is in {there} books only"
        names = mine.differences(theirs)
        shown = ", ".join(f"{name} {getattr(mine, name)} / {getattr(theirs, name)}" for name in names)
        return f"trade {trade_id} differs (bot / exchange): {shown}"

    async def _wallet_and_position(self) -> tuple[Decimal, Decimal]:
        snapshot = await self._api.snapshot()
        wallet = sum((row.wallet for row in snapshot.balances if row.asset == self._asset), ZERO)
        position = sum((row.amount for row in snapshot.positions if row.symbol == self._symbol), ZERO)
        return wallet, position

    async def _read_trades_and_orders(self) -> None:
        """Trades first: whatever trade is on the list, its order is in the history that is read after it."""
        marks = self._marks
        marks.reads += 1
        trades = await self._lists.trades()
        await self._read_orders()
        for row in trades:
            self._take_trade(row)
        marks.ours, marks.ended = (
            {number: read for number, read in seen.items() if read >= marks.reads - _KEPT_READS}
            for seen in (marks.ours, marks.ended)
        )

    async def _read_orders(self) -> None:
        for row in await self._lists.orders():
            number = number_of(row)
            if self._is_ours(row.client_order_id) and number not in self._of_before:
                self._count(row, number)
        open_orders = await self._api.open_orders(self._symbol)
        self.figures.open_at_end = sum(self._is_ours(row.client_order_id) for row in open_orders)

    def _count(self, row: OrderReport, number: int) -> None:
        marks = self._marks
        self.figures.placed += number not in marks.ours
        marks.ours[number] = marks.reads
        if row.status in ENDED:
            self.figures.cancelled += row.status is OrderStatus.CANCELED and number not in marks.ended
            marks.ended[number] = marks.reads

    def _take_trade(self, row: OrderReport) -> None:
        fill, side = row.fills[0], row.trade_type or TradeType.BUY
        trade = TradeLine(
            fill.trade_id, side, fill.price, fill.amount, fill.fee_amount, fill.fee_asset, fill.realized_pnl
        )
        if number_of(row) in self._marks.ours:
            self.figures.add_trade(trade)
            self.unmatched_trades[trade.trade_id] = trade
        else:
            self.foreign.trades += 1
            self.foreign.position += trade.amount * side.sign
            self.foreign.add("trades", trade.realized_pnl - trade.fee)

    async def _read_income(self) -> None:
        marks = self._marks
        newest_ms = marks.income_ms
        async for line in self._api.income_since(marks.income_ms - _INCOME_OVERLAP_MS):
            if (line.kind, line.income_id) in marks.income_seen:
                continue
            marks.income_seen[line.kind, line.income_id] = line.time_ms
            newest_ms = max(newest_ms, line.time_ms)
            self._take_income(line)
        marks.income_ms = newest_ms
        oldest_ms = newest_ms - 2 * _INCOME_OVERLAP_MS
        marks.income_seen = {key: at for key, at in marks.income_seen.items() if at >= oldest_ms}

    def _take_income(self, line: IncomeReport) -> None:
        if line.asset != self._asset or (line.kind in OF_TRADES and line.symbol == self._symbol):
            return
        if line.kind == FUNDING_FEE and line.symbol == self._symbol:
            self.figures.funding += line.amount
            self.unmatched_funding.append(FundingLine(line.amount, line.asset, line.time_ms, line.income_id))
        else:
            self.foreign.add(line.kind, line.amount)


def _same_settlement(mine: FundingLine, theirs: FundingLine) -> bool:
    same_time = abs(mine.time_ms - theirs.time_ms) <= _SAME_SETTLEMENT_MS
    return same_time and (mine.amount, mine.asset) == (theirs.amount, theirs.asset)
