"""What earlier lives left, read from their journal.

Records of a telling that was not finished are dropped: the bot never heard of them, so they are found out anew. An
order that was intended is never dropped.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from connector.core.journal import (
    AccountHeard,
    FundingPaid,
    FundingRead,
    IdsGiven,
    LifeBegan,
    LifeEnded,
    OrderChanged,
    OrderFilled,
    OrderIntended,
    Record,
    Telling,
    Told,
    TradesRead,
)
from connector.orders.in_flight_order import InFlightOrder
from connector.orders.journal_records import order_of, take_change, take_fill

#: After a life that did not end in order the count of ids goes on this much higher: what was not synced when the
#: power went is not known, and no id is given twice.
UNKNOWN_IDS = 10_000


@dataclass(slots=True)
class EarlierLives:
    """Orders by client order id, the oldest first, and how far the exchange's lists were read."""

    orders: dict[str, InFlightOrder] = field(default_factory=dict)
    #: The newest known trade, by symbol.
    trades_read: dict[str, int] = field(default_factory=dict)
    #: None before funding was ever read.
    funding_read_ms: int | None = None
    #: None before the account was ever compared.
    account_heard: AccountHeard | None = None
    payments: list[FundingPaid] = field(default_factory=list)
    ids_given: int = 0
    lives: int = 0
    ended_in_order: bool = True

    @property
    def next_count(self) -> int:
        """Where the count of ids goes on."""
        return self.ids_given + (0 if self.ended_in_order else UNKNOWN_IDS)


def replayed(records: Iterable[Record]) -> EarlierLives:
    """What the records of earlier lives add up to."""
    earlier = EarlierLives()
    held: dict[int, list[Record]] = {}
    waiting = telling = 0
    for record in records:
        match record:
            case Telling():
                telling, waiting = record.number, record.count
                held[telling] = []
            case Told():
                for each in held.pop(record.number, ()):
                    _take(earlier, each)
            case LifeBegan():
                held.clear()
                waiting = 0
                earlier.lives = record.number
                earlier.ended_in_order = False
            case _ if waiting:
                held[telling].append(record)
                waiting -= 1
            case _:
                _take(earlier, record)
    return earlier


def _take(earlier: EarlierLives, record: Record) -> None:
    match record:
        case OrderIntended():
            earlier.ids_given += record.client_order_id not in earlier.orders
            earlier.orders.setdefault(record.client_order_id, order_of(record))
        case OrderChanged() if record.client_order_id in earlier.orders:
            take_change(earlier.orders[record.client_order_id], record)
        case OrderFilled() if record.client_order_id in earlier.orders:
            take_fill(earlier.orders[record.client_order_id], record)
        case TradesRead():
            earlier.trades_read[record.symbol] = max(earlier.trades_read.get(record.symbol, 0), record.trade_id)
        case FundingRead():
            earlier.funding_read_ms = max(earlier.funding_read_ms or 0, record.until_ms)
        case AccountHeard():
            earlier.account_heard = record
        case FundingPaid():
            earlier.payments.append(record)
        case IdsGiven():
            earlier.ids_given = max(earlier.ids_given, record.count)
        case LifeEnded():
            earlier.ended_in_order = True
        case _:
            pass
