"""An account: wallets, positions, open orders, settings, and what it can look up later."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from connector.simulator.accounts.order_totals import OrderTotals
from connector.simulator.accounts.positions import Position
from connector.simulator.accounts.records import (
    Amendment,
    ForcedOrder,
    IncomeRecord,
    MarginMove,
    TradeRecord,
    WalletMove,
)
from connector.simulator.history import At, History
from connector.simulator.market.instruments import Instrument
from connector.simulator.market.orders import BOTH, FILLED, LONG, PARTIALLY_FILLED, SHORT, Order

DEFAULT_LEVERAGE = 20
#: Finished orders kept for look-up, per account; trades and income rows, per account and list.
MOST_KEPT = 500_000
MOST_FORCED = 10_000


#: What those have open who never ordered; never written to.
_NOTHING_OPEN = OrderTotals()


# When each kind of row happened, and its id: what histories are sorted and paged by.


def order_at(order: Order) -> At:
    return order.created_ms, order.order_id


def trade_at(trade: TradeRecord) -> At:
    return trade.time_ms, trade.trade_id


def amendment_at(record: Amendment) -> At:
    return record.time_ms, record.amendment_id


def move_at(move: MarginMove) -> At:
    return move.time_ms, move.move_id


def income_at(record: IncomeRecord) -> At:
    return record.time_ms, record.income_id


def wallet_move_at(move: WalletMove) -> At:
    return move.time_ms, move.move_id


@dataclass(slots=True, eq=False)
class Account:
    """What one owner has, and can look up later.

    What is looked up by page is kept apart by what it is asked for.
    """

    account_id: int
    #: One of the background market's own: nothing of them is kept or published.
    is_house: bool = False
    hedge: bool = False
    multi_assets: bool = False
    #: Whether fees are paid in BNB where there is enough of it.
    burns_bnb: bool = False
    #: Whether the agreement about contracts on traditional finance is signed.
    has_signed: bool = False
    #: Whether nothing may be ordered, since the exchange closes what is held.
    in_liquidation: bool = False
    #: 1e-8 by asset.
    wallets: dict[str, int] = field(default_factory=dict)
    #: When each wallet was last booked.
    updated_ms: dict[str, int] = field(default_factory=dict)
    #: The spot wallet and the funding wallet, 1e-8 by asset.
    spot: dict[str, int] = field(default_factory=dict)
    funding: dict[str, int] = field(default_factory=dict)
    #: The accounts of one owner, itself among them; empty where it stands alone.
    trade_group: set[int] = field(default_factory=set)
    #: The symbols in isolated mode.
    isolated: set[str] = field(default_factory=set)
    leverages: dict[str, int] = field(default_factory=dict)
    positions: dict[tuple[str, str], Position] = field(default_factory=dict)
    open_orders: dict[str, dict[int, Order]] = field(default_factory=dict)
    #: The latest order of a symbol and client id; only an open one makes a duplicate ("-4116").
    by_client_id: dict[tuple[str, str], Order] = field(default_factory=dict)
    orders: dict[tuple[str, int], Order] = field(default_factory=dict)
    #: Sum of ticks x lots of the open orders of a symbol and side; not kept for the house.
    open_value: dict[tuple[str, int], int] = field(default_factory=dict)
    #: What margin reads of a symbol and position side; not kept for the house.
    sums: dict[tuple[str, str], OrderTotals] = field(default_factory=dict)
    #: By symbol.
    placed: dict[str, History[Order]] = field(default_factory=dict)
    #: By symbol.
    trades: dict[str, History[TradeRecord]] = field(default_factory=dict)
    #: By symbol and order.
    trades_of_order: dict[tuple[str, int], History[TradeRecord]] = field(default_factory=dict)
    #: By kind and symbol.
    income: dict[tuple[str, str], History[IncomeRecord]] = field(default_factory=dict)
    #: By symbol and order, None for all of the symbol.
    amendments: dict[tuple[str, int | None], History[Amendment]] = field(default_factory=dict)
    #: By symbol.
    margin_moves: dict[str, History[MarginMove]] = field(default_factory=dict)
    #: By direction.
    wallet_moves: dict[str, History[WalletMove]] = field(default_factory=dict)
    forced: deque[ForcedOrder] = field(default_factory=lambda: deque(maxlen=MOST_FORCED))
    _finished: deque[Order] = field(default_factory=deque)

    @property
    def wallet_e8(self) -> int:
        """The USDT wallet."""
        return self.wallets.get("USDT", 0)

    def cross_wallet_e8(self, asset: str) -> int:
        """A wallet without what is posted for isolated positions."""
        posted_e8 = sum(
            position.isolated_e8 for position in self.positions.values() if position.instrument.quote == asset
        )
        return self.wallets.get(asset, 0) - posted_e8

    def leverage(self, symbol: str) -> int:
        return self.leverages.get(symbol, DEFAULT_LEVERAGE)

    def position(self, instrument: Instrument, position_side: str) -> Position:
        """The position of that side, made flat when there never was one."""
        key = (instrument.symbol, position_side)
        if key not in self.positions:
            self.positions[key] = Position(instrument, position_side)
        return self.positions[key]

    def sides(self) -> tuple[str, ...]:
        """The position sides that the account's mode has."""
        return (LONG, SHORT) if self.hedge else (BOTH,)

    def holds(self, symbol: str) -> bool:
        """Whether a position of that symbol is not flat."""
        return bool(self.held_of(symbol))

    def held_of(self, symbol: str) -> list[Position]:
        """The positions of a symbol that are not flat, of however many others there are too."""
        found = (self.positions.get((symbol, side)) for side in (BOTH, LONG, SHORT))
        return [position for position in found if position is not None and position.lots]

    def held(self) -> list[Position]:
        """Positions that are not flat."""
        return [position for position in self.positions.values() if position.lots]

    def orders_of(self, symbol: str) -> dict[int, Order]:
        return self.open_orders.setdefault(symbol, {})

    def has_open_orders(self) -> bool:
        return any(self.open_orders.values())

    def open(self, order: Order) -> None:
        """Takes a newly accepted order into the account's lists."""
        self.orders_of(order.symbol)[order.order_id] = order
        self.by_client_id[order.symbol, order.client_order_id] = order
        self.orders[order.symbol, order.order_id] = order
        if not self.is_house:
            self.placed.setdefault(order.symbol, History(order_at, MOST_KEPT)).append(order)
            self.recount(order)

    def open_of(self, symbol: str, position_side: str) -> OrderTotals:
        """The totals of a symbol's open orders on that position side; to look at them leaves nothing behind."""
        return self.sums.get((symbol, position_side), _NOTHING_OPEN)

    def keep_trade(self, trade: TradeRecord) -> None:
        for history in (
            self.trades.setdefault(trade.symbol, History(trade_at, MOST_KEPT)),
            self.trades_of_order.setdefault((trade.symbol, trade.order_id), History(trade_at, MOST_KEPT)),
        ):
            history.append(trade)

    def keep_margin_move(self, move: MarginMove) -> None:
        self.margin_moves.setdefault(move.symbol, History(move_at, MOST_KEPT)).append(move)

    def keep_income(self, record: IncomeRecord) -> None:
        self.income.setdefault((record.kind, record.symbol), History(income_at, MOST_KEPT)).append(record)

    def keep_wallet_move(self, move: WalletMove) -> None:
        self.wallet_moves.setdefault(move.way, History(wallet_move_at, MOST_KEPT)).append(move)

    @property
    def trade_group_id(self) -> int:
        """What accounts between which self-trades are prevented share, -1 without others ("Account config")."""
        return min(self.trade_group, default=-1)

    def income_of(self, kind: str | None, symbol: str | None) -> Iterable[History[IncomeRecord]]:
        """The income of a kind and a symbol, of all where None."""
        return [
            history
            for (of_kind, of_symbol), history in self.income.items()
            if kind in (None, of_kind) and symbol in (None, of_symbol)
        ]

    def fill(self, order: Order, lots: int, ticks: int) -> None:
        """Counts a fill on one of the account's orders."""
        order.filled_lots += lots
        order.filled_value += lots * ticks
        order.status = PARTIALLY_FILLED if order.open_lots else FILLED
        if not self.is_house:
            self.open_of(order.symbol, order.position_side).shift(order, -lots)
            self._count(order, -lots)

    def amend(self, order: Order, record: Amendment) -> None:
        """Gives an open order another price and quantity."""
        self.uncount(order)
        order.price_ticks, order.lots = record.ticks[1], record.lots[1]
        self.recount(order)
        if not self.is_house:
            for order_id in (None, order.order_id):
                key = (order.symbol, order_id)
                self.amendments.setdefault(key, History(amendment_at, MOST_KEPT)).append(record)

    def uncount(self, order: Order) -> None:
        """Takes an open order out of the totals, until `recount`."""
        if not self.is_house:
            self.open_of(order.symbol, order.position_side).drop(order)
            self._count(order, -order.open_lots)

    def recount(self, order: Order) -> None:
        if not self.is_house:
            key = (order.symbol, order.position_side)
            if key not in self.sums:
                self.sums[key] = OrderTotals()
            self.sums[key].take(order)
            self._count(order, order.open_lots)

    def shrink(self, order: Order, lots: int) -> None:
        """Takes unfilled lots off an open order."""
        order.lots -= lots
        self._count(order, -lots)

    def finish(self, order: Order) -> None:
        """Takes an order that reached its end off the open ones; the oldest finished ones are forgotten."""
        del self.orders_of(order.symbol)[order.order_id]
        self.uncount(order)
        self._finished.append(order)
        if self.is_house or len(self._finished) > MOST_KEPT:
            self._forget(self._finished.popleft())

    def _count(self, order: Order, lots: int) -> None:
        key = (order.symbol, order.side)
        self.open_value[key] = self.open_value.get(key, 0) + lots * order.price_ticks

    def _forget(self, order: Order) -> None:
        del self.orders[order.symbol, order.order_id]
        self.trades_of_order.pop((order.symbol, order.order_id), None)
        self.amendments.pop((order.symbol, order.order_id), None)
        key = (order.symbol, order.client_order_id)
        if self.by_client_id.get(key) is order:
            del self.by_client_id[key]

    def find(self, symbol: str, order_id: int | None, client_order_id: str | None) -> Order | None:
        """An order by its id, else by its client id."""
        if order_id is not None:
            return self.orders.get((symbol, order_id))
        return self.by_client_id.get((symbol, client_order_id or ""))
