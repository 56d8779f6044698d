"""An account as it stands at this moment: what it holds and orders, what that costs, and what backs it."""

from collections.abc import Iterator

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.margin import Charge, Pool, asset_pool, charge
from connector.simulator.accounts.margin_pools import Side
from connector.simulator.accounts.positions import Position
from connector.simulator.engine import Engine
from connector.simulator.market.collateral_prices import margin_assets
from connector.simulator.market.listing import Listing


class AccountSnapshot:
    """Charges are worked out once; `found` are the position sides that are held or ordered."""

    def __init__(self, account: Account, engine: Engine) -> None:
        self.account, self.engine = account, engine
        self.found = engine.margin_pools.charges(account)

    @property
    def assets(self) -> list[str]:
        """What a wallet can hold, in the order in which it is told."""
        return margin_assets(self.engine.listings.values())

    @property
    def pool(self) -> Pool:
        """What the totals are about: USDT, or everything in USD in multi-assets mode."""
        return self.engine.margin_pools.of(self.account, self.found, "USDT")

    def cross_pool(self, asset: str) -> Pool:
        """One asset for itself, whatever the mode."""
        return asset_pool(self.account, self.found, asset)

    def available_e8(self, asset: str) -> int:
        return self.engine.margin_pools.available_e8(self.account, self.found, asset)

    def withdrawable_e8(self, asset: str) -> int:
        return self.engine.margin_pools.withdrawable_e8(self.account, self.found, asset)

    def rows_of(self, asset: str) -> list[Charge]:
        return [row for row in self.found.values() if row.asset == asset]

    def worth_e8(self, asset: str, amount_e8: int) -> int:
        """A margin figure as the totals count it: USDT alone, or what it takes in USD."""
        if self.account.multi_assets:
            return self.engine.collateral.need_e8(asset, amount_e8)
        return amount_e8 if asset == "USDT" else 0

    def listing(self, key: Side) -> Listing:
        return self.engine.listings[key[0]]

    def position(self, key: Side) -> Position:
        return self.account.position(self.listing(key).instrument, key[1])

    def liquidation_price_e8(self, key: Side) -> int:
        return self.engine.margin_pools.liquidation_price_e8(self.account, self.found, key)

    def every(self, symbol: str | None = None) -> Iterator[tuple[Side, Charge]]:
        """Every position side of every contract, used or not."""
        for listing in self.engine.listings.values():
            for side in self.account.sides():
                if symbol in (None, listing.symbol):
                    key = (listing.symbol, side)
                    yield key, self.found.get(key) or charge(self.account, listing, side)
