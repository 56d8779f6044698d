"""Watches margins: who is called, who is liquidated, who deleverages.

An account is looked at when the mark price of something it holds moved, or its wallet did; each look takes a
liquidation one step further, so that its owner and the market see it happen. A call looks at so many only: who had
to wait comes first in the next one.
"""

from collections.abc import Mapping

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.events import CalledPosition, MarginCalled, position_row
from connector.simulator.accounts.margin import CALLED_AT_E8, Charge, Charges
from connector.simulator.accounts.margin_pools import MarginPools, Side
from connector.simulator.accounts.records import ADL
from connector.simulator.errors import VenueError
from connector.simulator.fixed_point import E8
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import BY_LIQUIDATION, EXPIRED
from connector.simulator.matching.clearing import Clearing
from connector.simulator.risk.auto_exchange import exchange_debts
from connector.simulator.risk.forced_orders import Close, ForcedOrders
from connector.simulator.risk.fund_relief import relieve
from connector.simulator.risk.insurance import InsuranceFund
from connector.simulator.risk.liquidation import Liquidation, Scope, keys_of

#: The looks of one call, and how many of them a step of a liquidation counts for.
MOST_LOOKS, LOOKS_OF_A_STEP = 40, 5


class RiskMonitor:
    """All of an exchange's risk. `fund` is the insurance fund, `orders.prints` what the market hears."""

    def __init__(
        self, clearing: Clearing, listings: Mapping[str, Listing], margin_pools: MarginPools, fund_account: Account
    ) -> None:
        self._clearing, self._listings, self._margin_pools = clearing, listings, margin_pools
        self.orders = ForcedOrders(clearing)
        self.fund = InsuranceFund(fund_account, clearing, listings, self.orders)
        self.liquidation = Liquidation(clearing, listings, margin_pools, self.orders, self.fund)
        self.deleveraging = self.liquidation.deleveraging
        self._seen_e8: dict[str, tuple[int, int]] = {}
        self._called: set[Scope] = set()
        self._under_way: set[Scope] = set()

    def watch(self, now_ms: int) -> None:
        """Looks at whom a price or a booking moved since the last call."""
        room = MOST_LOOKS
        for account in self._in_turn():
            if room <= 0:
                self._clearing.wallet_moved[account.account_id] = account
                continue
            room -= 1 + LOOKS_OF_A_STEP * self._look_over(account, now_ms)
        self.relieve_fund(now_ms)
        self.fund.unload(now_ms)

    def relieve_fund(self, now_ms: int) -> None:
        """Leaves the insurance fund at zero in an asset where it would be below."""
        relieve(self.fund, self.deleveraging, self.orders, self._listings, now_ms)

    def look_again(self, symbol: str) -> None:
        """Looks at all who hold a symbol at the next call, though its price may not have moved."""
        self._seen_e8.pop(symbol, None)

    def look_again_at_all(self) -> None:
        """Looks at all who hold anything at the next call."""
        self._seen_e8.clear()

    def liquidate(self, account: Account, listing: Listing, now_ms: int) -> None:
        """Liquidates an account's positions of a symbol at once, whatever its margin; -2024 when it has none."""
        if not account.holds(listing.symbol):
            raise VenueError(-2024)
        for order in list(account.orders_of(listing.symbol).values()):
            self._clearing.end(listing, order, EXPIRED, BY_LIQUIDATION, now_ms)
        for side in account.sides():
            position = account.position(listing.instrument, side)
            if position.lots:
                self.liquidation.close(account, listing, position, abs(position.lots), now_ms)

    def deleverage(self, account: Account, listing: Listing, now_ms: int) -> None:
        """Takes an account's positions of a symbol from it at mark, as if it stood first in the queue; -2024 if flat.

        The insurance fund takes the other side.
        """
        if not account.holds(listing.symbol):
            raise VenueError(-2024)
        ticks = max(1, round(listing.mark_price.mark_e8 / listing.instrument.tick_e8))
        for side in account.sides():
            position = account.position(listing.instrument, side)
            if position.lots:
                close = Close(position, abs(position.lots), ticks)
                order = self.orders.close(account, listing, close, ADL, now_ms)
                self.fund.take_over(listing, order, now_ms)

    def adl_rating(self, listing: Listing) -> str:
        """LOW while the fund stands well above a hundredth of the open interest, HIGH when it is empty."""
        equity_e8 = self.fund.equity_e8(listing.instrument.quote)
        held = sum(
            max(0, position.value_e16(listing.mark_price.mark_e8))
            for account in self._clearing.holders.get(listing.symbol, {}).values()
            for position in account.held_of(listing.symbol)
        )
        if equity_e8 <= 0:
            return "HIGH"
        return "MEDIUM" if equity_e8 * 100 * E8 < held else "LOW"

    def _in_turn(self) -> list[Account]:
        """Whom to look at: by number, or who waits already first where there are more than a call can bear."""
        waiting = list(self._clearing.wallet_moved)
        moved = self._moved()
        first = [moved.pop(one) for one in waiting if one in moved] if len(moved) > MOST_LOOKS else []
        return [*first, *moved.values()]

    def _moved(self) -> dict[int, Account]:
        moved = {scope.account_id: self._clearing.accounts[scope.account_id] for scope in self._under_way}
        moved.update(self._clearing.wallet_moved)
        self._clearing.wallet_moved.clear()
        has_moved = False
        for symbol, listing in self._listings.items():
            prices = (listing.mark_price.mark_e8, listing.mark_price.index_e8)
            if self._seen_e8.get(symbol) != prices:
                self._seen_e8[symbol] = prices
                moved.update(self._clearing.holders.get(symbol, {}))
                has_moved = True
        if has_moved:
            moved.update(self._jointly_backed())
        return {account_id: moved[account_id] for account_id in sorted(moved) if not moved[account_id].is_house}

    def _jointly_backed(self) -> dict[int, Account]:
        """Those whose positions or debts are backed by other assets too: any price may be that of an asset."""
        joint = (account for account in self._clearing.accounts.values() if account.multi_assets)
        return {
            account.account_id: account
            for account in joint
            if account.held() or any(wallet_e8 < 0 for wallet_e8 in account.wallets.values())
        }

    def _look_over(self, account: Account, now_ms: int) -> int:
        """Judges an account, its debts exchanged before where they must be, and after a liquidation all of them."""
        was_liquidated = account.in_liquidation
        if account.multi_assets:
            exchange_debts(self._clearing, account, now_ms)
        steps = self._look(account, now_ms)
        if account.multi_assets and was_liquidated:
            exchange_debts(self._clearing, account, now_ms, every=True)
        return steps

    def _look(self, account: Account, now_ms: int) -> int:
        """Judges what an account holds, and says how many liquidations went a step further."""
        steps = 0
        found = self._margin_pools.charges(account)
        scopes = {_scope(account, key, row): None for key, row in found.items() if row.maintenance_e8}
        for scope in scopes:
            if self._judge(account, scope, found, now_ms):
                steps += 1
                found = self._margin_pools.charges(account)
        for scope in [one for one in self._under_way if one.account_id == account.account_id and one not in scopes]:
            self._under_way.discard(scope)
        self._called -= {one for one in self._called if one.account_id == account.account_id and one not in scopes}
        account.in_liquidation = any(scope.account_id == account.account_id for scope in self._under_way)
        if not account.held():
            self._clear_debts(account, now_ms)
        return steps

    def _clear_debts(self, account: Account, now_ms: int) -> None:
        """The fund pays what an account without positions owes, in multi-assets mode after all that it has."""
        if account.multi_assets:
            if account.has_open_orders() or self._margin_pools.of(account, {}, "").margin_e8 >= 0:
                return
            exchange_debts(self._clearing, account, now_ms, every=True)
        for asset, wallet_e8 in list(account.wallets.items()):
            if wallet_e8 < 0:
                self.fund.collect(account, "", asset, wallet_e8, now_ms)

    def _judge(self, account: Account, scope: Scope, found: Charges, now_ms: int) -> bool:
        """Calls for margin, or takes a liquidation one step further: whether it did the latter."""
        if not keys_of(found, scope):
            self._under_way.discard(scope)
            return False
        pool = self.liquidation.pool(account, found, scope)
        if pool.margin_e8 > pool.maintenance_e8:
            self._under_way.discard(scope)
            self._call(account, scope, found, pool.maintenance_e8 * E8 >= pool.margin_e8 * CALLED_AT_E8, now_ms)
            return False
        if scope not in self._under_way:
            self._under_way.add(scope)
            self.liquidation.cancel_orders(account, scope, now_ms)
        else:
            self.liquidation.reduce(account, scope, found, now_ms)
        return True

    def _call(self, account: Account, scope: Scope, found: Charges, is_short: bool, now_ms: int) -> None:
        """Calls for margin once, and again only after it was enough in between."""
        if not is_short:
            self._called.discard(scope)
        elif scope not in self._called:
            self._called.add(scope)
            rows = tuple(self._called_position(account, key, found[key]) for key in keys_of(found, scope))
            cross_e8 = None if scope.isolated is not None else account.cross_wallet_e8(scope.asset or "USDT")
            self._clearing.outbox.append(MarginCalled(account.account_id, now_ms, cross_e8, rows))

    def _called_position(self, account: Account, key: Side, row: Charge) -> CalledPosition:
        symbol, side = key
        listing = self._listings[symbol]
        mark_e8 = listing.mark_price.mark_e8
        position = account.position(listing.instrument, side)
        shown = position_row(position, mark_e8, is_isolated=row.isolated_e8 is not None)
        return CalledPosition(shown, mark_e8, row.maintenance_e8)


def _scope(account: Account, key: Side, row: Charge) -> Scope:
    if row.isolated_e8 is not None:
        return Scope(account.account_id, row.asset, key)
    return Scope(account.account_id, "" if account.multi_assets else row.asset)
