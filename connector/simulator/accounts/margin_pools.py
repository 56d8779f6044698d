"""Accounts against the markets they are in: what each position costs, and what backs it."""

from collections.abc import Mapping

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.liquidation_price import Backing, liquidation_price_e8
from connector.simulator.accounts.margin import (
    Charge,
    Charges,
    Pool,
    asset_pool,
    charge,
    isolated_pool,
    joint_pool,
)
from connector.simulator.accounts.open_order_margin import Claim
from connector.simulator.errors import VenueError
from connector.simulator.fixed_point import E8
from connector.simulator.market.collateral_prices import CollateralPrices
from connector.simulator.market.listing import Listing

Side = tuple[str, str]


class _Ranked:
    """What is worked out once from the listings: a slot of its own, which no file and no hash knows."""

    __slots__ = ("_ranks",)

    _ranks: dict[str, int]


class MarginPools(_Ranked):
    """Reads listings and collateral prices as they are at the moment."""

    __slots__ = ("_listings", "collateral")

    def __init__(self, listings: Mapping[str, Listing], collateral: CollateralPrices) -> None:
        self._listings, self.collateral = listings, collateral

    def charges(self, account: Account, without: Side | None = None) -> dict[Side, Charge]:
        """Every (symbol, position side) that is held or ordered, with its margin, in the order of the listings.

        `without` is one that the caller reckons itself.
        """
        used = {key for key, position in account.positions.items() if position.lots}
        used.update(key for key, orders in account.sums.items() if orders.count)
        used.discard(without)
        rank = self._places() if len(used) > 1 else {}
        ordered = sorted(used, key=lambda key: (rank.get(key[0], 0), key[1]))
        return {key: charge(account, self._listings[key[0]], key[1]) for key in ordered}

    def _places(self) -> dict[str, int]:
        """The place of each symbol in the list: to look for them at every order would cost as much as its margin."""
        try:
            return self._ranks
        except AttributeError:
            self._ranks = {symbol: number for number, symbol in enumerate(self._listings)}
            return self._ranks

    def of(self, account: Account, found: Charges, asset: str) -> Pool:
        """What backs cross positions in an asset: that asset alone, or all assets in USD."""
        if account.multi_assets:
            return joint_pool(account, found, self.collateral)
        return asset_pool(account, found, asset)

    def backing(self, account: Account, found: Charges, key: Side) -> Pool:
        """What backs one position: what is posted for it alone, or the cross pool."""
        row = found[key]
        return self.of(account, found, row.asset) if row.isolated_e8 is None else isolated_pool(row)

    def free_e8(self, account: Account, asset: str) -> int:
        """What is left for new orders in an asset, in USD in multi-assets mode. May be negative."""
        return self.of(account, self.charges(account), asset).free_e8

    def available_e8(self, account: Account, found: Charges, asset: str) -> int:
        """What may be ordered with, told in an asset."""
        free_e8 = max(0, self.of(account, found, asset).free_e8)
        return self.collateral.in_asset_e8(asset, free_e8) if account.multi_assets else free_e8

    def withdrawable_e8(self, account: Account, found: Charges, asset: str) -> int:
        """What may leave a wallet."""
        most_e8 = self.of(account, found, asset).withdrawable_e8
        if account.multi_assets:
            most_e8 = self.collateral.in_asset_e8(asset, most_e8)
        return max(0, min(most_e8, account.cross_wallet_e8(asset)))

    def check(self, account: Account, listing: Listing, claim: Claim, before_e8: int | None = None) -> None:
        """-2027 over the bracket's cap, -2019 when margin falls short. What needs no more than `before_e8` is free."""
        key = (listing.symbol, claim.position_side)
        found = self.charges(account, without=key)
        needed = found[key] = charge(account, listing, claim.position_side, claim)
        if needed.exposure_e8 > listing.instrument.cap_at(account.leverage(listing.symbol)) * E8:
            code = -2027
        elif self.of(account, found, needed.asset).free_e8 < 0:
            code = -2019
        else:
            return
        # What it needed before matters to those alone that would be refused.
        if before_e8 is None:
            before_e8 = charge(account, listing, claim.position_side).initial_e8
        if needed.initial_e8 > before_e8:
            raise VenueError(code)

    def liquidation_price_e8(self, account: Account, found: Charges, key: Side) -> int:
        """The mark price at which a position is liquidated, 0 where no price does it; hedged cross sides share it."""
        symbol, side = key
        listing, row = self._listings[symbol], found[key]
        if row.isolated_e8 is not None:
            backing, held = Backing(row.isolated_e8), [account.position(listing.instrument, side)]
        else:
            backing = self._cross_backing(account, found, symbol, row.asset)
            held = [account.position(listing.instrument, one) for one in account.sides()]
        return liquidation_price_e8(backing, listing.instrument, listing.mark_price.mark_e8, held)

    def _cross_backing(self, account: Account, found: Charges, symbol: str, asset: str) -> Backing:
        """What backs a symbol's cross positions beside themselves."""
        others = {key: row for key, row in found.items() if key[0] != symbol}
        own = asset_pool(account, others, asset)
        if not account.multi_assets:
            return Backing(own.margin_e8, own.maintenance_e8)
        joint, collateral = joint_pool(account, others, self.collateral), self.collateral
        others_e8 = joint.margin_e8 - collateral.backing_e8(asset, own.margin_e8)
        others_e8 -= joint.maintenance_e8 - collateral.need_e8(asset, own.maintenance_e8)
        rates_e8 = collateral.bid_e8(asset), collateral.ask_e8(asset)
        return Backing(own.margin_e8, own.maintenance_e8, others_e8, *rates_e8)
