"""Books what a match or a settlement means: wallets, positions, records, and what the owners are told.

Everything booked is rounded to eight decimals once, and a wallet is the exact sum of what was booked
("Realised profit", "Commission"). The house ledger takes the other side of each booking.
"""

from collections.abc import Collection, Mapping

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.events import (
    BY_ORDER,
    AccountChanged,
    AccountEvent,
    BalanceRow,
    Execution,
    Fill,
    OrderChanged,
    PositionRow,
    position_rows,
)
from connector.simulator.accounts.fees import Match, fee_of
from connector.simulator.accounts.house_ledger import HouseLedger
from connector.simulator.accounts.isolated_margin import IsolatedFill, post
from connector.simulator.accounts.margin_pools import MarginPools
from connector.simulator.accounts.records import COMMISSION, REALIZED_PNL, IncomeRecord, TradeRecord
from connector.simulator.fixed_point import E8, half_up
from connector.simulator.ids import Ids
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import (
    BUY,
    BY_REDUCE_ONLY,
    EXPIRED,
    GTD,
    LIQUIDATION,
    NEW,
    RPI,
    SELL,
    Order,
)
from connector.simulator.market.tape import PublicTrade


class Clearing:
    """Shared by everything that moves money or orders."""

    def __init__(self, accounts: Mapping[int, Account], ids: Ids, margin_pools: MarginPools) -> None:
        self.accounts = accounts
        self.ids = ids
        self.margin_pools = margin_pools
        self.collateral = margin_pools.collateral
        #: The accounts with a position, by symbol.
        self.holders: dict[str, dict[int, Account]] = {}
        #: The accounts whose wallet moved since risk looked at them.
        self.wallet_moved: dict[int, Account] = {}
        self.house_ledger = HouseLedger()
        #: What the owners will hear, in order.
        self.outbox: list[AccountEvent] = []
        #: The open good-till-date orders.
        self.dated: dict[Order, None] = {}

    def accept(self, listing: Listing, order: Order, now_ms: int) -> None:
        """Takes a new order into its account's lists and tells it NEW."""
        self.accounts[order.account_id].open(order)
        if order.time_in_force == GTD:
            self.dated[order] = None
        self.report_order(listing, order, NEW, now_ms)

    def trade(self, listing: Listing, taker: Order, maker: Order, lots: int, now_ms: int) -> None:
        """One match at the maker's price."""
        trade_id = self.ids.next_trade(listing.symbol)
        ticks = maker.price_ticks
        listing.book_of(maker).take(maker, lots)
        is_rpi = maker.time_in_force == RPI
        listing.tape.print(PublicTrade(trade_id, ticks, lots, now_ms, maker.side == BUY, is_rpi), taker.order_id)
        self._settle_both(listing, Match(trade_id, maker, taker, ticks, lots), now_ms)

    def trade_aside(self, listing: Listing, taker: Order, maker: Order, lots: int, ticks: int, now_ms: int) -> None:
        """One match that neither book nor tape sees: the exchange moves a position from one account to another."""
        trade_id = self.ids.next_trade(listing.symbol)
        self._settle_both(listing, Match(trade_id, maker, taker, ticks, lots), now_ms)

    def end(self, listing: Listing, order: Order, status: str, reason: int, now_ms: int) -> None:
        """Ends an open order unfilled: canceled by its owner, or expired for `reason`."""
        if order.rests:
            listing.book_of(order).remove(order)
            order.rests = False
        order.status, order.expiry_reason, order.updated_ms = status, reason, now_ms
        self._finish(order)
        self.report_order(listing, order, EXPIRED if status != "CANCELED" else status, now_ms)

    def report_order(
        self,
        listing: Listing,
        order: Order,
        execution_type: str,
        now_ms: int,
        fill: Fill | None = None,
        *,
        modify_id: int | None = None,
    ) -> None:
        """Reports to the owner how the order stands."""
        account = self.accounts[order.account_id]
        if account.is_house:
            return
        unit = listing.instrument.tick_e8 * listing.instrument.lot_e8
        bids = account.open_value.get((order.symbol, BUY), 0)
        asks = account.open_value.get((order.symbol, SELL), 0)
        self.outbox.append(
            OrderChanged(
                account_id=order.account_id,
                time_ms=now_ms,
                order=order,
                execution_type=execution_type,
                status=order.status,
                filled_lots=order.filled_lots,
                filled_value=order.filled_value,
                expiry_reason=order.expiry_reason,
                bid_notional_e8=half_up(bids * unit, E8),
                ask_notional_e8=half_up(asks * unit, E8),
                fill=fill,
                modify_id=modify_id,
            )
        )

    def book(self, account: Account, record: IncomeRecord) -> None:
        """Books one item: the wallet moves by it, and its row explains why."""
        account.wallets[record.asset] = account.wallets.get(record.asset, 0) + record.amount_e8
        account.updated_ms[record.asset] = record.time_ms
        if not account.is_house:
            self.wallet_moved[account.account_id] = account
            account.keep_income(record)

    def report_account(
        self,
        account: Account,
        reason: str,
        now_ms: int,
        changes: Mapping[str, int],
        positions: tuple[PositionRow, ...] = (),
        funding_symbol: str = "",
    ) -> None:
        """Reports to the owner the wallets of `changes` (what moved beside profit and commission), and `positions`."""
        if not account.is_house:
            balances = _balance_rows(account, changes)
            self.outbox.append(AccountChanged(account.account_id, now_ms, reason, balances, positions, funding_symbol))

    def _settle_both(self, listing: Listing, match: Match, now_ms: int) -> None:
        for order in (match.maker, match.taker):
            self._settle(listing, order, match, now_ms)
        for order in (match.maker, match.taker):
            self._trim_reducers(listing, order, now_ms)

    def _settle(self, listing: Listing, order: Order, match: Match, now_ms: int) -> None:
        account = self.accounts[order.account_id]
        instrument = listing.instrument
        position = account.position(instrument, order.position_side)
        realised = position.trade(order.side, match.lots, match.ticks)
        fee = fee_of(account, order, match, instrument, self.collateral)
        if instrument.symbol in account.isolated:
            fee_e8 = fee.amount_e8 if fee.asset == instrument.quote else 0
            fill = IsolatedFill(order.side, match.ticks * instrument.tick_e8, match.lots, realised, fee_e8)
            post(account, position, fill, listing.mark_price.mark_e8)
        self._hold(account, instrument.symbol)
        position.fees_e8 += half_up(fee.quote_e8 * realised.opened_lots, match.lots)
        position.updated_ms = order.updated_ms = now_ms
        self.house_ledger.of(fee.asset).fees_e8 += fee.amount_e8
        self.house_ledger.of(instrument.quote).dust_e16 += realised.dust_e16
        account.fill(order, match.lots, match.ticks)
        execution = Execution(
            trade_id=match.trade_id,
            ticks=match.ticks,
            lots=match.lots,
            commission_e8=fee.amount_e8,
            realised_e8=realised.booked_e8,
            is_maker=order is match.maker,
            commission_asset=fee.asset,
        )
        self._book_fill(account, order, instrument.quote, execution, now_ms)
        if not order.open_lots:
            order.rests = False
            self._finish(order)
        if not account.is_house:
            balances = _balance_rows(account, {instrument.quote: 0, fee.asset: 0})
            positions = position_rows(account, listing)
            changed = AccountChanged(account.account_id, now_ms, BY_ORDER, balances, positions)
            execution_type = "CALCULATED" if order.kind == LIQUIDATION else "TRADE"
            self.report_order(listing, order, execution_type, now_ms, Fill(execution, changed))

    def _hold(self, account: Account, symbol: str) -> None:
        holders = self.holders.setdefault(symbol, {})
        if account.holds(symbol):
            holders[account.account_id] = account
        else:
            holders.pop(account.account_id, None)

    def _finish(self, order: Order) -> None:
        self.accounts[order.account_id].finish(order)
        self.dated.pop(order, None)

    def _book_fill(self, account: Account, order: Order, quote: str, fill: Execution, now_ms: int) -> None:
        symbol, trade_id = order.symbol, fill.trade_id
        for kind, asset, amount_e8 in (
            (REALIZED_PNL, quote, fill.realised_e8),
            (COMMISSION, fill.commission_asset, -fill.commission_e8),
        ):
            if amount_e8:
                record = IncomeRecord(self.ids.next_income(), kind, symbol, asset, amount_e8, now_ms, trade_id)
                self.book(account, record)
        if account.is_house:
            return
        account.keep_trade(
            TradeRecord(
                trade_id=trade_id,
                order_id=order.order_id,
                symbol=symbol,
                side=order.side,
                position_side=order.position_side,
                ticks=fill.ticks,
                lots=fill.lots,
                realised_e8=fill.realised_e8,
                commission_e8=fill.commission_e8,
                is_maker=fill.is_maker,
                time_ms=now_ms,
                commission_asset=fill.commission_asset,
            )
        )

    def _trim_reducers(self, listing: Listing, cause: Order, now_ms: int) -> None:
        account = self.accounts[cause.account_id]
        held_lots = account.position(listing.instrument, cause.position_side).lots
        for order in surplus_reducers(account, listing.symbol, cause.position_side, held_lots):
            self.end(listing, order, EXPIRED, BY_REDUCE_ONLY, now_ms)


def surplus_reducers(
    account: Account, symbol: str, position_side: str, held_lots: int, gone: Collection[Order] = ()
) -> list[Order]:
    """The closing orders that a position of `held_lots` does not cover: the best priced, oldest ones stay.

    `gone` are orders that count no more. The venue documents that surplus ones expire (reason 4), its choice among
    them is inferred.
    """
    if account.is_house:
        return []
    orders = account.sums.get((symbol, position_side))
    if orders is None or not orders.closers:
        return []
    surplus = []
    for side in (BUY, SELL):
        room = max(0, -side * held_lots)
        mine = [order for order in orders.closers_of(side) if order not in gone]
        for order in sorted(mine, key=lambda order: (-side * order.price_ticks, order.order_id)):
            if order.open_lots <= room:
                room -= order.open_lots
            else:
                surplus.append(order)
    return surplus


def _balance_rows(account: Account, changes: Mapping[str, int]) -> tuple[BalanceRow, ...]:
    return tuple(
        BalanceRow(asset, account.wallets.get(asset, 0), account.cross_wallet_e8(asset), change_e8)
        for asset, change_e8 in changes.items()
    )
