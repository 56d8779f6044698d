"""What the venue says, whatever way it came: ack, stream, query, error or restart.

Reports are facts with their time; they carry no decision. `source` is for the log and never branched on.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from connector.core.enums import MarginType, PositionMode, PositionSide, TradeType
from connector.core.faults import Fault


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
    #: We asked for the cancel; the venue has not answered yet.
    CANCEL_REQUESTED = "CANCEL_REQUESTED"
    #: The cancel was refused or its outcome is unknown: the order stands as it stood.
    CANCEL_REFUSED = "CANCEL_REFUSED"
    #: Nothing about the status: the report only carries fills.
    UNCHANGED = "UNCHANGED"


@dataclass(frozen=True, slots=True)
class Fill:
    """One trade of one order. `fee_amount` is positive when paid; `realized_pnl` is gross of the fee.

    The amounts are the venue's own figures, never computed here. None of them may be missing: a report that
    lacks the fee (TRADE_LITE, an ack) is no fill.
    """

    trade_id: str
    price: Decimal
    amount: Decimal
    fee_asset: str
    fee_amount: Decimal
    realized_pnl: Decimal
    is_maker: bool
    time_ms: int
    position_side: PositionSide = PositionSide.BOTH


@dataclass(frozen=True, slots=True)
class OrderReport:
    """One fact about one order. Found by `client_order_id`, else by `exchange_order_id` and symbol.

    `executed_amount` is cumulative; None where the source does not say. `amount` is the quantity as the venue
    echoes it (it may cut a reduce-only order to the position). `time_ms` is the venue's clock.
    """

    source: ReportSource
    status: OrderStatus
    symbol: str
    client_order_id: str = ""
    exchange_order_id: str = ""
    time_ms: int = 0
    amount: Decimal | None = None
    price: Decimal | None = None
    executed_amount: Decimal | None = None
    average_price: Decimal | None = None
    fills: tuple[Fill, ...] = ()
    fault: Fault | None = None
    trade_type: TradeType | None = None
    expiry_reason: str = ""


@dataclass(frozen=True, slots=True)
class BalanceReport:
    """One asset's wallet. `change` is the venue's figure of what changed beside PnL and commission."""

    asset: str
    wallet: Decimal
    cross_wallet: Decimal
    change: Decimal = Decimal(0)
    available: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PositionReport:
    """One position as the venue has it: `amount` signed, negative when short; 0 says there is none."""

    symbol: str
    position_side: PositionSide
    amount: Decimal
    entry_price: Decimal
    unrealized_pnl: Decimal
    margin_type: MarginType
    isolated_wallet: Decimal = Decimal(0)
    liquidation_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class AccountReport:
    """What changed in the account, and why. `reason` is the venue's word (ORDER, FUNDING_FEE, DEPOSIT …).

    A snapshot (`complete`) names everything there is: what it leaves out is zero.
    """

    source: ReportSource
    reason: str
    time_ms: int
    balances: tuple[BalanceReport, ...] = ()
    positions: tuple[PositionReport, ...] = ()
    funding_symbol: str = ""
    complete: bool = False


@dataclass(frozen=True, slots=True)
class FundingReport:
    """One funding payment. `amount` > 0 was received, < 0 was paid. `income_id` is empty when pushed."""

    source: ReportSource
    symbol: str
    asset: str
    amount: Decimal
    time_ms: int
    income_id: str = ""


@dataclass(frozen=True, slots=True)
class IncomeReport:
    """One line of the venue's own account book. `kind` is the venue's word (COMMISSION, FUNDING_FEE, TRANSFER …).

    `income_id` is unique per kind; `trade_id` is empty where the line is not due to a trade.
    """

    kind: str
    asset: str
    amount: Decimal
    time_ms: int
    income_id: str
    symbol: str = ""
    trade_id: str = ""


@dataclass(frozen=True, slots=True)
class LeverageReport:
    """The leverage that the venue has in force for a symbol."""

    symbol: str
    leverage: int
    max_notional: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PositionModeReport:
    """The position mode that the venue has in force for the account. The venue does not push changes of it."""

    mode: PositionMode


@dataclass(frozen=True, slots=True)
class MarginCallReport:
    """The venue warns that positions are near liquidation."""

    symbols: tuple[str, ...]
    time_ms: int


@dataclass(frozen=True, slots=True)
class ListenKeyExpired:
    """The user stream is dead though its socket lives."""

    time_ms: int


UserReport = (
    OrderReport
    | AccountReport
    | FundingReport
    | LeverageReport
    | PositionModeReport
    | MarginCallReport
    | ListenKeyExpired
)
