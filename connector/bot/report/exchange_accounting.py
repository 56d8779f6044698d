"""The exchange's books: its own answers about the run, and the comparison line by line with the bot's.

Order history tells which orders are the bot's (by the tag in their client ids), the trade list gives the trades,
the account book gives funding and whatever else moved a wallet. Nothing here comes from what the bot saw. What
is not the bot's (transfers, liquidations, trades of other orders) is foreign and stands on lines of its own.

Two sums must come out for each asset: its wallet's change is that of the account book's lines, and it is what the bot's
books and the foreign items explain.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from connector.bot.report.accounting import Accounting, Figures, FundingLine, TradeLine
from connector.bot.report.exchange_lists import ENDED, ExchangeLists, number_of
from connector.bot.report.foreign import LIQUIDATION, TRADES, Foreign
from connector.core.amounts import ZERO, plain
from connector.core.enums import TradeType
from connector.core.reports import IncomeReport, OrderReport, OrderStatus
from connector.exchange.account.venue_api import VenueApi
from connector.venue.income_kinds import FUNDING_KINDS, OF_TRADES, SPECIAL_FUNDING_FEE
from connector.venue.order_fields import SYSTEM_ORDER_PREFIXES

#: An order that is read no more is forgotten after so many readings.
_KEPT_READS = 3
#: The account book may show a line late: this much of it is read again.
_INCOME_OVERLAP_MS = 300_000
#: Client ids of orders by which the exchange itself closes positions begin so.
_FORCED = tuple(SYSTEM_ORDER_PREFIXES)
#: Wallets that move while the lists are read are read again.
_MOST_READINGS = 5


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
    #: Those by which the exchange itself closed positions.
    forced: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the account holds: wallets by asset, the symbol's position, and what it would bring at mark."""

    wallets: Mapping[str, Decimal]
    position: Decimal
    unrealized_pnl: Decimal

    def is_as(self, other: "Holdings") -> bool:
        """Whether nothing but the mark moved."""
        return (self.wallets, self.position) == (other.wallets, other.position)


class ExchangeAccounting:
    """One pair's column by the exchange. `is_ours` tells an order of the bot by its client id; `beside` are the symbols
    of the other pairs that the run trades, which have columns of their own."""

    def __init__(
        self,
        api: VenueApi,
        symbol: str,
        asset: str,
        is_ours: Callable[[str], bool],
        beside: Collection[str] = (),
    ) -> None:
        self._api = api
        self._symbol = symbol
        self._lists = ExchangeLists(api, symbol)
        self._asset = asset
        self._is_ours = is_ours
        self._beside = frozenset(beside)
        #: What the other pairs moved of the wallets, by asset.
        self.beside: dict[str, Decimal] = {}
        self._marks = _Marks()
        #: Numbers of orders that were over before.
        self._of_before: frozenset[int] = frozenset()
        self.figures = Figures()
        self.foreign = Foreign(asset)
        self.unmatched_trades: dict[str, TradeLine] = {}
        #: Trades read, whose orders were not: a reading may be broken off, and the lists tell a trade once.
        self._untaken: list[OrderReport] = []
        self.unmatched_funding: dict[tuple[bool, str], FundingLine] = {}
        self._paid_before: frozenset[tuple[bool, str]] = frozenset()
        #: By asset: wallets at the start and as last read, and the sum of the account book's lines between.
        self._started: Mapping[str, Decimal] = {}
        self._wallets: Mapping[str, Decimal] = {}
        self._booked: dict[str, Decimal] = {}

    async def open(self, now_ms: int) -> None:
        """Asks where the exchange's lists stand, before the first order."""
        marks = self._marks
        self._of_before = await self._lists.open(now_ms)
        await self._adopt_open()
        marks.income_ms = now_ms
        held = await self._holdings()
        for _ in range(_MOST_READINGS):
            before = held
            async for line in self._api.income_since(now_ms - _INCOME_OVERLAP_MS):
                marks.income_seen[line.kind, line.income_id] = line.time_ms
            held = await self._holdings()
            if held.is_as(before):
                break
        self._paid_before = frozenset(
            (kind == SPECIAL_FUNDING_FEE, number) for kind, number in marks.income_seen if kind in FUNDING_KINDS
        )
        self._started = self._wallets = held.wallets
        self.figures.wallet_start, self.figures.position = held.wallets.get(self._asset, ZERO), held.position

    @property
    def paid_before(self) -> frozenset[tuple[bool, str]]:
        """Funding payments that were booked when the books were opened: whether special, and the number."""
        return self._paid_before

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
        for _ in range(_MOST_READINGS):
            before = await self._holdings()
            await self._read_trades_and_orders()
            await self._read_income()
            held = await self._holdings()
            self.tell(held)
            if held.is_as(before):
                return

    def tell(self, held: Holdings) -> None:
        """Where the account stands: as read last, or as an exchange that can't be asked had told by itself."""
        self._wallets = held.wallets
        self.figures.wallet_end, self.figures.position = held.wallets.get(self._asset, ZERO), held.position
        self.figures.unrealized_pnl = held.unrealized_pnl

    def match(self, accounting: Accounting) -> None:
        """Drops the lines that both sides have, to the last digit."""
        for trade_id in self.unmatched_trades.keys() & accounting.unmatched_trades.keys():
            if self.unmatched_trades[trade_id] == accounting.unmatched_trades[trade_id]:
                del self.unmatched_trades[trade_id], accounting.unmatched_trades[trade_id]
        for key in self.unmatched_funding.keys() & accounting.unmatched_funding.keys():
            if self.unmatched_funding[key] == accounting.unmatched_funding[key]:
                del self.unmatched_funding[key], accounting.unmatched_funding[key]

    def differences(self, accounting: Accounting) -> list[str]:
        """What one side lacks or has otherwise, a line each that names the id; empty when the books agree."""
        self.match(accounting)
        found = [
            self._difference(trade_id, accounting.unmatched_trades.get(trade_id), self.unmatched_trades.get(trade_id))
            for trade_id in sorted(
                self.unmatched_trades.keys() | accounting.unmatched_trades.keys(), key=lambda name: (len(name), name)
            )
        ]
        for books, whose in ((self.unmatched_funding, "exchange"), (accounting.unmatched_funding, "bot")):
            found += [
                f"income {line.income_id}: funding {plain(line.amount)} {line.asset} is so in the {whose}'s books only"
                for line in books.values()
            ]
        found += [
            f"{plain(amount)} {asset} of the wallet's change stand in no line of the account book"
            for asset, amount in self._unbooked().items()
        ]
        return found

    def residuals(self, accounting: Accounting) -> dict[str, Decimal]:
        """By asset, the wallet's change by the exchange that the bot's books and the foreign items do not explain; of
        the margin asset, and of each that moved."""
        moved = {asset for asset in self._assets() if self._change(asset) or asset in self._booked}
        return {
            asset: self._change(asset)
            - accounting.figures.own_change(asset, self._asset)
            - self.foreign.of(asset)
            - self.beside.get(asset, ZERO)
            for asset in (self._asset, *sorted((moved | accounting.figures.other_fees.keys()) - {self._asset}))
        }

    def _assets(self) -> set[str]:
        return self._started.keys() | self._wallets.keys() | self._booked.keys()

    def _change(self, asset: str) -> Decimal:
        return self._wallets.get(asset, ZERO) - self._started.get(asset, ZERO)

    def _unbooked(self) -> dict[str, Decimal]:
        """What moved a wallet and stands in no line; by asset, where it is anything."""
        rows = {asset: self._change(asset) - self._booked.get(asset, ZERO) for asset in sorted(self._assets())}
        return {asset: amount for asset, amount in rows.items() if amount}

    @staticmethod
    def _difference(trade_id: str, mine: TradeLine | None, theirs: TradeLine | None) -> str:
        if mine is None or theirs is None:
            there = "the bot's" if theirs is None else "the exchange's"
            return f"trade {trade_id} is in {there} books only"
        names = mine.differences(theirs)
        shown = ", ".join(f"{name} {getattr(mine, name)} / {getattr(theirs, name)}" for name in names)
        return f"trade {trade_id} differs (bot / exchange): {shown}"

    async def _holdings(self) -> Holdings:
        snapshot = await self._api.snapshot()
        rows = [row for row in snapshot.positions if row.symbol == self._symbol]
        return Holdings(
            wallets={row.asset: row.wallet for row in snapshot.balances},
            position=sum((row.amount for row in rows), ZERO),
            unrealized_pnl=sum((row.unrealized_pnl for row in rows), ZERO),
        )

    async def _read_trades_and_orders(self) -> None:
        """Trades first: whatever trade is on the list, its order is in the history that is read after it."""
        marks = self._marks
        marks.reads += 1
        self._untaken += await self._lists.trades()
        await self._read_orders()
        for row in self._untaken:
            self._take_trade(row)
        self._untaken.clear()
        marks.ours, marks.ended, marks.forced = (
            {number: read for number, read in seen.items() if read >= marks.reads - _KEPT_READS}
            for seen in (marks.ours, marks.ended, marks.forced)
        )

    async def _read_orders(self) -> None:
        for row in await self._lists.orders():
            number = number_of(row)
            if self._is_ours(row.client_order_id) and number not in self._of_before:
                self._count(row, number)
            elif row.client_order_id.startswith(_FORCED):
                self._marks.forced[number] = self._marks.reads
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
        number = number_of(row)
        if number in self._marks.ours:
            self.figures.add_trade(trade, self._asset)
            self.unmatched_trades[trade.trade_id] = trade
            return
        kind = LIQUIDATION if number in self._marks.forced else TRADES
        self.foreign.trades += 1
        self.foreign.position += trade.amount * side.sign
        self.foreign.add(kind, trade.realized_pnl, self._asset)
        if trade.fee:
            self.foreign.add(kind, -trade.fee, trade.fee_asset)

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
        self._booked[line.asset] = self._booked.get(line.asset, ZERO) + line.amount
        if line.symbol in self._beside:
            self.beside[line.asset] = self.beside.get(line.asset, ZERO) + line.amount
            return
        if line.kind in OF_TRADES and line.symbol == self._symbol:
            return
        if line.kind in FUNDING_KINDS and line.symbol == self._symbol:
            is_special = line.kind == SPECIAL_FUNDING_FEE
            self.figures.funding += line.amount
            self.unmatched_funding[is_special, line.income_id] = FundingLine(
                line.income_id, line.amount, line.asset, line.time_ms, is_special
            )
        else:
            self.foreign.add(line.kind, line.amount, line.asset)
