"""One order of ours, from the intent to its last fill: what is known of it, and how a report changes that.

Only the tracker hands reports to it. What the venue said in sum (`reported_executed`) and what its trades explain
(`executed_amount`) are kept apart: an ack reports the first without price or fee, only fills make the second.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from connector.core.amounts import ZERO
from connector.core.enums import OrderState, OrderType, PositionAction, TradeType
from connector.core.order_ends import ExpiryReason, OrderEnd, Rejection
from connector.core.reports import Fill, OrderReport, OrderStatus
from connector.orders.life_cycle import UNSEEN_STATES, WORDS_OF_LIFE, next_state

_ENDS = frozenset({OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.EXPIRED})
#: How a ghost that was taken for filled ends in truth.
_TRUE_ENDS = {OrderStatus.CANCELED: OrderState.CANCELED, OrderStatus.EXPIRED: OrderState.EXPIRED}


@dataclass(slots=True)
class InFlightOrder:
    """One order of ours. Amounts in base units or contracts."""

    client_order_id: str
    trading_pair: str
    symbol: str
    trade_type: TradeType
    order_type: OrderType
    amount: Decimal
    #: None for a market order.
    price: Decimal | None
    position_action: PositionAction
    leverage: int
    created_ms: int
    base_asset: str
    quote_asset: str
    state: OrderState = OrderState.PENDING_CREATE
    exchange_order_id: str = ""
    #: What the venue said in sum.
    reported_executed: Decimal = ZERO
    reported_average_price: Decimal | None = None
    #: By trade id.
    fills: dict[str, Fill] = field(default_factory=dict)
    #: When a report last came, by our clock.
    last_update_ms: int = 0
    #: The venue's time of the newest report.
    venue_time_ms: int = 0
    cancel_requested_ms: int | None = None
    #: It is wanted gone, however often asking for that brought nothing.
    cancel_wanted: bool = False
    unknown_since_ms: int | None = None
    #: A look-up did not find it though it lived.
    lost: bool = False
    #: It is over here, and the venue has it.
    ghost: bool = False
    expiry: ExpiryReason | None = None
    rejection: Rejection | None = None
    #: The most it ever was: the venue may cut it, and fills of before stay possible.
    largest_amount: Decimal = ZERO
    #: What the last report told as fills and can be none.
    refused_fills: tuple[Fill, ...] = ()
    creation_emitted: bool = False
    completion_emitted: bool = False
    #: What its fills add up to.
    executed_amount: Decimal = field(init=False, default=ZERO)

    def __post_init__(self) -> None:
        self.executed_amount = sum((fill.amount for fill in self.fills.values()), ZERO)

    @property
    def is_done(self) -> bool:
        return self.state.is_final

    @property
    def end(self) -> OrderEnd | None:
        """How it ended; None while it may trade."""
        if not self.is_done:
            return None
        is_expired, is_failed = self.state is OrderState.EXPIRED, self.state is OrderState.FAILED
        return OrderEnd(self.state, self.expiry if is_expired else None, self.rejection if is_failed else None)

    @property
    def is_settled(self) -> bool:
        """Whether it is done and nothing about it is left to find out or to end."""
        return self.state.is_final and not self.ghost and not self.missing_fills

    @property
    def is_open(self) -> bool:
        """Whether it may still trade, as far as is known."""
        return not self.state.is_final

    @property
    def was_seen(self) -> bool:
        """Whether the venue ever had it."""
        return self.state not in UNSEEN_STATES or bool(self.fills)

    @property
    def executed_amount_base(self) -> Decimal:
        return self.executed_amount

    @property
    def executed_amount_quote(self) -> Decimal:
        """What its fills are worth at their own prices (linear contracts)."""
        return sum((fill.amount * fill.price for fill in self.fills.values()), ZERO)

    @property
    def average_executed_price(self) -> Decimal | None:
        """By its fills, else as the venue reported it, else None."""
        executed = self.executed_amount
        return self.executed_amount_quote / executed if executed else self.reported_average_price

    @property
    def remaining_amount(self) -> Decimal:
        """What may still trade, by the further of the venue's sum and our fills; never negative."""
        return max(ZERO, self.amount - max(self.executed_amount, self.reported_executed))

    @property
    def missing_fills(self) -> bool:
        """Whether the venue reported more executed than our fills explain."""
        return self.reported_executed > self.executed_amount

    @property
    def fees(self) -> dict[str, Decimal]:
        """Fees paid by asset; rebates are negative."""
        paid: dict[str, Decimal] = {}
        for fill in self.fills.values():
            paid[fill.fee_asset] = paid.get(fill.fee_asset, ZERO) + fill.fee_amount
        return paid

    @property
    def creation_timestamp(self) -> float:
        return self.created_ms / 1000

    @property
    def last_update_timestamp(self) -> float:
        return self.last_update_ms / 1000

    def take(self, report: OrderReport, now_ms: int) -> tuple[Fill, ...]:
        """Change by one report; return the fills that are new, oldest trade first.

        A fill counts once by its trade id within this order, hence by symbol and trade id: in a trade between two
        orders of ours each side books its own.
        """
        self.refused_fills = ()
        self.largest_amount = max(self.largest_amount, self.amount, report.amount or ZERO)
        fresh = self._book(report.fills)
        self._note_figures(report, now_ms)
        seen_before = self.was_seen
        executed, full = self.executed_amount, self._is_full
        before = self.state
        self.state = self._exorcised(report) or next_state(before, report.status, executed=executed > 0, full=full)
        if self.state is not before:
            self.expiry, self.rejection = report.expiry, report.rejection
        self._note_sight(report, seen_before)
        self._note_silence(report, now_ms)
        return fresh

    @property
    def _is_full(self) -> bool:
        return self.executed_amount >= self.amount

    def _book(self, fills: tuple[Fill, ...]) -> tuple[Fill, ...]:
        """Takes the fills that are new and possible: above zero, and within what is left of the order."""
        fresh: list[Fill] = []
        for fill in sorted(fills, key=lambda fill: fill.time_ms):
            if fill.trade_id in self.fills:
                continue
            if not ZERO < fill.amount <= self.largest_amount - self.executed_amount:
                self.refused_fills += (fill,)
                continue
            self.executed_amount += fill.amount
            self.fills[fill.trade_id] = fill
            fresh.append(fill)
        return tuple(fresh)

    def _exorcised(self, report: OrderReport) -> OrderState | None:
        """The true end of an order that a false word had filled, which no trade explained and nobody was told."""
        if not self.ghost or self.state is not OrderState.FILLED or self.completion_emitted:
            return None
        return _TRUE_ENDS.get(report.status)

    def _note_figures(self, report: OrderReport, now_ms: int) -> None:
        self.exchange_order_id = self.exchange_order_id or report.exchange_order_id
        self.last_update_ms = max(self.last_update_ms, now_ms)
        if report.time_ms >= self.venue_time_ms or not report.time_ms:
            # The venue cuts an oversize reduce-only order to the position ("Modes"): the echo wins, unless it is
            # older than another. A market order echoes price 0.
            self.amount = report.amount or self.amount
            self.price = report.price or self.price
        self.venue_time_ms = max(self.venue_time_ms, report.time_ms)
        executed = report.executed_amount
        if executed is None and report.status is OrderStatus.FILLED:
            executed = self.amount
        if executed is None:
            return
        if report.status is OrderStatus.STILL_LISTED or self.ghost:
            # What was said of it before was false.
            self.reported_executed = max(executed, self.executed_amount)
        elif self.reported_executed <= executed <= self.largest_amount:
            self.reported_executed = executed
            self.reported_average_price = report.average_price or self.reported_average_price

    def _note_sight(self, report: OrderReport, seen_before: bool) -> None:
        if report.status is OrderStatus.STILL_LISTED:
            self.lost, self.ghost = False, self.is_done
        elif report.status in WORDS_OF_LIFE or report.fills:
            self.lost = False
            was_ghost = self.ghost or self.state is OrderState.FAILED
            self.ghost = was_ghost and self.is_done and report.status not in _ENDS and not self._is_full
        elif report.status is OrderStatus.ABSENT:
            self.lost = self.ghost = False
        elif report.status is OrderStatus.NOT_FOUND:
            self.lost = seen_before and self.is_open

    def _note_silence(self, report: OrderReport, now_ms: int) -> None:
        if report.status is OrderStatus.CANCEL_WANTED:
            self.cancel_wanted = True
        elif report.status is OrderStatus.CANCEL_REQUESTED:
            self.cancel_requested_ms = now_ms
        elif report.status is OrderStatus.CANCEL_REFUSED:
            self.cancel_requested_ms = None
        if self.state is not OrderState.PENDING_UNKNOWN:
            self.unknown_since_ms = None
        elif self.unknown_since_ms is None:
            self.unknown_since_ms = now_ms
