"""What positions cost in margin, with their open orders, and what backs them.

Each formula with its source; what no page of the venue gives is inferred.

    initial margin of a position    notional at mark / leverage             "Leverage and margin", as of 2026-11
    maintenance                     notional x rate - cum of its bracket    the same
    what is free for orders         cross wallet + cross result - cross initial margin - isolated order margin
                                                                            5d62f8be18d24544b5b6156094c16bf7, 2021-01-13
    what may be withdrawn           min(cross wallet - isolated order margin, what is free), at most the wallet
                                                                            360038447311, 2026-01
    several assets together         sum of min(equity x bid, equity x ask), an asset's equity being its wallet with its
                                    results; initial margin, maintenance and the division into an asset at ask
                                                                            c983a9268cfa4e70a4916c276bb3b7bc, 2022-07-06

Inferred: that what may be withdrawn in multi-assets mode is the same minimum in USD, divided at ask; that a position
goes over at the bankruptcy price, where what backs it is used up, or at the market take bound if that is nearer; that
the clearance fee is cut to what is left; that deleveraging begins with the greatest gain per cost x effective leverage
(a loss is divided by it instead).

What open orders cost stands in `open_order_margin.py`, what is posted for isolated positions in `isolated_margin.py`,
where positions are liquidated in `liquidation_price.py`, what an asset is worth in `market/collateral_prices.py`.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.open_order_margin import Claim, Held, open_order_margin_e8
from connector.simulator.accounts.positions import Position
from connector.simulator.fixed_point import E8, half_up, to_e8
from connector.simulator.market.collateral_prices import CollateralPrices
from connector.simulator.market.instruments import Instrument
from connector.simulator.market.listing import Listing

#: A margin call comes when maintenance is this share of what backs it.
CALLED_AT_E8 = 80 * E8 // 100


class Charge(NamedTuple):
    """Margin of one position side of one symbol."""

    #: What all amounts are in.
    asset: str
    position_e8: int
    orders_e8: int
    maintenance_e8: int
    unrealised_e8: int
    #: The largest notional it could come to.
    exposure_e8: int
    #: What is posted for an isolated position, None in cross mode.
    isolated_e8: int | None = None

    @property
    def initial_e8(self) -> int:
        return self.position_e8 + self.orders_e8

    @property
    def drawn_e8(self) -> int:
        """What the cross wallet must cover: an isolated position covers itself, its orders do not."""
        return self.initial_e8 if self.isolated_e8 is None else self.orders_e8


Charges = Mapping[tuple[str, str], Charge]


class Pool(NamedTuple):
    """What backs the cross positions of one margin asset, or of all of them (in USD) in multi-assets mode."""

    wallet_e8: int = 0
    unrealised_e8: int = 0
    drawn_e8: int = 0
    maintenance_e8: int = 0
    #: What orders of isolated symbols draw.
    isolated_orders_e8: int = 0

    @property
    def margin_e8(self) -> int:
        return self.wallet_e8 + self.unrealised_e8

    @property
    def free_e8(self) -> int:
        """What is left for new orders. May be negative."""
        return self.margin_e8 - self.drawn_e8

    @property
    def withdrawable_e8(self) -> int:
        """Profits that are not realised make up for margin, they are never withdrawn themselves."""
        return max(0, min(self.wallet_e8 - self.isolated_orders_e8, self.free_e8))


def charge(account: Account, listing: Listing, position_side: str, extra: Claim | None = None) -> Charge:
    """The margin of one position side with its open orders, and with `extra` as if it were open too."""
    mark_e8 = listing.mark_price.mark_e8
    position = account.position(listing.instrument, position_side)
    held_e8 = position.notional_e8(mark_e8) if position.lots else 0
    leverage = account.leverage(listing.symbol)
    position_e8 = half_up(abs(held_e8), leverage) if held_e8 else 0
    orders = account.open_of(listing.symbol, position_side)
    held = Held(position.lots, held_e8, position_e8, leverage)
    orders_e8, exposure_e8 = open_order_margin_e8(orders, listing, held, extra)
    return Charge(
        asset=listing.instrument.quote,
        position_e8=position_e8,
        orders_e8=orders_e8,
        maintenance_e8=maintenance_e8(listing, abs(held_e8)),
        unrealised_e8=position.unrealised_e8(mark_e8) if position.lots else 0,
        exposure_e8=exposure_e8,
        isolated_e8=position.isolated_e8 if listing.symbol in account.isolated else None,
    )


def asset_pool(account: Account, found: Charges, asset: str) -> Pool:
    """What backs the cross positions in one asset: single-asset mode."""
    rows = [row for row in found.values() if row.asset == asset]
    return _pool(account.cross_wallet_e8(asset), rows)


def joint_pool(account: Account, found: Charges, collateral: CollateralPrices) -> Pool:
    """What backs all cross positions together, in USD: multi-assets mode."""
    rows_of: dict[str, list[Charge]] = {asset: [] for asset in account.wallets}
    for row in found.values():
        rows_of.setdefault(row.asset, []).append(row)
    parts = []
    for asset, rows in rows_of.items():
        one = _pool(account.cross_wallet_e8(asset), rows)
        wallet_e8 = collateral.backing_e8(asset, one.wallet_e8)
        parts.append(
            Pool(
                wallet_e8=wallet_e8,
                unrealised_e8=collateral.backing_e8(asset, one.margin_e8) - wallet_e8,
                drawn_e8=collateral.need_e8(asset, one.drawn_e8),
                maintenance_e8=collateral.need_e8(asset, one.maintenance_e8),
                isolated_orders_e8=collateral.need_e8(asset, one.isolated_orders_e8),
            )
        )
    return Pool(
        wallet_e8=sum(part.wallet_e8 for part in parts),
        unrealised_e8=sum(part.unrealised_e8 for part in parts),
        drawn_e8=sum(part.drawn_e8 for part in parts),
        maintenance_e8=sum(part.maintenance_e8 for part in parts),
        isolated_orders_e8=sum(part.isolated_orders_e8 for part in parts),
    )


def isolated_pool(row: Charge) -> Pool:
    """What backs one isolated position: what is posted for it."""
    return Pool(row.isolated_e8 or 0, row.unrealised_e8, maintenance_e8=row.maintenance_e8)


def _pool(wallet_e8: int, rows: Iterable[Charge]) -> Pool:
    unrealised_e8 = drawn_e8 = maintenance = isolated_orders_e8 = 0
    for row in rows:
        drawn_e8 += row.drawn_e8
        if row.isolated_e8 is None:
            unrealised_e8 += row.unrealised_e8
            maintenance += row.maintenance_e8
        else:
            isolated_orders_e8 += row.orders_e8
    return Pool(wallet_e8, unrealised_e8, drawn_e8, maintenance, isolated_orders_e8)


def bankruptcy_ticks(position: Position, margin_e8: int, listing: Listing) -> int:
    """The price at which closing `position` leaves nothing of `margin_e8`, rounded in its owner's favour; see above."""
    row, mark_e8 = listing.instrument, listing.mark_price.mark_e8
    lots, side = abs(position.lots), 1 if position.lots > 0 else -1
    used_up_e8 = mark_e8 - side * half_up(margin_e8 * E8, lots * row.lot_e8)
    bound_e8 = int(mark_e8 * (1 - side * row.market_take_bound))
    price_e8 = max(used_up_e8, bound_e8) if side > 0 else min(used_up_e8, bound_e8)
    return max(1, -(-price_e8 // row.tick_e8) if side > 0 else price_e8 // row.tick_e8)


def clearance_fee_e8(notional_e8: int, margin_e8: int, row: Instrument) -> int:
    """What the insurance fund takes of a liquidated notional: the contract's `liquidationFee`."""
    return max(0, min(half_up(notional_e8 * to_e8(row.liquidation_fee), E8), margin_e8))


def deleveraging_score(position: Position, mark_e8: int, margin_e8: int) -> float:
    """The rank of a position in auto-deleveraging: the greater, the sooner."""
    gain = position.unrealised_e16(mark_e8) / max(1, abs(position.cost_e16))
    leverage = abs(position.notional_e8(mark_e8)) / max(1, margin_e8)
    return gain * leverage if gain > 0 else gain / max(leverage, 1e-9)


def maintenance_e8(listing: Listing, notional_e8: int) -> int:
    """What a position of that notional needs to stay alive."""
    if not notional_e8:
        return 0
    row = listing.instrument.bracket_of(notional_e8)
    return half_up(notional_e8 * row.rate_e8, E8) - row.cum_e8
