"""What an account can look up later: its trades and its income."""

from connector.core.value_objects import value_object
from connector.simulator.market.orders import Order

TRANSFER, REALIZED_PNL, COMMISSION, FUNDING_FEE = "TRANSFER", "REALIZED_PNL", "COMMISSION", "FUNDING_FEE"
SPECIAL_FUNDING_FEE = "SPECIAL_FUNDING_FEE"
INSURANCE_CLEAR, AUTO_EXCHANGE = "INSURANCE_CLEAR", "AUTO_EXCHANGE"

#: Why an order of the exchange closed a position: `autoCloseType` of "User's force orders".
LIQUIDATION, ADL = "LIQUIDATION", "ADL"
#: Of "Position margin change": what an isolated position was given, or gave back.
ADDED, REDUCED = 1, 2


@value_object
class TradeRecord:
    """One side of one trade."""

    trade_id: int
    order_id: int
    symbol: str
    side: int
    position_side: str
    ticks: int
    lots: int
    #: Gross of the commission.
    realised_e8: int
    #: Positive when paid.
    commission_e8: int
    is_maker: bool
    time_ms: int
    commission_asset: str = "USDT"


@value_object
class Amendment:
    """A change of an order."""

    amendment_id: int
    symbol: str
    order_id: int
    client_order_id: str
    time_ms: int
    #: Before and after.
    ticks: tuple[int, int]
    #: Before and after.
    lots: tuple[int, int]
    #: The how many-th of its order.
    count: int
    #: The owner's own number of it.
    modify_id: int | None


@value_object
class IncomeRecord:
    """One booked item: the sum of all of them is the wallet."""

    income_id: int
    kind: str
    symbol: str
    asset: str
    amount_e8: int
    time_ms: int
    trade_id: int | None = None


@value_object
class MarginMove:
    """Margin that its owner gave to an isolated position, or took back."""

    move_id: int
    symbol: str
    position_side: str
    #: ADDED or REDUCED.
    kind: int
    asset: str
    amount_e8: int
    time_ms: int


@value_object
class WalletMove:
    """What an owner moved from one wallet of an account to another."""

    #: That of the income row where the futures wallet is one of the two.
    move_id: int
    #: The venue's word for the direction.
    way: str
    asset: str
    amount_e8: int
    time_ms: int


@value_object
class ForcedOrder:
    """An order by which the exchange closed a position of an account."""

    order: Order
    #: LIQUIDATION or ADL.
    cause: str


@value_object
class LiquidationPrint:
    """A liquidation order as the market sees it."""

    #: Rises by one.
    number: int
    symbol: str
    side: int
    lots: int
    price_ticks: int
    #: 0 when nothing filled.
    average_e8: int
    status: str
    #: Of its latest fill in the book.
    last_lots: int
    filled_lots: int
    time_ms: int
