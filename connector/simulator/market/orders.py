"""Orders as the matching engine keeps them, and what a trader asks for."""

from dataclasses import dataclass
from decimal import Decimal

from connector.core.value_objects import value_object

BUY, SELL = 1, -1
SIDE_WORDS = {BUY: "BUY", SELL: "SELL"}

LIMIT, MARKET = "LIMIT", "MARKET"
#: The exchange's own orders, by which it closes a position; nobody may place one.
LIQUIDATION = "LIQUIDATION"
GTC, IOC, FOK, GTX, GTD, RPI = "GTC", "IOC", "FOK", "GTX", "GTD", "RPI"
#: Those that every contract lists; RPI needs the contract's permission.
TIMES_IN_FORCE = (GTC, IOC, FOK, GTX, GTD)

NEW, PARTIALLY_FILLED, FILLED = "NEW", "PARTIALLY_FILLED", "FILLED"
CANCELED, EXPIRED, EXPIRED_IN_MATCH = "CANCELED", "EXPIRED", "EXPIRED_IN_MATCH"
#: Execution type of a changed price or quantity.
AMENDMENT = "AMENDMENT"

BOTH, LONG, SHORT = "BOTH", "LONG", "SHORT"

EXPIRE_TAKER, EXPIRE_MAKER, EXPIRE_BOTH = "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH"
#: Lets an account trade with itself, or a limit price be its own.
NONE = "NONE"

MARK_PRICE, CONTRACT_PRICE = "MARK_PRICE", "CONTRACT_PRICE"

#: Reasons of an expiry, by "Order update": `er`.
BY_SELF_TRADE, IOC_REMAINDER, IOC_BY_SELF_TRADE, BY_REDUCE_ONLY, POSITION_GONE, MARKET_REMAINDER = 1, 2, 3, 4, 6, 9
BY_LIQUIDATION, BY_DELISTING = 5, 7


@value_object
class OrderRequest:
    """An order as it is asked for."""

    symbol: str
    #: +1 or -1.
    side: int
    kind: str
    quantity: Decimal
    #: None for MARKET or with a `price_match`.
    price: Decimal | None = None
    time_in_force: str = GTC
    reduce_only: bool = False
    position_side: str = BOTH
    client_order_id: str = ""
    self_trade_prevention: str = EXPIRE_MAKER
    price_match: str = NONE
    good_till_ms: int = 0


@value_object
class AmendRequest:
    """A change as it is asked for."""

    symbol: str
    order_id: int | None
    client_order_id: str | None
    side: int
    #: The new total.
    quantity: Decimal
    #: None with a `price_match`.
    price: Decimal | None
    price_match: str = NONE
    #: Changes nothing: it asserts that the order is reduce-only already.
    reduce_only: bool = False
    modify_id: int | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """What a conditional order waits for, and what its child still tells of it ("Algo orders")."""

    kind: str
    #: 0 for a trailing stop.
    trigger_ticks: int = 0
    working_type: str = CONTRACT_PRICE
    price_protect: bool = False
    close_position: bool = False
    #: 0 arms a trailing stop at once.
    activate_ticks: int = 0
    #: The distance of a trailing stop, in hundredths of a percent.
    callback_e4: int = 0
    #: When it was asked for, by which its date is judged.
    asked_ms: int = 0


@dataclass(slots=True, eq=False)
class Order:
    """An accepted order."""

    order_id: int
    account_id: int
    symbol: str
    client_order_id: str
    side: int
    kind: str
    time_in_force: str
    price_ticks: int
    lots: int
    reduce_only: bool
    #: Whether it can only reduce a position: reduce-only, or a hedge-mode order against its side.
    closes: bool
    position_side: str
    self_trade_prevention: str
    price_match: str
    good_till_ms: int
    created_ms: int
    updated_ms: int
    status: str = NEW
    filled_lots: int = 0
    #: Sum of ticks x lots, so that the average price is exact.
    filled_value: int = 0
    expiry_reason: int = 0
    #: Whether it stands in the book.
    rests: bool = False
    amendments: int = 0
    #: That of the conditional order whose child it is.
    condition: Condition | None = None

    @property
    def open_lots(self) -> int:
        return self.lots - self.filled_lots

    @property
    def is_open(self) -> bool:
        return self.status in (NEW, PARTIALLY_FILLED)


def opens(side: int, position_side: str) -> bool:
    """Whether an order of that side could open: in hedge mode only with its position side's direction."""
    return position_side == BOTH or (side == BUY) == (position_side == LONG)
