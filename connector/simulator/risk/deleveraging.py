"""Auto-deleveraging: who must give up a position when neither the book nor the insurance fund takes a bankrupt one.

Every contract has as many longs as shorts, the exchange's own accounts among them, so the queue of the other direction
always covers what is closed. In hedge mode it may come to the bankrupt account's own other side.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.margin import deleveraging_score
from connector.simulator.accounts.margin_pools import MarginPools
from connector.simulator.accounts.positions import Position
from connector.simulator.accounts.records import ADL
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import Order
from connector.simulator.matching.clearing import Clearing
from connector.simulator.risk.forced_orders import Close, ForcedOrders

#: `adl` of a position runs from 0, the last in the queue, to this.
HIGHEST_QUANTILE = 4


@dataclass(frozen=True, slots=True)
class Ranked:
    """A position in the queue of its symbol and direction."""

    account: Account
    position: Position
    score: float


class Deleveraging:
    """Ranks the holders of a symbol, and closes their positions against a bankrupt one."""

    def __init__(self, clearing: Clearing, margin_pools: MarginPools, orders: ForcedOrders) -> None:
        self._clearing, self._margin_pools, self._orders = clearing, margin_pools, orders

    def queue(self, listing: Listing, direction: int) -> list[Ranked]:
        """The positions of a direction, the one that is deleveraged first at the head."""
        ranked = [
            Ranked(account, position, self._score(account, listing, position))
            for account, position in self._held(listing)
            if position.lots * direction > 0
        ]
        return sorted(ranked, key=lambda row: (-row.score, row.account.account_id))

    def quantile(self, listing: Listing, position: Position) -> int:
        """How near a position is to being deleveraged: 4 is the first fifth of its queue, 0 the last or flat."""
        queue = self.queue(listing, position.lots)
        place = next((number for number, row in enumerate(queue) if row.position is position), None)
        return 0 if place is None else HIGHEST_QUANTILE - place * (HIGHEST_QUANTILE + 1) // len(queue)

    def fill(self, listing: Listing, order: Order, now_ms: int) -> None:
        """Fills the rest of a bankrupt account's order out of the queue of the other direction, at its price."""
        for row in self.queue(listing, order.side):
            if not order.open_lots:
                break
            lots = min(order.open_lots, abs(row.position.lots))
            close = Close(row.position, lots, order.price_ticks)
            counter = self._orders.close(row.account, listing, close, ADL, now_ms)
            self._clearing.trade_aside(listing, order, counter, lots, order.price_ticks, now_ms)

    def _held(self, listing: Listing) -> Iterator[tuple[Account, Position]]:
        for account in self._clearing.holders.get(listing.symbol, {}).values():
            for position in account.held_of(listing.symbol):
                yield account, position

    def _score(self, account: Account, listing: Listing, position: Position) -> float:
        key = (listing.symbol, position.position_side)
        margin_e8 = self._margin_pools.backing(account, self._margin_pools.charges(account), key).margin_e8
        return deleveraging_score(position, listing.mark_price.mark_e8, margin_e8)
