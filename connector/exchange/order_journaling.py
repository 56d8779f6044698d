"""What the connector's journal is told, and when: an intent before it is sent, a change before the bot hears of it.

A change that brings events stands between `Telling` and `Told`; one that brings none is written alone, and one that
changes nothing is not written.
"""

from collections.abc import Iterator, Sequence
from itertools import count

from connector.account.ledger import LedgerReport
from connector.core.enums import FINAL_STATES, PositionAction
from connector.core.events import Event
from connector.core.journal import (
    NO_JOURNAL,
    FundingPaid,
    FundingRead,
    IdsGiven,
    Journal,
    OrderChanged,
    Record,
    Telling,
    Told,
    WalletChanged,
)
from connector.core.reports import AccountReport, FundingReport, OrderReport
from connector.orders import journal_records
from connector.orders.fill_way import changed_record, telling
from connector.orders.in_flight_order import InFlightOrder
from connector.orders.journal_replay import EarlierLives
from connector.orders.tracker import Tracker

#: Beyond those that the next reading shows again, none has to be known.
_MOST_PAYMENTS = 8_192
#: No telling.
NOTHING = 0


class OrderJournaling:
    """Writes for one connector. What stood in the journal before is in `earlier`."""

    __slots__ = (
        "_dropped", "_ids_given", "_is_kept", "_marks", "_payments", "_tracker", "earlier", "journal", "kept_back",
        "numbers", "written",
    )  # fmt: skip

    def __init__(self, journal: Journal, tracker: Tracker, earlier: EarlierLives) -> None:
        self.journal = journal
        self.earlier = earlier
        self._is_kept = journal is not NO_JOURNAL
        self._tracker = tracker
        #: Of tellings.
        self.numbers: Iterator[int] = count(NOTHING + 1)
        self._ids_given = earlier.next_count
        self._payments = earlier.payments[-_MOST_PAYMENTS:]
        #: Where each order that is not settled stood when it was last written.
        self.written: dict[str, Record] = {}
        #: Orders that are refused since they could not be written down, until that is told.
        self.kept_back: dict[str, str] = {}
        #: Those of them of which nothing is written at all.
        self._dropped: set[str] = set()
        self._marks: dict[str, Record] = {}
        journal.restate_by(self._restated)

    @property
    def is_kept(self) -> bool:
        """Whether there is a journal."""
        return self._is_kept

    def intended(self, order: InFlightOrder) -> None:
        """Writes an order down before it is sent; `unwritten` says where that failed.

        An order that closes goes even then: it waits in memory for the disk, and is written later.
        """
        if not self._is_kept:
            return
        self._ids_given += 1
        must_be_written = order.position_action is not PositionAction.CLOSE
        if must_be_written and (trouble := self.journal.trouble):
            # It will not be sent: nothing of it is kept for a disk that may be full for hours.
            self.kept_back[order.client_order_id] = trouble
            self._dropped.add(order.client_order_id)
            return
        self.journal.append(journal_records.intended(order))
        if must_be_written and (trouble := self.journal.trouble):
            self.kept_back[order.client_order_id] = trouble

    def note_unwritten(self, order: InFlightOrder) -> None:
        """The order was handed to the journal, which may not have written it."""
        if trouble := self.journal.trouble:
            self.kept_back[order.client_order_id] = trouble

    def id_without_order(self) -> None:
        """Counts an id that was given to what can be no order: it is not given again by a later life."""
        if self._is_kept:
            self._ids_given += 1
            self.journal.append(IdsGiven(self._ids_given))

    def unwritten(self, order: InFlightOrder) -> str:
        """Why an order that has to be written down first is not, in words; empty where it is."""
        return self.kept_back.get(order.client_order_id, "")

    def reached(self, key: str, mark: Record) -> None:
        """How far one of the exchange's lists was read."""
        if self._is_kept and self._marks.get(key) != mark:
            self._marks[key] = mark
            self.journal.append(mark)
            if isinstance(mark, FundingRead):
                self._payments = [paid for paid in self._payments if paid.time_ms >= mark.until_ms]

    def order_changed(self, report: OrderReport, events: tuple[Event, ...]) -> int:
        """Writes what a report changed, before its events are told. Returns the telling's number for `told`."""
        order = self._tracker.find(report) if self._is_kept else None
        if order is None or ((self.kept_back or self._dropped) and self._is_dropped(order)):
            return NOTHING
        is_settled = order.is_settled
        if is_settled and not events:
            return NOTHING
        if not events:
            self._stands(order, changed_record(order, _reason(order, report)))
            return NOTHING
        return self.telling(order, events, _reason(order, report))

    def telling(self, order: InFlightOrder, events: tuple[Event, ...], reason: str) -> int:
        """Writes what is told of an order. Returns the telling's number for `told`."""
        number = next(self.numbers)
        records = telling(order, events, number, reason)
        if order.is_settled:
            self.written.pop(order.client_order_id, None)
        else:
            self.written[order.client_order_id] = records[-1]
        self.journal.append(*records)
        return number

    def account_changed(self, report: LedgerReport, events: Sequence[Event]) -> int:
        """Writes payments before they are told, and what the venue pushes of the wallet."""
        if not self._is_kept:
            return NOTHING
        if isinstance(report, AccountReport) and not report.complete and report.balances:
            self.journal.append(
                *(
                    WalletChanged(report.reason, row.asset, row.wallet, row.change, report.time_ms)
                    for row in report.balances
                )
            )
        if not events or not isinstance(report, FundingReport):
            return NOTHING
        paid = FundingPaid(
            report.symbol,
            report.asset,
            report.amount,
            report.time_ms,
            report.income_id,
            report.is_special,
            report.rate,
            report.interval_ms,
        )
        self._payments.append(paid)
        del self._payments[:-_MOST_PAYMENTS]
        return self._tell(paid)

    def told(self, number: int) -> None:
        """The bot has heard it."""
        if number != NOTHING:
            self.journal.append(Told(number))

    def _stands(self, order: InFlightOrder, change: OrderChanged) -> None:
        """Writes where an order stands, if that is another place than the one that is written."""
        if self.written.get(order.client_order_id) != change:
            self.written[order.client_order_id] = change
            self.journal.append(change)

    def _is_dropped(self, order: InFlightOrder) -> bool:
        """Whether nothing of it is written; asked when it is refused."""
        self.kept_back.pop(order.client_order_id, None)
        if order.client_order_id not in self._dropped:
            return False
        self._dropped.discard(order.client_order_id)
        return True

    def _tell(self, *records: Record) -> int:
        number = next(self.numbers)
        self.journal.append(Telling(number, len(records)), *records)
        return number

    def _restated(self) -> tuple[Record, ...]:
        """Everything that lives, for a file that stands by itself."""
        orders = [record for order in self._tracker.unsettled() for record in journal_records.restated(order)]
        return (IdsGiven(self._ids_given), *self._marks.values(), *self._payments, *orders)


def _reason(order: InFlightOrder, report: OrderReport) -> str:
    """Why an order is over, as the venue or the fault has it."""
    if order.state not in FINAL_STATES:
        return ""
    return report.expiry_reason or (str(report.fault) if report.fault else "")
