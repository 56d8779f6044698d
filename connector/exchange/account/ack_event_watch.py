"""Whether the user stream speaks of what is known to have happened.

An idle stream is rightly silent, so silence proves nothing; but an order that was acknowledged, cancelled or executed
must be spoken of, in whatever order the two come. The oldest one that is not tells how long the stream may have been
deaf. Where nothing is awaited, how long nothing at all was heard tells how often to ask.
"""

from collections import OrderedDict
from decimal import Decimal

from connector.core.amounts import ZERO
from connector.core.reports import OrderReport, OrderStatus
from connector.core.value_objects import value_object

#: What must come and does not for so long makes the stream suspect.
STALE_AFTER_MS = 5_000
#: No page promises that an answer and its event have one time.
_STAMPS_APART_MS = 1_000
_REMEMBERED = 1_000
_ENDS = frozenset({OrderStatus.FILLED, OrderStatus.CANCELED, OrderStatus.EXPIRED, OrderStatus.TRIGGER_REFUSED})


@value_object
class Known:
    """How far an order is known to have come."""

    executed: Decimal
    is_over: bool
    #: When the venue changed its price or amount, by its own clock; where the stream spoke, when that was.
    changed_ms: int = 0

    def covers(self, other: "Known") -> bool:
        is_as_new = self.is_over or (not other.is_over and self.changed_ms >= other.changed_ms - _STAMPS_APART_MS)
        return self.executed >= other.executed and is_as_new

    def joined(self, other: "Known | None") -> "Known":
        if other is None or (
            self.executed >= other.executed and self.changed_ms >= other.changed_ms and self.is_over >= other.is_over
        ):
            return self
        is_over, changed_ms = self.is_over or other.is_over, max(self.changed_ms, other.changed_ms)
        return Known(max(self.executed, other.executed), is_over, changed_ms)


class AckEventWatch:
    """Keeps the orders of which more is known than the stream has told. Times are monotonic, in ms."""

    def __init__(self) -> None:
        #: Since when, and what.
        self._awaited: OrderedDict[str, tuple[int, Known]] = OrderedDict()
        self._spoken: OrderedDict[str, Known] = OrderedDict()
        self._heard_ms = 0

    def heard(self, now_ms: int) -> None:
        """The stream said anything."""
        self._heard_ms = now_ms

    def silent_ms(self, now_ms: int) -> int:
        """How long it has said nothing."""
        return now_ms - self._heard_ms

    def acknowledged(self, client_order_id: str, known: Known, now_ms: int) -> None:
        """The venue answered so of this order; the event may have come already."""
        spoken = self._spoken.get(client_order_id)
        if spoken is not None and spoken.covers(known):
            return
        since_ms, before = self._awaited.get(client_order_id, (now_ms, None))
        self._awaited[client_order_id] = since_ms, known.joined(before)
        _trim(self._awaited)

    def spoken_of(self, client_order_id: str, told: Known) -> None:
        """The stream spoke so of this order."""
        spoken = self._spoken[client_order_id] = told.joined(self._spoken.get(client_order_id))
        if len(self._spoken) > _REMEMBERED:
            _trim(self._spoken)
        if not self._awaited:
            return
        awaited = self._awaited.get(client_order_id)
        if awaited is not None and spoken.covers(awaited[1]):
            del self._awaited[client_order_id]

    def overdue_ms(self, now_ms: int) -> int:
        """How long the oldest of them has been waiting for its event; 0 when none has."""
        return now_ms - next(iter(self._awaited.values()))[0] if self._awaited else 0

    def forget(self) -> None:
        """A new connection: what it missed is compared, not awaited."""
        self._awaited.clear()


def known_by(report: OrderReport) -> Known:
    """What an answer says."""
    return Known(report.executed_amount or ZERO, report.status in _ENDS)


def known_by_change(report: OrderReport) -> Known:
    """What the answer to a change says, or an event: what it tells is of its time."""
    return Known(report.executed_amount or ZERO, report.status in _ENDS, report.time_ms)


def _trim(entries: OrderedDict[str, tuple[int, Known]] | OrderedDict[str, Known]) -> None:
    while len(entries) > _REMEMBERED:
        entries.popitem(last=False)
