"""The exchange as a value machine: handed orders, money and time, it answers and fills its outbox.

Nothing here waits, reads a clock or knows of sockets. Refusals are raised as `VenueError`; what the owners of
accounts are to hear is taken with `drain`.

    place ──▶ admission ──▶ matching ──▶ clearing ──▶ accounts, house ledger, tape
    amend ──┘                   ▲           └──▶ outbox ──▶ drain()
    advance ──▶ risk ───────────┘  liquidation, insurance fund, deleveraging
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.algo_orders import AlgoOrder, AlgoRequest
from connector.simulator.accounts.events import AccountEvent
from connector.simulator.accounts.margin_pools import MarginPools
from connector.simulator.accounts.positioning import keep_positioning
from connector.simulator.accounts.records import IncomeRecord, WalletMove
from connector.simulator.accounts.wallets import FUTURES
from connector.simulator.errors import VenueError
from connector.simulator.fixed_point import E8, half_up
from connector.simulator.ids import Ids
from connector.simulator.market.collateral_prices import CollateralPrices, MarginAsset
from connector.simulator.market.default_instruments import MAJORS
from connector.simulator.market.funding_schedule import FundingSchedule
from connector.simulator.market.instruments import Bracket, Instrument
from connector.simulator.market.listing import DELIVERING, Listing, listed, listing_of
from connector.simulator.market.orders import CANCELED, EXPIRED, AmendRequest, Order, OrderRequest
from connector.simulator.matching.account_settings import AccountSettings
from connector.simulator.matching.admission import admit
from connector.simulator.matching.algo_engine import AlgoEngine
from connector.simulator.matching.amendments import amend_order
from connector.simulator.matching.clearing import Clearing
from connector.simulator.matching.countdown import Countdowns
from connector.simulator.matching.drill_commands import DrillCommands
from connector.simulator.matching.funding_settlement import Settlement, settle, settle_special
from connector.simulator.matching.order_placement import drafted, place_order
from connector.simulator.risk.delisting import wind_up
from connector.simulator.risk.monitor import RiskMonitor

#: What the insurance fund of each margin asset begins with, in USDT or its worth.
INSURANCE_E8 = 10**6 * E8

#: Contracts whose funding one call settles; the others' is settled by the next ones.
MOST_SETTLED = 20
#: Contracts that one call delivers.
MOST_DELIVERED = 5
#: Contracts whose prices one call samples: all of them within a second, and never all at once.
LEAST_SAMPLED, SAMPLED_SHARE = 40, 8

HOUR_MS = 3_600_000
YEAR_MS = 365 * 24 * HOUR_MS


class Engine(DrillCommands):
    """All listings and accounts of one exchange. Times are ms of the exchange's clock.

    `funding_interval_ms` is how long eight hours of a contract last here. Account 0 is the insurance fund's.
    """

    def __init__(
        self,
        start_ms: int,
        instruments: Iterable[Instrument] = MAJORS,
        funding_first_ms: int = 8 * 3_600_000,
        funding_interval_ms: int = 8 * 3_600_000,
        insurance_e8: int = INSURANCE_E8,
    ) -> None:
        self.ids = Ids(start_ms)
        self.accounts: dict[int, Account] = {}
        self.listings: dict[str, Listing] = {
            row.symbol: listed(
                row, self.ids, start_ms + funding_first_ms, FundingSchedule(funding_interval_ms), start_ms
            )
            for row in instruments
        }
        self.collateral = CollateralPrices(self.listings)
        self.margin_pools = MarginPools(self.listings, self.collateral)
        self.clearing = Clearing(self.accounts, self.ids, self.margin_pools)
        self.countdowns = Countdowns()
        self.account_settings = AccountSettings(self.clearing, self.listings, self.margin_pools)
        fund = self.open_account(0, start_ms, is_house=True)
        if insurance_e8:
            for asset in dict.fromkeys(listing.instrument.quote for listing in self.listings.values()):
                endowment_e8 = insurance_e8 * E8 // self.collateral.index_e8(asset)
                self.transfer(fund.account_id, endowment_e8, start_ms, asset)
        self.risk_monitor = RiskMonitor(self.clearing, self.listings, self.margin_pools, fund)
        self.algos = AlgoEngine(self.clearing, self.listings)
        self._swept_ms = start_ms
        self.settlements: deque[Settlement] = deque(maxlen=10_000)
        self.prints = self.risk_monitor.orders.prints

    def drain(self) -> list[AccountEvent]:
        """What the owners of accounts are to hear since the last call, in order."""
        events = list(self.clearing.outbox)
        self.clearing.outbox.clear()
        return events

    def listing(self, symbol: str) -> Listing:
        """The listing of that symbol, or -1121."""
        return listing_of(self.listings, symbol)

    def open_account(self, deposit_e8: int, now_ms: int, *, is_house: bool = False) -> Account:
        """A new account with that many USDT (1e-8)."""
        account = Account(len(self.accounts), is_house=is_house)
        for listing in self.listings.values():
            self.account_settings.lower_leverage(account, listing, now_ms)
        self.accounts[account.account_id] = account
        if deposit_e8:
            self.transfer(account.account_id, deposit_e8, now_ms)
        return account

    def transfer(
        self, account_id: int, amount_e8: int, now_ms: int, asset: str = "USDT", wallet: str = FUTURES
    ) -> IncomeRecord:
        """Brings money into a wallet from outside, or takes it out when negative; -2018 beyond what may leave."""
        return self.account_settings.transfer(self.accounts[account_id], asset, amount_e8, now_ms, wallet)

    def move_money(self, account_id: int, way: str, asset: str, amount_e8: int, now_ms: int) -> WalletMove:
        """Moves money between the wallets of an account; -5013 beyond what may leave."""
        return self.account_settings.move_money(self.accounts[account_id], way, asset, amount_e8, now_ms)

    def join_owner(self, account_id: int, with_id: int) -> None:
        """Makes an account one of the owner of another: self-trades between them are prevented from now on."""
        group = {account_id, with_id} | self.accounts[account_id].trade_group | self.accounts[with_id].trade_group
        for each in group:
            self.accounts[each].trade_group = group

    def place(self, account_id: int, request: OrderRequest, now_ms: int) -> Order:
        """Accepts and matches an order, or refuses it without a trace."""
        order = place_order(self.clearing, self.listings, self.accounts[account_id], request, now_ms)
        self._settle_down(order.symbol, now_ms)
        return order

    def check(self, account_id: int, request: OrderRequest, now_ms: int) -> Order:
        """The order that `place` would accept, with id 0; it refuses what `place` would, and does nothing."""
        account, listing = self.accounts[account_id], self.listing(request.symbol)
        terms = admit(account, request, listing, self.margin_pools, now_ms)
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
            raise VenueError(-2011)
        self.clearing.end(listing, order, CANCELED, 0, now_ms)
        self._settle_down(symbol, now_ms)
        return order

    def shrink(self, account_id: int, symbol: str, order_id: int, lots: int) -> None:
        """Takes lots off an order that rests, whose place in the queue it keeps; -2011 unless some stay open."""
        listing, account = self.listing(symbol), self.accounts[account_id]
        order = account.find(symbol, order_id, None)
        if order is None or not order.rests or not 0 < lots < order.open_lots:
            raise VenueError(-2011)
        listing.book.take(order, lots)
        account.shrink(order, lots)

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

    def cancel_algo(self, account_id: int, algo_id: int | None, client_algo_id: str | None, now_ms: int) -> AlgoOrder:
        """Takes a conditional order back."""
        return self.algos.cancel(self.accounts[account_id], algo_id, client_algo_id, now_ms)

    def cancel_algos(self, account_id: int, symbol: str, now_ms: int) -> list[AlgoOrder]:
        """Takes every conditional order of a symbol back."""
        return self.algos.cancel_all(self.accounts[account_id], symbol, now_ms)

    def set_countdown(self, account_id: int, symbol: str, countdown_ms: int, now_ms: int) -> None:
        """Cancels every order of a symbol that late, unless it is set again before; 0 ends it."""
        self.countdowns.set(account_id, symbol, countdown_ms, now_ms)

    def delay_triggers(self, ms: int) -> None:
        """How long conditional orders stay between trigger and child order from now on."""
        self.algos.triggering_ms = ms

    def set_leverage(self, account_id: int, symbol: str, leverage: int, now_ms: int) -> int:
        """Sets a symbol's leverage and returns the notional (USDT) that it allows."""
        return self.account_settings.set_leverage(self.accounts[account_id], self.listing(symbol), leverage, now_ms)

    def set_hedge(self, account_id: int, hedge: bool) -> None:
        """Switches between one-way and hedge mode: flat and without open orders only."""
        self.account_settings.set_hedge(self.accounts[account_id], hedge)

    def set_isolated(self, account_id: int, symbol: str, isolated: bool, now_ms: int) -> None:
        """Switches a symbol between cross and isolated margin."""
        self.account_settings.set_isolated(self.accounts[account_id], self.listing(symbol), isolated, now_ms)

    def set_multi_assets(self, account_id: int, multi_assets: bool, now_ms: int) -> None:
        """Switches between margin of one asset and of all."""
        self.account_settings.set_multi_assets(self.accounts[account_id], multi_assets, now_ms)

    def set_fee_burn(self, account_id: int, burns_bnb: bool) -> None:
        """Whether fees are paid in BNB, at a discount, where the wallet has enough of it."""
        self.accounts[account_id].burns_bnb = burns_bnb

    def sign_agreement(self, account_id: int) -> None:
        """Signs, once and for all, what contracts on traditional finance ask for."""
        self.accounts[account_id].has_signed = True

    def move_margin(
        self, account_id: int, symbol: str, position_side: str, kind: int, amount_e8: int, now_ms: int
    ) -> None:
        """Gives margin to an isolated position, or takes back what it can spare."""
        account, listing = self.accounts[account_id], self.listing(symbol)
        self.account_settings.move_margin(account, listing, position_side, kind, amount_e8, now_ms)

    def adjust_funding(
        self, symbol: str, now_ms: int, hours: int | None, cap_e8: int | None, floor_e8: int | None, rate_e8: int | None
    ) -> None:
        """Changes a symbol's funding from the next settlement on; the rate is nailed, or let go, at once."""
        mark_price = self.listing(symbol).mark_price
        mark_price.funding.adjust(now_ms, hours=hours, cap_e8=cap_e8, floor_e8=floor_e8)
        mark_price.fix_rate(rate_e8)

    def begin_funding(self, symbol: str, hours: int) -> None:
        """How many hours a symbol's first interval stands for."""
        self.listing(symbol).mark_price.funding.hours = hours

    def force_liquidation(self, account_id: int, symbol: str, now_ms: int) -> None:
        """Liquidates an account's positions of a symbol, whatever its margin."""
        self.risk_monitor.liquidate(self.accounts[account_id], self.listing(symbol), now_ms)
        self._settle_down(symbol, now_ms)

    def force_adl(self, account_id: int, symbol: str, now_ms: int) -> None:
        """Deleverages an account's positions of a symbol, whoever stands before it in the queue."""
        self.risk_monitor.deleverage(self.accounts[account_id], self.listing(symbol), now_ms)
        self._settle_down(symbol, now_ms)

    def delist(self, symbol: str, now_ms: int) -> None:
        """Expires a contract's orders, settles its positions at the mark, and leaves it SETTLING."""
        listing = self.listing(symbol)
        self.uncover_status(symbol)
        self.risk_monitor.relieve_fund(now_ms)
        self.algos.expire_all(symbol, now_ms)
        wind_up(self.clearing, self.risk_monitor.orders, listing, now_ms)
        self._settle_down(symbol, now_ms)

    def set_status(self, symbol: str, status: str) -> None:
        """Another status for a contract, as exchangeInfo tells it unless it is made to tell another for a while."""
        listing = self.listing(symbol)
        if listing.covered is None:
            listing.status = status
        else:
            listing.covered = (status, listing.covered[1])

    def change_brackets(self, symbol: str, brackets: tuple[Bracket, ...], now_ms: int = 0) -> None:
        """Other brackets for a symbol: leverages above their most fall to it, positions are looked at anew."""
        listing = self.listing(symbol)
        listing.instrument = replace(listing.instrument, brackets=brackets)
        for account in self.accounts.values():
            self.account_settings.lower_leverage(account, listing, now_ms)
        self.risk_monitor.look_again(symbol)

    def move_prices(self, index_e8: dict[str, int], now_ms: int) -> None:
        """Index prices by symbol from outside; mark prices and funding forecasts follow."""
        room = max(LEAST_SAMPLED, len(self.listings) // SAMPLED_SHARE)
        for symbol, listing in self.listings.items():
            room -= listing.mark_price.move(index_e8.get(symbol), now_ms, may_sample=room > 0)
        self._settle_all_down(now_ms)

    def set_asset(self, row: MarginAsset) -> None:
        """Other figures of a margin asset from now on; positions are looked at anew."""
        self.collateral.changed[row.asset] = row
        self.risk_monitor.look_again_at_all()

    def fix_mark(self, symbol: str, mark_e8: int | None) -> None:
        """Nails a symbol's mark price; None lets it move again."""
        self.listing(symbol).mark_price.fix(mark_e8)

    def advance(self, now_ms: int) -> None:
        """Does what is due by time or price: funding, margins, countdowns, the end of good-till-date orders."""
        due = (listing for listing in self.listings.values() if now_ms >= listing.mark_price.next_funding_ms)
        for listing in islice(due, MOST_SETTLED):
            due_ms, interval_ms = listing.mark_price.next_funding_ms, listing.mark_price.funding.interval_ms
            missed = (now_ms - due_ms) // interval_ms
            self.settle_funding(listing, due_ms + missed * interval_ms, now_ms)
        self._deliver_due(now_ms)
        self.risk_monitor.watch(now_ms)
        self._settle_all_down(now_ms)
        for account_id, symbol in self.countdowns.due(now_ms):
            self.cancel_all(account_id, symbol, now_ms)
        for order in [order for order in self.clearing.dated if order.good_till_ms <= now_ms]:
            self.clearing.end(self.listings[order.symbol], order, EXPIRED, 0, now_ms)
        if not 0 <= now_ms - self._swept_ms < HOUR_MS:
            self._swept_ms = now_ms
            self._expire_aged(now_ms)
        self.algos.advance(now_ms)
        self._settle_all_down(now_ms)
        keep_positioning(self.listings.values(), self.clearing.holders, now_ms)

    def _deliver_due(self, now_ms: int) -> None:
        """Settles what has come to its delivery date at the mark, as a contract that is delisted."""
        due = [listing for listing in self.listings.values() if 0 < listing.delivers_ms <= now_ms]
        for listing in due[:MOST_DELIVERED]:
            listing.delivers_ms = 0
            listing.delivered = now_ms, half_up(listing.mark_price.mark_e8, listing.instrument.tick_e8)
            self.delist(listing.symbol, now_ms)
            if listing.instrument.is_dated:
                listing.status = DELIVERING

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

    def settle_funding(self, listing: Listing, due_ms: int, now_ms: int) -> Settlement:
        """Settles one symbol's funding and begins its next interval."""
        settlement = settle(self.clearing, listing, due_ms, now_ms)
        self.settlements.append(settlement)
        schedule = listing.mark_price.funding
        schedule.follow(settlement.rate_e8, now_ms)
        listing.mark_price.settled(due_ms + schedule.interval_ms)
        return settlement

    def settle_special(self, symbol: str, rate_e8: int, now_ms: int) -> Settlement:
        """Settles a special rate of a symbol, beside its schedule."""
        settlement = settle_special(self.clearing, self.listing(symbol), rate_e8, now_ms)
        self.settlements.append(settlement)
        return settlement

    def _settle_down(self, symbol: str, now_ms: int) -> None:
        """Lets what waits for prices, orders or positions of a symbol react to what just happened."""
        self.algos.react(self.listings[symbol], now_ms)

    def _settle_all_down(self, now_ms: int) -> None:
        for symbol in self.algos.watched():
            self._settle_down(symbol, now_ms)
