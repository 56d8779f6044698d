"""The exchange as a value machine: handed orders, money and time, it answers and fills its outbox.

Nothing here waits, reads a clock or knows of sockets. Refusals are raised as `Refusal`; what the owners of
accounts are to hear is taken with `drain`.

    place ──▶ admission ──▶ matching ──▶ clearing ──▶ accounts, treasury, tape
    amend ──┘
                                            └──▶ outbox ──▶ drain()
"""

from collections import deque
from collections.abc import Iterable

from connector.simulator.accounts import Account
from connector.simulator.admission import admit
from connector.simulator.algo_desk import AlgoDesk
from connector.simulator.algo_orders import AlgoOrder, AlgoRequest
from connector.simulator.amendments import AmendRequest, amend_order
from connector.simulator.clearing import Clearing
from connector.simulator.consequences import BY_DEPOSIT, BY_WITHDRAWAL, Consequence, LeverageChanged
from connector.simulator.countdown import Countdowns
from connector.simulator.fixed_point import E8
from connector.simulator.ids import Ids
from connector.simulator.instruments import LISTED, Instrument
from connector.simulator.listing import Listing, listed
from connector.simulator.margin import charge, charges, free_e8, withdrawable_e8
from connector.simulator.orders import CANCELED, EXPIRED, Order, OrderRequest
from connector.simulator.payments import Settlement, settle
from connector.simulator.placing import drafted, listing_of, place_order
from connector.simulator.records import TRANSFER, IncomeRecord, LiquidationPrint
from connector.simulator.refusals import Refusal

HOUR_MS = 3_600_000
YEAR_MS = 365 * 24 * HOUR_MS


class Engine:
    """All listings and accounts of one exchange. Times are ms of the exchange's clock."""

    def __init__(
        self,
        start_ms: int,
        instruments: Iterable[Instrument] = LISTED,
        funding_first_ms: int = 8 * 3_600_000,
        funding_interval_ms: int = 8 * 3_600_000,
    ) -> None:
        self.ids = Ids(start_ms)
        self.accounts: dict[int, Account] = {}
        self.clearing = Clearing(self.accounts, self.ids)
        self.listings: dict[str, Listing] = {
            row.symbol: listed(row, self.ids, start_ms + funding_first_ms) for row in instruments
        }
        self.countdowns = Countdowns()
        self.algos = AlgoDesk(self.clearing, self.listings)
        self._funding_interval_ms = funding_interval_ms
        self._swept_ms = start_ms
        self.settlements: deque[Settlement] = deque(maxlen=10_000)
        self.prints: deque[LiquidationPrint] = deque(maxlen=10_000)

    def drain(self) -> list[Consequence]:
        """What the owners of accounts are to hear since the last call, in order."""
        told = list(self.clearing.outbox)
        self.clearing.outbox.clear()
        return told

    def listing(self, symbol: str) -> Listing:
        """The listing of that symbol, or -1121."""
        return listing_of(self.listings, symbol)

    def open_account(self, deposit_e8: int, now_ms: int, *, is_house: bool = False) -> Account:
        """A new account with that many USDT (1e-8)."""
        account = Account(len(self.accounts) + 1, is_house=is_house)
        self.accounts[account.account_id] = account
        if deposit_e8:
            self.transfer(account.account_id, deposit_e8, now_ms)
        return account

    def transfer(self, account_id: int, amount_e8: int, now_ms: int) -> IncomeRecord:
        """Moves USDT into the futures wallet, or out of it when negative; -2018 beyond what may leave ("Balances")."""
        account = self.accounts[account_id]
        found = charges(account, self.listings.values())
        if amount_e8 < 0 and withdrawable_e8(account, found) + amount_e8 < 0:
            raise Refusal(-2018)
        record = IncomeRecord(self.ids.next_income(), TRANSFER, "", "USDT", amount_e8, now_ms)
        self.clearing.book(account, record)
        self.clearing.treasury.deposits_e8 += amount_e8
        reason = BY_DEPOSIT if amount_e8 > 0 else BY_WITHDRAWAL
        self.clearing.tell_account(account, None, reason, now_ms, change_e8=amount_e8)
        return record

    def place(self, account_id: int, request: OrderRequest, now_ms: int) -> Order:
        """Accepts and matches an order, or refuses it without a trace."""
        order = place_order(self.clearing, self.listings, self.accounts[account_id], request, now_ms)
        self._settle_down(order.symbol, now_ms)
        return order

    def check(self, account_id: int, request: OrderRequest, now_ms: int) -> Order:
        """The order that `place` would accept, with id 0; it refuses what `place` would, and does nothing."""
        account, listing = self.accounts[account_id], self.listing(request.symbol)
        terms = admit(account, request, listing, self.listings.values(), now_ms)
        return drafted(request, terms, 0, account, now_ms)

    def amend(self, account_id: int, ask: AmendRequest, now_ms: int) -> Order:
        """Changes an open order's price and quantity; -5027 where nothing would change."""
        order = amend_order(self.clearing, self.listings, self.accounts[account_id], ask, now_ms)
        self._settle_down(order.symbol, now_ms)
        return order

    def cancel(
        self, account_id: int, symbol: str, order_id: int | None, client_order_id: str | None, now_ms: int
    ) -> Order:
        """Takes an open order out of the book, or -2011."""
        listing = self.listing(symbol)
        order = self.accounts[account_id].find(symbol, order_id, client_order_id)
        if order is None or not order.is_open:
            raise Refusal(-2011)
        self.clearing.end(listing, order, CANCELED, 0, now_ms)
        self._settle_down(symbol, now_ms)
        return order

    def cancel_all(self, account_id: int, symbol: str, now_ms: int) -> list[Order]:
        """Takes every open order of a symbol out of the book."""
        listing = self.listing(symbol)
        orders = list(self.accounts[account_id].orders_of(symbol).values())
        for order in orders:
            self.clearing.end(listing, order, CANCELED, 0, now_ms)
        self._settle_down(symbol, now_ms)
        return orders

    def place_algo(self, account_id: int, request: AlgoRequest, now_ms: int) -> AlgoOrder:
        """Accepts a conditional order, or refuses it."""
        return self.algos.place(self.accounts[account_id], request, now_ms)

    def set_leverage(self, account_id: int, symbol: str, leverage: int, now_ms: int) -> int:
        """Sets a symbol's leverage and returns the notional (USDT) that it allows."""
        listing, account = self.listing(symbol), self.accounts[account_id]
        if not 1 <= leverage <= listing.instrument.max_leverage:
            raise Refusal(-4028, leverage)
        cap = listing.instrument.cap_at(leverage)
        rows = [charge(account, listing, side) for side in account.sides()]
        if any(row.exposure_e8 > cap * E8 for row in rows):
            raise Refusal(-2027)
        before = account.leverage(symbol)
        account.leverages[symbol] = leverage
        if leverage < before and free_e8(account, charges(account, self.listings.values())) < 0:
            account.leverages[symbol] = before
            raise Refusal(-2028)
        if leverage != before and not account.is_house:
            self.clearing.outbox.append(LeverageChanged(account_id, now_ms, symbol, leverage))
        return cap

    def set_hedge(self, account_id: int, hedge: bool) -> None:
        """Switches between one-way and hedge mode: flat and without open orders only."""
        account = self.accounts[account_id]
        if account.hedge == hedge:
            raise Refusal(-4059)
        if account.has_open_orders():
            raise Refusal(-4067)
        if account.held():
            raise Refusal(-4068)
        account.hedge = hedge

    def move_prices(self, index_e8: dict[str, int], now_ms: int) -> None:
        """Index prices by symbol from outside; mark prices and funding forecasts follow."""
        for symbol, listing in self.listings.items():
            listing.quotes.move(index_e8.get(symbol), now_ms)
            self._settle_down(symbol, now_ms)

    def advance(self, now_ms: int) -> None:
        """Does what is due by time: funding, countdowns, and the end of good-till-date orders."""
        for listing in self.listings.values():
            due_ms = listing.quotes.next_funding_ms
            if now_ms >= due_ms:
                missed = (now_ms - due_ms) // self._funding_interval_ms
                self.settle_funding(listing, due_ms + missed * self._funding_interval_ms, now_ms)
        for account_id, symbol in self.countdowns.due(now_ms):
            self.cancel_all(account_id, symbol, now_ms)
        for order in [order for order in self.clearing.dated if order.good_till_ms <= now_ms]:
            self.clearing.end(self.listings[order.symbol], order, EXPIRED, 0, now_ms)
            self._settle_down(order.symbol, now_ms)
        self.algos.advance(now_ms)
        if now_ms >= self._swept_ms + HOUR_MS:
            self._swept_ms = now_ms
            self._expire_aged(now_ms)

    def _expire_aged(self, now_ms: int) -> None:
        """No order stays open for more than a year ("New order": GTC)."""
        aged = [
            order
            for account in self.accounts.values()
            for orders in account.open_orders.values()
            for order in orders.values()
            if now_ms - order.created_ms >= YEAR_MS
        ]
        for order in aged:
            self.clearing.end(self.listings[order.symbol], order, EXPIRED, 0, now_ms)
            self._settle_down(order.symbol, now_ms)

    def settle_funding(self, listing: Listing, due_ms: int, now_ms: int) -> Settlement:
        """Settles one symbol's funding and begins its next interval."""
        settlement = settle(self.clearing, listing, due_ms, now_ms)
        self.settlements.append(settlement)
        listing.quotes.settled(due_ms + self._funding_interval_ms)
        return settlement

    def _settle_down(self, symbol: str, now_ms: int) -> None:
        """Lets what waits for prices, orders or positions of a symbol react to what just happened."""
        self.algos.react(self.listings[symbol], now_ms)
