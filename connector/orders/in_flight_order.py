"""One order of ours, from the intent to its last fill: what is known of it, and how a report changes that.

Only the tracker hands reports to it. What the venue said in sum (`reported_executed`) and what its trades explain
(`executed_amount`) are kept apart: an ack reports the first without price or fee, only fills make the second.
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from connector.core.amounts import ZERO
from connector.core.enums import FINAL_STATES, OrderState, OrderType, PositionAction, TradeType, TriggerState
from connector.core.order_ends import ExpiryReason, OrderEnd, Rejection
from connector.core.order_options import PLAIN, OrderOptions
from connector.core.reports import Fill, OrderReport, OrderStatus
from connector.orders.changes import Change
from connector.orders.life_cycle import UNSEEN_STATES, WORDS_OF_LIFE, next_state
from connector.orders.trigger import next_trigger

_ENDS = frozenset({OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.EXPIRED})
#: Words beside which the venue tells price and amount of an order that lives.
_WORDS_OF_TERMS = frozenset(
    {OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED, OrderStatus.MODIFIED, OrderStatus.STILL_LISTED}
)
_UNTRIGGERED = frozenset({TriggerState.WAITING, TriggerState.TRIGGERING})
#: How a ghost that was taken for filled ends in truth.
_TRUE_ENDS = {OrderStatus.CANCELED: OrderState.CANCELED, OrderStatus.EXPIRED: OrderState.EXPIRED}


@dataclass(slots=True)
class InFlightOrder:
    """One order of ours. Amounts in base units or contracts.

    A conditional order and the child that it becomes are one order: they share the client order id.
    """

    client_order_id: str
    trading_pair: str
    symbol: str
    trade_type: TradeType
    order_type: OrderType
    amount: Decimal
    #: None for a market order, and while the venue has not told the price that it found.
    price: Decimal | None
    position_action: PositionAction
    leverage: int
    created_ms: int
    base_asset: str
    quote_asset: str
    state: OrderState = OrderState.PENDING_CREATE
    #: Of a conditional order its child's, empty before there is one.
    exchange_order_id: str = ""
    options: OrderOptions = PLAIN
    #: The venue's id of a conditional order.
    algo_id: str = ""
    #: None: it is no conditional order.
    trigger: TriggerState | None = None
    #: The venue said that its child is over, and not how.
    child_finished: bool = False
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
    #: What it was asked to become, while nobody knows that it did or that it was refused.
    change: Change | None = None
    #: The answer to that did not come.
    change_in_doubt: bool = False
    #: The venue's time of its last change: what is told of before it, in the same millisecond too, is of the old terms.
    changed_ms: int = 0
    #: A look-up did not find it though it lived.
    lost: bool = False
    #: Why it never leaves, for want of margin or for a limit: it holds none, until it has failed.
    unpaid: str = ""
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
    #: What its fills add up to, and what they are worth at their own prices (linear contracts): kept, for an order may
    #: have thousands.
    executed_amount: Decimal = field(init=False, default=ZERO)
    executed_amount_quote: Decimal = field(init=False, default=ZERO)

    def __post_init__(self) -> None:
        fills, self.fills = self.fills, {}
        for fill in fills.values():
            self.add_fill(fill)
        if self.order_type.is_conditional and self.trigger is None:
            self.trigger = TriggerState.WAITING

    @property
    def waits_for_trigger(self) -> bool:
        """Whether it is not in the book yet: the venue keeps it apart, and holds no margin for it."""
        return self.trigger in _UNTRIGGERED

    @property
    def is_done(self) -> bool:
        return self.state in FINAL_STATES

    @property
    def terms(self) -> tuple[Decimal | None, Decimal]:
        """Price and amount, as the venue is known to have them."""
        return self.price, self.amount

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
        return self.state in FINAL_STATES and not self.ghost and not self.missing_fills

    @property
    def is_open(self) -> bool:
        """Whether it may still trade, as far as is known."""
        return self.state not in FINAL_STATES

    @property
    def was_seen(self) -> bool:
        """Whether the venue ever had it."""
        return self.state not in UNSEEN_STATES or bool(self.fills)

    @property
    def executed_amount_base(self) -> Decimal:
        return self.executed_amount

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
    def claimed_amount(self) -> Decimal:
        """What the budget holds it for: beside a change that is not answered, the more of what it is and may become."""
        if self.unpaid:
            return ZERO
        most = self.amount if self.change is None else max(self.amount, self.change.amount)
        executed, reported = self.executed_amount, self.reported_executed
        left = most - (executed if executed >= reported else reported)
        return left if left > ZERO else ZERO

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

    def add_fill(self, fill: Fill) -> None:
        """Books one trade that is new."""
        self.fills[fill.trade_id] = fill
        self.executed_amount += fill.amount
        self.executed_amount_quote += fill.amount * fill.price

    def take(self, report: OrderReport, now_ms: int) -> tuple[Fill, ...]:
        """Change by one report; return the fills that are new, oldest trade first.

        A fill counts once by its trade id within this order, hence by symbol and trade id: in a trade between two
        orders of ours each side books its own.
        """
        self.refused_fills = ()
        if report.expiry is ExpiryReason.TRIGGERED:
            # What expires so goes on as what it was triggered to.
            report = replace(report, status=OrderStatus.UNCHANGED, expiry=None)
        if self.trigger is not None:
            report = self._followed(report, self.trigger)
        self.largest_amount = max(self.largest_amount, self.amount, report.amount or ZERO)
        fresh = self._book(report.fills)
        word = report.status if self.change is None else self._word(report)
        self._note_figures(report, word, now_ms)
        if word is OrderStatus.MODIFIED or word is OrderStatus.MODIFY_REFUSED:
            self._end_change()
        seen_before = self.was_seen
        executed, full = self.executed_amount, self._is_full
        before = self.state
        self.state = self._exorcised(report) or next_state(before, word, executed=executed > 0, full=full)
        if self.change is not None or word is OrderStatus.MODIFY_REQUESTED:
            self._note_change(report)
        if self.state is not before:
            self.expiry, self.rejection = self._expiry(report), report.rejection
        self._note_sight(report, seen_before)
        self._note_silence(report, now_ms)
        return fresh

    @property
    def _is_full(self) -> bool:
        """What closes all of a position has no amount before its child tells it."""
        amount = max(self.amount, self.change.amount) if self.change else self.amount
        return ZERO < amount <= self.executed_amount

    def _is_newest(self, report: OrderReport) -> bool:
        """Whether no other word on price and amount is newer; what we say ourselves has no time."""
        if not report.time_ms:
            return True
        is_of_now = report.time_ms > self.changed_ms or report.status is OrderStatus.MODIFIED
        return is_of_now and report.time_ms >= self.venue_time_ms

    def _word(self, report: OrderReport) -> OrderStatus:
        """What the report says beside a change that is awaited: a list or a look-up that shows the new terms is its
        answer, and a change that is told is not always the one that is awaited."""
        if self.change is None or report.status not in _WORDS_OF_TERMS:
            return report.status
        is_told = report.status is OrderStatus.MODIFIED
        may_be_cut = is_told and self.position_action is PositionAction.CLOSE
        if self._is_newest(report) and self.change.is_met_by(report.price, report.amount, may_be_cut=may_be_cut):
            return OrderStatus.MODIFIED
        return OrderStatus.NEW if is_told else report.status

    def _note_change(self, report: OrderReport) -> None:
        if self.is_done:
            self._end_change()
        elif report.status is OrderStatus.MODIFY_UNKNOWN:
            self.change_in_doubt = True
        elif self.change is None and self.state is OrderState.PENDING_MODIFY:
            self.change = Change(report.price or ZERO, report.amount or ZERO)

    def _end_change(self) -> None:
        self.change, self.change_in_doubt = None, False

    def _followed(self, report: OrderReport, before: TriggerState) -> OrderReport:
        """Takes in where the conditional order stands; of a child its own reports tell amount and price, and when."""
        told = report.conditional
        if told is None:
            if report.exchange_order_id:
                self.trigger = TriggerState.TRIGGERED
            return report
        self.trigger = next_trigger(before, told.trigger)
        self.algo_id = self.algo_id or told.algo_id
        self.child_finished = self.child_finished or told.is_finished
        if self.trigger is not TriggerState.TRIGGERED:
            return report
        is_stale = report.status is OrderStatus.TRIGGER_REFUSED
        status = OrderStatus.UNCHANGED if is_stale else report.status
        return replace(report, status=status, amount=None, price=None, time_ms=0)

    def _expiry(self, report: OrderReport) -> ExpiryReason | None:
        """The venue names no reason where an order's date came."""
        date_ms = self.options.good_till_ms
        has_come = date_ms is not None and report.time_ms >= date_ms
        return ExpiryReason.GOOD_TILL_DATE if report.expiry is ExpiryReason.OTHER and has_come else report.expiry

    def _book(self, fills: tuple[Fill, ...]) -> tuple[Fill, ...]:
        """Takes the fills that are new and possible: above zero, and within what is left of the order."""
        fresh: list[Fill] = []
        for fill in sorted(fills, key=lambda fill: fill.time_ms):
            if fill.trade_id in self.fills:
                continue
            if not ZERO < fill.amount <= (self.largest_amount or fill.amount) - self.executed_amount:
                self.refused_fills += (fill,)
                continue
            self.add_fill(fill)
            fresh.append(fill)
        return tuple(fresh)

    def _exorcised(self, report: OrderReport) -> OrderState | None:
        """The true end of an order that a false word had filled, which no trade explained and nobody was told."""
        if not self.ghost or self.state is not OrderState.FILLED or self.completion_emitted:
            return None
        return _TRUE_ENDS.get(report.status)

    def _note_figures(self, report: OrderReport, word: OrderStatus, now_ms: int) -> None:
        self.exchange_order_id = self.exchange_order_id or report.exchange_order_id
        self.last_update_ms = max(self.last_update_ms, now_ms)
        status = report.status
        is_wish = status is OrderStatus.MODIFY_REQUESTED or (self.change is not None and self._ends_by(status))
        if not is_wish and self._is_newest(report):
            # The venue cuts an oversize reduce-only order to the position ("Modes"): the echo wins, unless it is
            # older than another. A market order echoes price 0.
            self.amount = report.amount or self.amount
            self.price = report.price or self.price
            if word is OrderStatus.MODIFIED:
                self.changed_ms = max(self.changed_ms, report.time_ms)
        self.venue_time_ms = max(self.venue_time_ms, report.time_ms)
        executed = report.executed_amount
        if report.status is OrderStatus.FILLED:
            executed = max(self.amount, executed or ZERO)
        if executed is None:
            return
        if report.status is OrderStatus.STILL_LISTED or self.ghost:
            # What was said of it before was false.
            self.reported_executed = max(executed, self.executed_amount)
        elif self.reported_executed <= executed <= self.largest_amount:
            self.reported_executed = executed
            self.reported_average_price = report.average_price or self.reported_average_price

    @staticmethod
    def _ends_by(status: OrderStatus) -> bool:
        """Of a change that ends the order the venue may tell the terms that were asked for, and that never were."""
        return status is OrderStatus.CANCELED or status is OrderStatus.EXPIRED

    def _note_sight(self, report: OrderReport, seen_before: bool) -> None:
        if report.status is OrderStatus.STILL_LISTED:
            self.lost, self.ghost = False, self.is_done
        elif report.status in WORDS_OF_LIFE or report.fills:
            self.lost = False
            was_ghost = self.ghost or (self.state is OrderState.FAILED and self.trigger is not TriggerState.REFUSED)
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
            # What is asked for is wanted.
            self.cancel_wanted = self.cancel_wanted or self.is_open
        elif report.status is OrderStatus.CANCEL_REFUSED:
            self.cancel_requested_ms = None
        if self.state is not OrderState.PENDING_UNKNOWN:
            self.unknown_since_ms = None
        elif self.unknown_since_ms is None:
            self.unknown_since_ms = now_ms
