"""Conditional orders: what they wait for, when they fire, and the life they lead ("Algo orders", as of 2026-08).

           cancelled            refused
    NEW ──────────▶ CANCELED    ┌──────▶ REJECTED
     │ ─ expired ─▶ EXPIRED     │
     └── triggered ──▶ TRIGGERING ── accepted ──▶ TRIGGERED ── ended ──▶ FINISHED

Nothing is reserved before the trigger; then a child, a normal order, is placed under the conditional order's client
id, and FINISHED says that the child ended, filled or not.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from connector.simulator.market.orders import (
    BOTH,
    BUY,
    EXPIRE_MAKER,
    GTC,
    MARK_PRICE,
    NONE,
    Condition,
    Order,
)

STOP, STOP_MARKET, TAKE_PROFIT, TAKE_PROFIT_MARKET, TRAILING = (
    "STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET",
)  # fmt: skip
ALGO_KINDS = (STOP, STOP_MARKET, TAKE_PROFIT, TAKE_PROFIT_MARKET, TRAILING)
#: Those whose child is a limit order, and those that may close a whole position.
LIMIT_KINDS, CLOSING_KINDS = (STOP, TAKE_PROFIT), (STOP_MARKET, TAKE_PROFIT_MARKET)
#: The time in force of exits that live no longer than their position.
GTE_GTC = "GTE_GTC"
#: 100 % in the units of a callback rate.
WHOLE_E4 = 10_000


class Status(StrEnum):
    NEW = "NEW"
    TRIGGERING = "TRIGGERING"
    TRIGGERED = "TRIGGERED"
    FINISHED = "FINISHED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"
    REJECTED = "REJECTED"


class Turn(StrEnum):
    """What can happen to a conditional order."""

    TRIGGERED = "triggered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    ENDED = "ended"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


NEXT: dict[tuple[Status, Turn], Status] = {
    (Status.NEW, Turn.TRIGGERED): Status.TRIGGERING,
    (Status.NEW, Turn.CANCELLED): Status.CANCELED,
    (Status.NEW, Turn.EXPIRED): Status.EXPIRED,
    (Status.TRIGGERING, Turn.ACCEPTED): Status.TRIGGERED,
    (Status.TRIGGERING, Turn.REFUSED): Status.REJECTED,
    (Status.TRIGGERED, Turn.ENDED): Status.FINISHED,
}


@dataclass(frozen=True, slots=True)
class AlgoRequest:
    """A conditional order as it is asked for; prices and quantity None where they were not sent."""

    symbol: str
    side: int
    kind: str
    quantity: Decimal | None = None
    price: Decimal | None = None
    trigger_price: Decimal | None = None
    time_in_force: str = GTC
    working_type: str = "CONTRACT_PRICE"
    price_match: str = NONE
    close_position: bool = False
    price_protect: bool = False
    reduce_only: bool = False
    activate_price: Decimal | None = None
    #: In percent.
    callback_rate: Decimal | None = None
    client_algo_id: str = ""
    self_trade_prevention: str = EXPIRE_MAKER
    good_till_ms: int = 0
    position_side: str = BOTH


@dataclass(slots=True, eq=False)
class AlgoOrder:
    """An accepted conditional order."""

    algo_id: int
    account_id: int
    client_algo_id: str
    request: AlgoRequest
    condition: Condition
    price_ticks: int
    lots: int
    armed: bool
    #: The best price since a trailing stop is armed.
    extreme_e8: int
    created_ms: int
    updated_ms: int
    status: Status = Status.NEW
    trigger_ms: int = 0
    child: Order | None = None
    #: Why it was rejected.
    reason: str = ""

    @property
    def symbol(self) -> str:
        return self.request.symbol

    @property
    def is_open(self) -> bool:
        return self.status in (Status.NEW, Status.TRIGGERING)

    def turn(self, turn: Turn, now_ms: int) -> None:
        """Goes on to the next status; KeyError where its life has no such turn."""
        self.status, self.updated_ms = NEXT[self.status, turn], now_ms


@dataclass(frozen=True, slots=True)
class Prices:
    """What triggers look at, in 1e-8."""

    last_e8: int
    mark_e8: int

    def reference_e8(self, working_type: str) -> int:
        return self.mark_e8 if working_type == MARK_PRICE else self.last_e8


def is_past(kind: str, side: int, trigger_e8: int, reference_e8: int) -> bool:
    """Whether the reference stands where the order fires: beyond the trigger for stops, before it for profits."""
    beyond = side * (reference_e8 - trigger_e8)
    return beyond >= 0 if kind in (STOP, STOP_MARKET) else beyond <= 0


def trails(order: AlgoOrder, reference_e8: int) -> bool:
    """Follows a trailing stop's best price and tells whether the way back from it is long enough to fire."""
    side = order.request.side
    order.extreme_e8 = min(order.extreme_e8, reference_e8) if side == BUY else max(order.extreme_e8, reference_e8)
    line = order.extreme_e8 * (WHOLE_E4 + side * order.condition.callback_e4)
    return side * (reference_e8 * WHOLE_E4 - line) >= 0


def is_reached(side: int, activate_e8: int, reference_e8: int) -> bool:
    """Whether a trailing stop is armed: a buy waits for a fall to its price, a sell for a rise."""
    return not activate_e8 or side * (activate_e8 - reference_e8) >= 0


def is_protected(prices: Prices, most: Decimal) -> bool:
    """Whether mark and last price are too far apart for an order with price protection."""
    return abs(prices.mark_e8 - prices.last_e8) > most * prices.mark_e8
