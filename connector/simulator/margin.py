"""What positions and open orders cost in margin, cross mode. Every inferred formula of the exchange stands here.

Documented: the initial margin of a position is notional at mark / leverage, maintenance is notional x rate - cum
("Leverage and margin", "Liquidation price"). Inferred, as the protocol page marks them: the netting of buys and
sells against the position (max(|P + B|, |P - A|) / L), the assumed price of sells, that the open loss counts for
the part of a side that would open, and that open loss is part of the open orders' initial margin.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from connector.simulator.accounts import Account
from connector.simulator.fixed_point import E8, half_up
from connector.simulator.listing import Listing
from connector.simulator.open_orders import OpenOrders, open_loss_e16, opening_notional_e16
from connector.simulator.orders import BOTH, BUY, LONG, SELL


@dataclass(frozen=True, slots=True)
class Claim:
    """An order as margin sees it: what it could still do, at `price_e8`."""

    side: int
    position_side: str
    lots: int
    price_e8: int


@dataclass(frozen=True, slots=True)
class Charge:
    """Margin of one position side of one symbol. `exposure_e8` is the largest notional it could come to."""

    position_e8: int
    orders_e8: int
    maintenance_e8: int
    unrealised_e8: int
    exposure_e8: int

    @property
    def initial_e8(self) -> int:
        return self.position_e8 + self.orders_e8


def taking_claim(side: int, position_side: str, lots: int, listing: Listing) -> Claim:
    """A market order at the price it is assumed to get: ask + 0.05 % to buy, max(bid, mark) to sell."""
    best = listing.book.best(-side)
    mark_e8 = listing.quotes.mark_e8
    best_e8 = mark_e8 if best is None else best * listing.instrument.tick_e8
    price_e8 = best_e8 * 10_005 // 10_000 if side == BUY else max(best_e8, mark_e8)
    return Claim(side, position_side, lots, price_e8)


def charge(account: Account, listing: Listing, position_side: str, extra: Claim | None = None) -> Charge:
    """The margin of one position side with its open orders, and with `extra` as if it were open too."""
    mark_e8 = listing.quotes.mark_e8
    position = account.position(listing.instrument, position_side)
    held_e8 = position.notional_e8(mark_e8)
    orders = account.open_of(listing.symbol, position_side)
    buys_e8, buy_loss_e8 = _side_total(orders, BUY, listing, extra)
    sells_e8, sell_loss_e8 = _side_total(orders, SELL, listing, extra)
    exposure_e8 = max(abs(held_e8 + buys_e8), abs(held_e8 - sells_e8))
    leverage = account.leverage(listing.symbol)
    position_e8 = half_up(abs(held_e8), leverage)
    loss_e8 = _opening_part(buys_e8, -held_e8, buy_loss_e8) + _opening_part(sells_e8, held_e8, sell_loss_e8)
    return Charge(
        position_e8=position_e8,
        orders_e8=max(0, half_up(exposure_e8, leverage) - position_e8) + loss_e8,
        maintenance_e8=_maintenance_e8(listing, abs(held_e8)),
        unrealised_e8=position.unrealised_e8(mark_e8),
        exposure_e8=exposure_e8,
    )


def charges(account: Account, listings: Iterable[Listing]) -> dict[tuple[str, str], Charge]:
    """Every (symbol, position side) that is held or ordered, with its margin."""
    return {
        (listing.symbol, side): charge(account, listing, side)
        for listing in listings
        for side in account.sides()
        if _is_used(account, listing.symbol, side)
    }


def free_e8(account: Account, found: Mapping[tuple[str, str], Charge]) -> int:
    """What is left for new orders: wallet + unrealised - all initial margin. May be negative."""
    return account.wallet_e8 + sum(row.unrealised_e8 - row.initial_e8 for row in found.values())


def withdrawable_e8(account: Account, found: Mapping[tuple[str, str], Charge]) -> int:
    """Profits that are not realised raise what may be ordered, never what may be withdrawn."""
    gains_e8 = sum(max(0, row.unrealised_e8) for row in found.values())
    return max(0, min(account.wallet_e8, free_e8(account, found) - gains_e8))


def liquidation_price_e8(account: Account, listing: Listing, found: Mapping[tuple[str, str], Charge]) -> int:
    """The mark price at which a symbol's positions are liquidated; 0 where no price does it."""
    others = [row for (symbol, _), row in found.items() if symbol != listing.symbol]
    backing_e8 = account.wallet_e8 + sum(row.unrealised_e8 - row.maintenance_e8 for row in others)
    held = [account.position(listing.instrument, side) for side in account.sides()]
    lot_e8, price_e8 = listing.instrument.lot_e8, listing.quotes.mark_e8
    for _ in listing.instrument.brackets:
        rows = [listing.instrument.bracket_of(abs(position.notional_e8(price_e8))) for position in held]
        over_e16 = backing_e8 * E8 + sum(
            row.cum_e8 * E8 * bool(position.lots) - position.cost_e16 for row, position in zip(rows, held, strict=True)
        )
        under_e16 = lot_e8 * sum(
            abs(position.lots) * row.rate_e8 - position.lots * E8 for row, position in zip(rows, held, strict=True)
        )
        found_e8 = half_up(over_e16 * E8, under_e16) if under_e16 else 0
        if found_e8 == price_e8 or found_e8 <= 0:
            return max(0, found_e8)
        price_e8 = found_e8
    return price_e8


def _is_used(account: Account, symbol: str, position_side: str) -> bool:
    position = account.positions.get((symbol, position_side))
    if position is not None and position.lots:
        return True
    orders = account.sums.get((symbol, position_side))
    return orders is not None and orders.count > 0


def _side_total(orders: OpenOrders, side: int, listing: Listing, extra: Claim | None) -> tuple[int, int]:
    """Notional at assumed prices, and open loss, of one side's opening orders and of `extra` if it is of that side."""
    quotes, row = listing.quotes, listing.instrument
    unit_e16 = row.tick_e8 * row.lot_e8
    least_e8 = 0 if side == BUY else max(quotes.last_e8 * 10_015 // 10_000, quotes.mark_e8)
    least = (-(-least_e8 // row.tick_e8), row.lot_e8 * least_e8)
    notional_e16 = opening_notional_e16(orders, side, unit_e16, least)
    loss_e16 = open_loss_e16(orders, side, unit_e16, row.lot_e8 * quotes.mark_e8)
    if extra is not None and extra.side == side:
        notional_e16 += extra.lots * row.lot_e8 * max(extra.price_e8, least_e8)
        loss_e16 += extra.lots * row.lot_e8 * max(0, side * (extra.price_e8 - quotes.mark_e8))
    return half_up(notional_e16, E8), half_up(loss_e16, E8)


def _opening_part(orders_e8: int, closable_e8: int, loss_e8: int) -> int:
    """The share of a side's open loss that belongs to what would open, after what would close."""
    opening_e8 = orders_e8 - max(0, closable_e8)
    return half_up(loss_e8 * opening_e8, orders_e8) if opening_e8 > 0 else 0


def _maintenance_e8(listing: Listing, notional_e8: int) -> int:
    if not notional_e8:
        return 0
    row = listing.instrument.bracket_of(notional_e8)
    return half_up(notional_e8 * row.rate_e8, E8) - row.cum_e8


def opens(side: int, position_side: str) -> bool:
    """Whether an order of that side could open: in hedge mode only with its position side's direction."""
    return position_side == BOTH or (side == BUY) == (position_side == LONG)
