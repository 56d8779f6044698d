"""What the venue reports, whatever way it came: ack, stream, query, error or restart.

Reports are facts with their time; they carry no decision. `source` is for the log and never branched on.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from connector.core.enums import MarginType, OrderType, PositionMode, PositionSide, TradeType, TriggerState
from connector.core.faults import Fault
from connector.core.order_ends import ExpiryReason, Rejection
from connector.core.order_options import OrderOptions
from connector.core.value_objects import value_object


class ReportSource(StrEnum):
    """The way by which a report came. For the log alone."""

    ACK = "ack"
    STREAM = "stream"
    QUERY = "query"
    OPEN_ORDERS = "open_orders"
    TRADES = "trades"
    ERROR = "error"
    LOCAL = "local"


class OrderStatus(StrEnum):
    """What a report says of an order. The first six are the venue's words, the rest are what a silence,
    a refusal or a look-up means."""

    NEW = "NEW"
    PARTIALLY_FILLED = "PARTIALLY_FILLED"
    FILLED = "FILLED"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"
    REJECTED = "REJECTED"
    #: The request's outcome is not known: the order may live.
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    #: A look-up found no such order, and the request can no longer arrive.
    NOT_FOUND = "NOT_FOUND"
    #: Order history, open orders and trades prove that the venue has no such order any more.
    ABSENT = "ABSENT"
    #: We want it gone, whatever is known of it; the wish stays until it is over.
    CANCEL_WANTED = "CANCEL_WANTED"
    #: We asked for the cancel; the venue has not answered yet.
    CANCEL_REQUESTED = "CANCEL_REQUESTED"
    #: The cancel was refused or its outcome is unknown: the order stands as it stood.
    CANCEL_REFUSED = "CANCEL_REFUSED"
    #: We asked for another price or amount; the venue has not answered yet.
    MODIFY_REQUESTED = "MODIFY_REQUESTED"
    #: The venue took the new price or amount.
    MODIFIED = "MODIFIED"
    #: The change was refused: the order stands as it stood.
    MODIFY_REFUSED = "MODIFY_REFUSED"
    #: Nobody knows whether the venue took the change: the order is looked up.
    MODIFY_UNKNOWN = "MODIFY_UNKNOWN"
    #: The venue lists it as open long after we took it for over.
    STILL_LISTED = "STILL_LISTED"
    #: A conditional order was triggered, and the venue did not take what it became.
    TRIGGER_REFUSED = "TRIGGER_REFUSED"
    #: Nothing about the status: the report only carries fills.
    UNCHANGED = "UNCHANGED"

    #: It is found in tables with every report: by the hash that a text keeps, not by one that is called for.
    __hash__ = str.__hash__


@value_object
class Fill:
    """One trade of one order.

    The amounts are the venue's own figures, never computed here. None of them may be missing: a report that
    lacks the fee (TRADE_LITE, an ack) is no fill.
    """

    trade_id: str
    price: Decimal
    amount: Decimal
    fee_asset: str
    #: Positive when paid.
    fee_amount: Decimal
    #: Gross of the fee.
    realized_pnl: Decimal
    is_maker: bool
    time_ms: int
    position_side: PositionSide = PositionSide.BOTH


@dataclass(frozen=True, slots=True)
class ConditionalReport:
    """What the conditional family tells of an order, beside what it has in common with others.

    Its child's id is the report's exchange id, empty before there is one.
    """

    algo_id: str
    trigger: TriggerState
    #: Its child is over; how, the child's own reports say.
    is_finished: bool
    #: None for a type that is not known here.
    order_type: OrderType | None
    options: OrderOptions
    #: Whether it may only reduce.
    closes: bool


@value_object
class OrderReport:
    """One fact about one order, found by `client_order_id`, else by `exchange_order_id` and symbol.

    A figure is None where the source has none.
    """

    source: ReportSource
    status: OrderStatus
    symbol: str
    client_order_id: str = ""
    exchange_order_id: str = ""
    #: The venue's clock; 0 where the source has no time.
    time_ms: int = 0
    #: When the order was made, where an answer tells that; else 0.
    created_ms: int = 0
    #: As the venue echoes it: it may cut a reduce-only order to the position.
    amount: Decimal | None = None
    price: Decimal | None = None
    #: Cumulative.
    executed_amount: Decimal | None = None
    average_price: Decimal | None = None
    fills: tuple[Fill, ...] = ()
    fault: Fault | None = None
    trade_type: TradeType | None = None
    expiry_reason: str = ""
    #: Of EXPIRED and of REJECTED: why.
    expiry: ExpiryReason | None = None
    rejection: Rejection | None = None
    #: None where the source does not say.
    position_side: PositionSide | None = None
    #: Whether it is bound to reduce.
    reduces_only: bool = False
    #: None where the report is of an order in the book, a child among them.
    conditional: ConditionalReport | None = None


@value_object
class BalanceReport:
    """One asset's wallet."""

    asset: str
    wallet: Decimal
    #: Without what backs isolated positions.
    cross_wallet: Decimal
    #: The venue's figure of what changed beside PnL and commission.
    change: Decimal = Decimal(0)
    #: The venue's figure of what may be pledged; None where the source has none.
    available: Decimal | None = None
    #: When it last changed, by the venue's clock; None where the source has no time of its own.
    time_ms: int | None = None


@value_object
class PositionReport:
    """One position as the venue has it."""

    symbol: str
    position_side: PositionSide
    #: Signed, negative when short; 0: there is none.
    amount: Decimal
    entry_price: Decimal
    unrealized_pnl: Decimal
    margin_type: MarginType
    isolated_wallet: Decimal = Decimal(0)
    liquidation_price: Decimal | None = None
    #: When it last changed, by the venue's clock; None where the source has no time of its own.
    time_ms: int | None = None
    #: By which the venue valued it; None where the source does not say.
    mark_price: Decimal | None = None
    #: Its place in the queue of auto-deleveraging, 0 (last) to 4 (first); None where the source does not say.
    adl_rank: int | None = None


@value_object
class AccountReport:
    """What changed in the account, and why."""

    source: ReportSource
    #: The venue's word (ORDER, FUNDING_FEE, DEPOSIT …).
    reason: str
    time_ms: int
    balances: tuple[BalanceReport, ...] = ()
    positions: tuple[PositionReport, ...] = ()
    #: Of a funding settlement: the symbol that it is of, where the venue names it.
    funding_symbol: str = ""
    #: It names everything there is: what it leaves out is zero.
    complete: bool = False


@dataclass(frozen=True, slots=True)
class FundingReport:
    """One funding payment."""

    source: ReportSource
    symbol: str
    asset: str
    #: Above 0 it was received, below 0 it was paid.
    amount: Decimal
    time_ms: int
    #: Unique among payments of its kind.
    income_id: str
    #: The settlement has a rate and time of its own, beside the regular ones.
    is_special: bool = False
    #: What was settled, a fraction of the notional; None where the venue did not tell it.
    rate: Decimal | None = None
    #: The time since the settlement before it; 0 where that is not known.
    interval_ms: int = 0


@dataclass(frozen=True, slots=True)
class IncomeReport:
    """One line of the venue's own account book."""

    #: The venue's word (COMMISSION, FUNDING_FEE, TRANSFER …).
    kind: str
    asset: str
    amount: Decimal
    time_ms: int
    #: Unique per kind.
    income_id: str
    symbol: str = ""
    #: Empty where the line is not due to a trade.
    trade_id: str = ""


@dataclass(frozen=True, slots=True)
class LeverageReport:
    """The leverage that the venue has in force for a symbol."""

    symbol: str
    leverage: int
    #: The most that position and orders of one side may be worth; None where the source has none.
    max_notional: Decimal | None = None
    #: Of the symbol, held or not; None where the source does not say.
    margin_type: MarginType | None = None


@dataclass(frozen=True, slots=True)
class PositionModeReport:
    """The position mode that the venue has in force for the account. The venue does not push changes of it."""

    mode: PositionMode


@dataclass(frozen=True, slots=True)
class MultiAssetsReport:
    """Whether all assets together back all positions."""

    is_on: bool


@dataclass(frozen=True, slots=True)
class CollateralRate:
    """What a unit of an asset counts for in USD in multi-assets mode."""

    asset: str
    #: Where it is held.
    bid: Decimal
    #: Where it is owed, and where margin is in it.
    ask: Decimal


@dataclass(frozen=True, slots=True)
class CollateralReport:
    """The rates of several assets; of those that it leaves out it says nothing."""

    rates: tuple[CollateralRate, ...]


class BracketRow(NamedTuple):
    """One step of the notional; floor and deduction follow from the steps before it."""

    #: The most that is allowed.
    leverage: int
    #: In the margin asset.
    cap: Decimal
    maintenance_rate: Decimal


@dataclass(frozen=True, slots=True)
class BracketsReport:
    """All brackets of a symbol, the lowest first."""

    symbol: str
    rows: tuple[BracketRow, ...]


@dataclass(frozen=True, slots=True)
class MarginCallReport:
    """The venue warns that positions are near liquidation."""

    symbols: tuple[str, ...]
    time_ms: int


@dataclass(frozen=True, slots=True)
class ListenKeyExpired:
    """The user stream is dead though its socket lives."""

    time_ms: int


@value_object
class TradeHint:
    """A trade of the account is named, without its fee: no fill yet."""

    symbol: str
    trade_id: str
    client_order_id: str
    time_ms: int


UserReport = (
    OrderReport
    | AccountReport
    | FundingReport
    | LeverageReport
    | PositionModeReport
    | MultiAssetsReport
    | CollateralReport
    | BracketsReport
    | MarginCallReport
    | ListenKeyExpired
    | TradeHint
)
