"""Liquidation: what is done to an account whose margin no longer covers its maintenance.

    orders cancelled ──▶ a bracket's worth sold in the book ──▶ again, until margin suffices or nothing is left
                              └── what the book does not take ──▶ insurance fund ──▶ or auto-deleveraging

Source: "Liquidation protocols"; that the position with the most maintenance goes first is inferred.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.events import BY_INSURANCE, position_rows
from connector.simulator.accounts.margin import Charges, Pool, bankruptcy_ticks, clearance_fee_e8
from connector.simulator.accounts.margin_pools import MarginPools, Side
from connector.simulator.accounts.positions import Position
from connector.simulator.accounts.records import LIQUIDATION
from connector.simulator.fixed_point import E8, half_up
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import BY_LIQUIDATION, EXPIRED
from connector.simulator.matching.clearing import Clearing
from connector.simulator.matching.matching import walk
from connector.simulator.risk.deleveraging import Deleveraging
from connector.simulator.risk.forced_orders import Close, ForcedOrders
from connector.simulator.risk.insurance import InsuranceFund


@dataclass(frozen=True, slots=True)
class Scope:
    """What stands and falls together: one isolated position, or the cross positions that one pool backs."""

    account_id: int
    #: Empty for the pool of all assets.
    asset: str
    #: None for a pool.
    isolated: Side | None = None


class Liquidation:
    """The steps; `risk` says when. Each leaves the books right."""

    def __init__(
        self,
        clearing: Clearing,
        listings: Mapping[str, Listing],
        margin_pools: MarginPools,
        orders: ForcedOrders,
        fund: InsuranceFund,
    ) -> None:
        self._clearing, self._listings, self._margin_pools, self._orders = clearing, listings, margin_pools, orders
        self._fund = fund
        self.deleveraging = Deleveraging(clearing, margin_pools, orders)

    def cancel_orders(self, account: Account, scope: Scope, now_ms: int) -> None:
        """Ends every open order that the scope's margin backs (reason 5)."""
        for symbol, listing in self._listings.items():
            if is_backed_by(account, listing, scope):
                for order in list(account.orders_of(symbol).values()):
                    self._clearing.end(listing, order, EXPIRED, BY_LIQUIDATION, now_ms)

    def reduce(self, account: Account, scope: Scope, found: Charges, now_ms: int) -> None:
        """Closes the scope's heaviest position down to the next lower bracket, wholly in the lowest."""
        key = max(keys_of(found, scope), key=lambda key: found[key].maintenance_e8)
        listing = self._listings[key[0]]
        position = account.position(listing.instrument, key[1])
        self.close(account, listing, position, _bracket_lots(position, listing), now_ms)

    def close(self, account: Account, listing: Listing, position: Position, lots: int, now_ms: int) -> None:
        """Sells `lots` of a position: to the book, to the fund, or to those who are deleveraged."""
        asset, wallet_before_e8 = listing.instrument.quote, account.wallets.get(listing.instrument.quote, 0)
        posted_e8 = position.isolated_e8
        ticks = bankruptcy_ticks(position, self._margin_e8(account, listing, position), listing)
        order = self._orders.close(account, listing, Close(position, lots, ticks), LIQUIDATION, now_ms)
        walk(self._clearing, listing, order, ticks, now_ms)
        sold_e8 = half_up(order.filled_value * listing.instrument.tick_e8 * listing.instrument.lot_e8, E8)
        if order.open_lots and self._fund.can_take(listing, order):
            self._fund.take_over(listing, order, now_ms)
        elif order.open_lots:
            self.deleveraging.fill(listing, order, now_ms)
        self._orders.announce(listing, order, now_ms)
        booked_e8 = account.wallets.get(asset, 0) - wallet_before_e8
        if listing.symbol in account.isolated:
            left_e8 = posted_e8 + booked_e8
            position.isolated_e8 = left_e8 if position.lots else 0
            left_e8 += position.unrealised_e8(listing.mark_price.mark_e8)
        else:
            left_e8 = self._margin_e8(account, listing, position)
        self._clear(account, listing, position, sold_e8, left_e8, now_ms)

    def _clear(
        self, account: Account, listing: Listing, position: Position, sold_e8: int, left_e8: int, now_ms: int
    ) -> None:
        """The clearance fee on what was sold; or the fund pays what a closed position left owing."""
        fee_e8 = clearance_fee_e8(sold_e8, left_e8, listing.instrument)
        if left_e8 < 0 and not position.lots:
            fee_e8 = left_e8
        asset, is_isolated = listing.instrument.quote, listing.symbol in account.isolated
        if position.lots and is_isolated:
            position.isolated_e8 -= fee_e8
        if fee_e8:
            self._fund.collect(account, listing.symbol, asset, fee_e8, now_ms)
        elif position.lots and is_isolated:
            # Its margin is another one than its last fill told ("Balance and position update": what moved is told).
            self._clearing.report_account(account, BY_INSURANCE, now_ms, {asset: 0}, position_rows(account, listing))

    def _margin_e8(self, account: Account, listing: Listing, position: Position) -> int:
        """What backs a position, in its quote asset."""
        found = self._margin_pools.charges(account)
        if listing.symbol in account.isolated:
            return position.isolated_e8 + position.unrealised_e8(listing.mark_price.mark_e8)
        asset = listing.instrument.quote
        margin_e8 = self._margin_pools.of(account, found, asset).margin_e8
        if not account.multi_assets:
            return margin_e8
        return half_up(margin_e8 * E8, self._margin_pools.collateral.ask_e8(asset))

    def pool(self, account: Account, found: Charges, scope: Scope) -> Pool:
        """What backs the scope."""
        if scope.isolated is not None:
            return self._margin_pools.backing(account, found, scope.isolated)
        return self._margin_pools.of(account, found, scope.asset)


def is_backed_by(account: Account, listing: Listing, scope: Scope) -> bool:
    """Whether a symbol's orders and positions stand on the margin of the scope."""
    if scope.isolated is not None:
        return listing.symbol == scope.isolated[0]
    return listing.symbol not in account.isolated and scope.asset in ("", listing.instrument.quote)


def keys_of(found: Charges, scope: Scope) -> list[Side]:
    """The position sides of the scope that are held."""
    if scope.isolated is not None:
        return [scope.isolated] if scope.isolated in found and found[scope.isolated].maintenance_e8 else []
    return [
        key
        for key, row in found.items()
        if row.isolated_e8 is None and scope.asset in ("", row.asset) and row.maintenance_e8
    ]


def _bracket_lots(position: Position, listing: Listing) -> int:
    notional_e8 = abs(position.notional_e8(listing.mark_price.mark_e8))
    floor_e8 = listing.instrument.bracket_of(notional_e8).floor * E8
    held = abs(position.lots)
    if not floor_e8:
        return held
    return min(held, -(-(notional_e8 - floor_e8) * held // notional_e8))
