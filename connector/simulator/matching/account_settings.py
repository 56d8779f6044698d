"""What an account's owner may change: leverage, modes, margin of positions, and money in and out."""

from collections.abc import Mapping

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.events import (
    BY_DEPOSIT,
    BY_MARGIN_TRANSFER,
    BY_MARGIN_TYPE,
    BY_WITHDRAWAL,
    AssetModeChanged,
    LeverageChanged,
    position_rows,
)
from connector.simulator.accounts.isolated_margin import addable_e8, removable_e8
from connector.simulator.accounts.margin import charge
from connector.simulator.accounts.margin_pools import MarginPools
from connector.simulator.accounts.records import ADDED, TRANSFER, IncomeRecord, MarginMove, WalletMove
from connector.simulator.accounts.wallets import FUTURES, WAYS, put, wallet_of
from connector.simulator.errors import VenueError
from connector.simulator.fixed_point import E8
from connector.simulator.market.listing import Listing
from connector.simulator.matching.clearing import Clearing


class AccountSettings:
    """Each change is made wholly, or refused and nothing is changed."""

    def __init__(self, clearing: Clearing, listings: Mapping[str, Listing], margin_pools: MarginPools) -> None:
        self._clearing, self._listings, self._margin_pools = clearing, listings, margin_pools

    def transfer(
        self, account: Account, asset: str, amount_e8: int, now_ms: int, wallet: str = FUTURES
    ) -> IncomeRecord:
        """Brings money into a wallet from outside, or takes it out when negative; -2018 beyond what may leave."""
        if amount_e8 < 0 and self._spare_e8(account, wallet, asset) + amount_e8 < 0:
            raise VenueError(-2018)
        record = IncomeRecord(self._clearing.ids.next_income(), TRANSFER, "", asset, amount_e8, now_ms)
        self._put(account, wallet, record)
        self._clearing.house_ledger.of(asset).deposits_e8 += amount_e8
        return record

    def move_money(self, account: Account, way: str, asset: str, amount_e8: int, now_ms: int) -> WalletMove:
        """Moves money from one wallet of the account to another; -5013 beyond what may leave the first."""
        source, target = WAYS[way]
        if amount_e8 <= 0:
            raise VenueError(-5007)
        if self._spare_e8(account, source, asset) < amount_e8:
            raise VenueError(-5013)
        move = WalletMove(self._clearing.ids.next_income(), way, asset, amount_e8, now_ms)
        for wallet, change_e8 in ((source, -amount_e8), (target, amount_e8)):
            self._put(account, wallet, IncomeRecord(move.move_id, TRANSFER, "", asset, change_e8, now_ms))
        account.keep_wallet_move(move)
        return move

    def _spare_e8(self, account: Account, wallet: str, asset: str) -> int:
        """What may leave a wallet: of the futures' what no position and no order needs ("Balances")."""
        if wallet != FUTURES:
            return wallet_of(account, wallet).get(asset, 0)
        return self._margin_pools.withdrawable_e8(account, self._margin_pools.charges(account), asset)

    def _put(self, account: Account, wallet: str, record: IncomeRecord) -> None:
        """Changes a wallet; the futures' has an income row for it, and its owner hears of it."""
        if wallet != FUTURES:
            put(account, wallet, record.asset, record.amount_e8)
            return
        self._clearing.book(account, record)
        reason = BY_DEPOSIT if record.amount_e8 > 0 else BY_WITHDRAWAL
        self._clearing.report_account(account, reason, record.time_ms, {record.asset: record.amount_e8})

    def set_leverage(self, account: Account, listing: Listing, leverage: int, now_ms: int) -> int:
        """Sets a symbol's leverage and returns the notional that it allows."""
        symbol = listing.symbol
        if not 1 <= leverage <= listing.instrument.max_leverage:
            raise VenueError(-4028, leverage)
        before = account.leverage(symbol)
        if leverage < before and symbol in account.isolated and account.holds(symbol):
            raise VenueError(-4161)
        cap = listing.instrument.cap_at(leverage)
        rows = [charge(account, listing, side) for side in account.sides()]
        if any(row.exposure_e8 > cap * E8 for row in rows):
            raise VenueError(-2027)
        account.leverages[symbol] = leverage
        if leverage < before and self._margin_pools.free_e8(account, listing.instrument.quote) < 0:
            account.leverages[symbol] = before
            raise VenueError(-2028)
        if leverage != before and not account.is_house:
            self._clearing.outbox.append(LeverageChanged(account.account_id, now_ms, symbol, leverage))
        return cap

    def lower_leverage(self, account: Account, listing: Listing, now_ms: int) -> None:
        """Brings a leverage down to the most that the symbol's brackets allow."""
        symbol, most = listing.symbol, listing.instrument.max_leverage
        if account.leverage(symbol) <= most:
            return
        account.leverages[symbol] = most
        if not account.is_house:
            self._clearing.outbox.append(LeverageChanged(account.account_id, now_ms, symbol, most))

    def set_hedge(self, account: Account, hedge: bool) -> None:
        """Switches between one-way and hedge mode: flat and without open orders only."""
        if account.hedge == hedge:
            raise VenueError(-4059)
        if account.has_open_orders():
            raise VenueError(-4067)
        if account.held():
            raise VenueError(-4068)
        account.hedge = hedge

    def set_isolated(self, account: Account, listing: Listing, isolated: bool, now_ms: int) -> None:
        """Switches a symbol between isolated and cross margin: flat and without open orders there only."""
        symbol = listing.symbol
        if (symbol in account.isolated) == isolated:
            raise VenueError(-4046)
        if isolated and account.multi_assets:
            raise VenueError(-4168)
        if account.orders_of(symbol):
            raise VenueError(-4047)
        if account.holds(symbol):
            raise VenueError(-4048)
        if isolated:
            account.isolated.add(symbol)
        else:
            account.isolated.remove(symbol)
        self._clearing.report_account(account, BY_MARGIN_TYPE, now_ms, {}, position_rows(account, listing))

    def set_multi_assets(self, account: Account, multi_assets: bool, now_ms: int) -> None:
        """Switches between one asset backing its own contracts and all assets backing all."""
        if account.multi_assets == multi_assets:
            raise VenueError(-4171)
        if account.isolated:
            raise VenueError(-4167)
        if account.has_open_orders():
            raise VenueError(-4170)
        if any(wallet_e8 < 0 for wallet_e8 in account.wallets.values()):
            raise VenueError(-4172)
        account.multi_assets = multi_assets
        assets = {position.instrument.quote for position in account.held()}
        if any(self._margin_pools.free_e8(account, asset) < 0 for asset in assets):
            account.multi_assets = not multi_assets
            raise VenueError(-4169)
        self._clearing.outbox.append(AssetModeChanged(account.account_id, now_ms, multi_assets))

    def move_margin(
        self, account: Account, listing: Listing, position_side: str, kind: int, amount_e8: int, now_ms: int
    ) -> None:
        """Gives margin to an isolated position (ADDED), or takes back what it can spare (REDUCED)."""
        if listing.symbol not in account.isolated:
            raise VenueError(-4049)
        if amount_e8 <= 0:
            raise VenueError(-4055)
        if position_side not in account.sides():
            raise VenueError(-4061)
        position = account.position(listing.instrument, position_side)
        if not position.lots:
            raise VenueError(-4054)
        asset, found = listing.instrument.quote, self._margin_pools.charges(account)
        if kind == ADDED and amount_e8 > addable_e8(self._margin_pools.of(account, found, asset)):
            raise VenueError(-4050)
        if kind != ADDED and amount_e8 > removable_e8(found[listing.symbol, position_side]):
            raise VenueError(-4051)
        position.isolated_e8 += amount_e8 if kind == ADDED else -amount_e8
        move_id = self._clearing.ids.next_income()
        account.keep_margin_move(MarginMove(move_id, listing.symbol, position_side, kind, asset, amount_e8, now_ms))
        self._clearing.wallet_moved[account.account_id] = account
        self._clearing.report_account(account, BY_MARGIN_TRANSFER, now_ms, {asset: 0}, position_rows(account, listing))
