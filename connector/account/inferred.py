"""What no page of the venue says and margin is reckoned by all the same: every choice, in this one file.

1. One-way netting: with the position's notional P, the buys B and the sells A at their assumed prices, position and
   orders together take max(|P + B|, |P - A|) / leverage, and never less than the position alone.
2. In hedge mode each side takes (position + its opening orders) / leverage, with a cap of its own.
3. Open loss falls on the share of a side's amount that would open once the net position is closed, in proportion.
4. Rounding: a side's notional half up at 1e-8, then the division by the leverage, then each side's loss.
5. An order that needs no more margin than stood before is taken, even where less than nothing is free.
6. An isolated position is posted entry margin + open loss - fee (that it is posted is published: 87fa7ee3, 2026-01;
   which open loss, the fill's price against mark, is not), and never more than the cross wallet holds.
7. Assumed prices are cut at 1e-8.
8. Of two liquidation prices the one nearer to mark is told; multi-assets mode moves the contract's mark alone.
9. An inverse contract's sides follow the same rules of assumed prices.

The local exchange has answers of its own to these; where both differ a test says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from connector.account.order_cost import OrderPrices, open_loss_units
from connector.core.amounts import half_up
from connector.venue.contracts import ContractMath


@dataclass(frozen=True, slots=True)
class OpeningOrder:
    """What may still trade of an order that is not bound to reduce."""

    is_buy: bool
    #: Amount x contract size, in 1e-8.
    sized_e8: int
    prices: OrderPrices


@dataclass(frozen=True, slots=True)
class HeldPosition:
    """One position side of one pair."""

    contract: ContractMath
    leverage: int
    mark_e8: int
    #: Amount x contract size, signed, in 1e-8.
    sized_e8: int = 0

    @property
    def notional_e8(self) -> int:
        """Signed, at mark."""
        return half_up(self.sized_e8 * self.contract.unit(self.mark_e8), self.contract.scale)

    @property
    def initial_e8(self) -> int:
        return half_up(abs(self.notional_e8), self.leverage)


@dataclass(frozen=True, slots=True)
class SideMargin:
    """What one position side takes, in its margin asset."""

    position_e8: int
    #: Open loss included.
    orders_e8: int
    #: The largest notional that position and orders can come to.
    exposure_e8: int

    @property
    def initial_e8(self) -> int:
        return self.position_e8 + self.orders_e8


def opening_share(sized_e8: int, closing_e8: int) -> int:
    """How much of a side's amount would open, with `closing_e8` left to close before."""
    return max(0, sized_e8 - max(0, closing_e8))


def side_margin(held: HeldPosition, orders: Iterable[OpeningOrder]) -> SideMargin:
    """What one position side with its opening orders takes: the plain sum over all of them."""
    waiting = tuple(orders)
    buys_e8, buy_loss_e8 = _side_sums(held, waiting, is_buy=True)
    sells_e8, sell_loss_e8 = _side_sums(held, waiting, is_buy=False)
    exposure_e8 = max(abs(held.notional_e8 + buys_e8), abs(held.notional_e8 - sells_e8))
    beside_e8 = max(0, half_up(exposure_e8, held.leverage) - held.initial_e8)
    return SideMargin(held.initial_e8, beside_e8 + buy_loss_e8 + sell_loss_e8, exposure_e8)


def _side_sums(held: HeldPosition, orders: tuple[OpeningOrder, ...], *, is_buy: bool) -> tuple[int, int]:
    """Notional and open loss of one side's orders."""
    contract, sized_e8, notional, loss = held.contract, 0, 0, 0
    for order in orders:
        if order.is_buy is is_buy:
            sized_e8 += order.sized_e8
            notional += order.sized_e8 * contract.unit(order.prices.assumed_e8)
            loss += order.sized_e8 * open_loss_units(
                contract, is_buy=is_buy, price_e8=order.prices.own_e8, mark_e8=held.mark_e8
            )
    if not sized_e8:
        return 0, 0
    opening = opening_share(sized_e8, -held.sized_e8 if is_buy else held.sized_e8)
    return half_up(notional, contract.scale), half_up(loss * opening, sized_e8 * contract.scale)


def isolated_posting_e8(
    contract: ContractMath, sized_e8: int, leverage: int, *, is_buy: bool, price_e8: int, mark_e8: int
) -> int:
    """What a fill that opens posts for its isolated position, before the fee and where the cross wallet has it."""
    entry_e8 = half_up(sized_e8 * contract.unit(price_e8), contract.scale)
    loss = sized_e8 * open_loss_units(contract, is_buy=is_buy, price_e8=price_e8, mark_e8=mark_e8)
    return half_up(entry_e8, leverage) + half_up(loss, contract.scale)
