"""Orders that the exchange itself places: to liquidate or deleverage an account, and the insurance fund's own."""

from collections import deque
from dataclasses import dataclass

from connector.simulator.accounts.accounts import Account
from connector.simulator.accounts.positions import Position
from connector.simulator.accounts.records import ADL, ForcedOrder, LiquidationPrint
from connector.simulator.fixed_point import half_up
from connector.simulator.market.listing import Listing
from connector.simulator.market.orders import BOTH, EXPIRE_MAKER, IOC, LIQUIDATION, Order
from connector.simulator.matching.clearing import Clearing

ADL_CLIENT_ID = "adl_autoclose"
SETTLEMENT_CLIENT_ID = "settlement_autoclose-"
MOST_PRINTS = 10_000


@dataclass(frozen=True, slots=True)
class Close:
    """How much of a position is closed, at which price or better."""

    position: Position
    lots: int
    ticks: int

    @property
    def side(self) -> int:
        return -1 if self.position.lots > 0 else 1


class ForcedOrders:
    """Opens them, and keeps in `prints` what the market hears of liquidations, the oldest first."""

    def __init__(self, clearing: Clearing) -> None:
        self._clearing = clearing
        self.prints: deque[LiquidationPrint] = deque(maxlen=MOST_PRINTS)
        self._given = 0

    def close(self, account: Account, listing: Listing, close: Close, cause: str, now_ms: int) -> Order:
        """An order that closes a position for LIQUIDATION or ADL, told NEW."""
        order = self._closing(account, listing, close, now_ms)
        order.client_order_id = ADL_CLIENT_ID if cause == ADL else f"autoclose-{now_ms}{order.order_id % 10**6:06d}"
        account.forced.append(ForcedOrder(order, cause))
        self._clearing.accept(listing, order, now_ms)
        return order

    def settle(self, account: Account, listing: Listing, close: Close, now_ms: int) -> Order:
        """An order that closes a position of a contract that ends, told NEW. It is no force order."""
        order = self._closing(account, listing, close, now_ms)
        order.client_order_id = f"{SETTLEMENT_CLIENT_ID}{order.order_id}"
        self._clearing.accept(listing, order, now_ms)
        return order

    def own(self, fund: Account, listing: Listing, side: int, lots: int, ticks: int, now_ms: int) -> Order:
        """An immediate order of the insurance fund."""
        order = self._order(fund, listing, side, lots, ticks, now_ms)
        self._clearing.accept(listing, order, now_ms)
        return order

    def _closing(self, account: Account, listing: Listing, close: Close, now_ms: int) -> Order:
        order = self._order(account, listing, close.side, close.lots, close.ticks, now_ms)
        order.position_side, order.closes = close.position.position_side, True
        return order

    def _order(self, account: Account, listing: Listing, side: int, lots: int, ticks: int, now_ms: int) -> Order:
        order_id = self._clearing.ids.next_order(listing.symbol)
        return Order(
            order_id=order_id,
            account_id=account.account_id,
            symbol=listing.symbol,
            client_order_id=f"auto{order_id}",
            side=side,
            kind=LIQUIDATION,
            time_in_force=IOC,
            price_ticks=ticks,
            lots=lots,
            reduce_only=False,
            closes=False,
            position_side=BOTH,
            self_trade_prevention=EXPIRE_MAKER,
            price_match="NONE",
            good_till_ms=0,
            created_ms=now_ms,
            updated_ms=now_ms,
        )

    def announce(self, listing: Listing, order: Order, now_ms: int) -> None:
        """Tells the market of a liquidation order that is done."""
        row = listing.instrument
        average_e8 = half_up(order.filled_value * row.tick_e8, order.filled_lots) if order.filled_lots else 0
        self._given += 1
        self.prints.append(
            LiquidationPrint(
                number=self._given,
                symbol=listing.symbol,
                side=order.side,
                lots=order.lots,
                price_ticks=order.price_ticks,
                average_e8=average_e8,
                status=order.status,
                last_lots=order.filled_lots,
                filled_lots=order.filled_lots,
                time_ms=now_ms,
            )
        )
