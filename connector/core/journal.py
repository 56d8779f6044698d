"""The journal's records: what must outlive a crash, in the order in which it happened.

    LifeBegan ─▶ OrderIntended ─▶ OrderChanged, OrderFilled … ─▶ LifeEnded
                 before a byte     before the bot hears of it     a stop in order
                 leaves

What a report changes is written before its events are told, between `Telling` and `Told`: a kill in between leaves
it untold, so a restart drops it, finds it again at the exchange, and tells it then. Records that announce nothing
(`OrderIntended`, a wish to cancel) stand alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from connector.core.enums import OrderState, OrderType, PositionAction, PositionSide, TradeType, TriggerState
from connector.core.faults import ConnectorFault
from connector.core.order_ends import ExpiryReason, RejectionKind
from connector.core.value_objects import value_object


@dataclass(frozen=True, slots=True)
class LifeBegan:
    """A connector with this tag began to run. Orders of lives before it are of earlier ones."""

    tag: str
    began_ms: int
    #: The first life is 1.
    number: int = 1


@dataclass(frozen=True, slots=True)
class LifeEnded:
    """It ended in order: every record before this one is known to be written."""

    ended_ms: int


@dataclass(frozen=True, slots=True)
class IdsGiven:
    """How many client order ids were given so far, those of forgotten orders among them."""

    count: int


@value_object
class OrderIntended:
    """An order that is about to be sent, as it was wanted."""

    client_order_id: str
    trading_pair: str
    symbol: str
    trade_type: TradeType
    order_type: OrderType
    #: In base units or contracts.
    amount: Decimal
    #: None for a market order.
    price: Decimal | None
    position_action: PositionAction
    leverage: int
    created_ms: int
    base_asset: str
    quote_asset: str
    #: As `core.order_options` spells them.
    options: str = ""


@value_object
class OrderChanged:
    """Where an order stands now. The fields are those of an order in flight."""

    client_order_id: str
    state: OrderState
    exchange_order_id: str
    amount: Decimal
    price: Decimal | None
    reported_executed: Decimal
    reported_average_price: Decimal | None
    venue_time_ms: int
    cancel_requested_ms: int | None
    unknown_since_ms: int | None
    lost: bool
    ghost: bool
    creation_emitted: bool
    completion_emitted: bool
    #: Why it ended, in words; empty where nobody said.
    reason: str = field(default="", compare=False)
    cancel_wanted: bool = False
    #: None in logs of before it was written: the amount then.
    largest_amount: Decimal | None = None
    expiry: ExpiryReason | None = None
    #: The parts of a rejection; the first is None where the order was not rejected.
    rejection_kind: RejectionKind | None = None
    rejection_code: int = 0
    rejection_filter: str = ""
    rejection_limit: str = ""
    rejection_value: str = ""
    #: What it was asked to become, while that is not answered.
    wanted_price: Decimal | None = None
    wanted_amount: Decimal | None = None
    #: When the venue last changed it; 0: never.
    changed_ms: int = 0
    #: Of conditional orders.
    algo_id: str = ""
    trigger: TriggerState | None = None
    child_finished: bool = False


@value_object
class OrderFilled:
    """One trade of one order of ours."""

    client_order_id: str
    symbol: str
    trade_id: str
    price: Decimal
    amount: Decimal
    fee_asset: str
    fee_amount: Decimal
    realized_pnl: Decimal
    is_maker: bool
    time_ms: int
    position_side: PositionSide


@dataclass(frozen=True, slots=True)
class FundingPaid:
    """One funding payment that was told."""

    symbol: str
    asset: str
    #: Above 0 it was received, below 0 it was paid.
    amount: Decimal
    time_ms: int
    #: Unique among payments of its kind.
    income_id: str
    is_special: bool = False
    #: What was settled; None where nobody told.
    rate: Decimal | None = None
    #: 0: not known.
    interval_ms: int = 0


@dataclass(frozen=True, slots=True)
class WalletChanged:
    """One line of the account, as the venue pushed it."""

    reason: str
    asset: str
    wallet: Decimal
    change: Decimal
    time_ms: int


@dataclass(frozen=True, slots=True)
class TradesRead:
    """Every trade of the symbol up to this one is known."""

    symbol: str
    trade_id: int


@dataclass(frozen=True, slots=True)
class FundingRead:
    """Every funding payment before this time is known."""

    until_ms: int


@dataclass(frozen=True, slots=True)
class AccountHeard:
    """What the venue itself did to the account up to these times (its own) was told."""

    #: Its own orders: liquidation, auto-deleveraging, settlement.
    orders_ms: int
    transfers_ms: int
    #: What liquidations paid to the insurance fund, or had from it; 0 in logs of before it was written.
    insurance_ms: int = 0
    #: Transfers of since then that were told, as `account.told_transfers` spells them; empty in logs of before it was
    #: written.
    told: str = ""


@dataclass(frozen=True, slots=True)
class Restated:
    """The records before it, in its file, restate everything that lives: no older file is needed."""

    count: int


@value_object
class Telling:
    """The next `count` records are being told to the bot."""

    number: int
    count: int


@value_object
class Told:
    """The bot has heard what `Telling` of that number announced."""

    number: int


Record = (
    LifeBegan
    | LifeEnded
    | IdsGiven
    | OrderIntended
    | OrderChanged
    | OrderFilled
    | FundingPaid
    | WalletChanged
    | TradesRead
    | FundingRead
    | AccountHeard
    | Restated
    | Telling
    | Told
)


Restate = Callable[[], Sequence[Record]]


class JournalFault(ConnectorFault):
    """The journal can't be written. Openings stop; what closes or cancels goes on, and is written later."""


class Journal(Protocol):
    """Where records are kept. Nothing here waits but for the disk."""

    @property
    def trouble(self) -> str:
        """Why it can't be written now, in words; empty while it can."""
        ...

    def append(self, *records: Record) -> None:
        """Writes records together and in order. Never raises: what can't be written is kept, and `trouble` says so."""
        ...

    def restate_by(self, restate: Restate) -> None:
        """What lives now and must be written again where an old file ends."""
        ...


class NoJournal:
    """Keeps nothing: for a connector whose bot keeps its tracking states itself, or needs none."""

    trouble = ""

    def append(self, *records: Record) -> None:
        """Forgets them."""

    def restate_by(self, restate: Restate) -> None:
        """Nothing is written anew."""


NO_JOURNAL: Journal = NoJournal()
