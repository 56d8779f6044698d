"""Whether the user stream speaks of the orders that were acknowledged.

An idle stream is rightly silent, so silence proves nothing; but an order that was acknowledged must be spoken of, in
whatever order the two come. The oldest one that is not tells how long the stream may have been deaf.
"""

from collections import OrderedDict

_REMEMBERED = 1_000


class AckEventWatch:
    """Keeps the acknowledged orders that the stream has not spoken of. Times are monotonic, in ms."""

    def __init__(self) -> None:
        self._awaited: OrderedDict[str, int] = OrderedDict()
        self._spoken: OrderedDict[str, None] = OrderedDict()

    def acknowledged(self, client_order_id: str, now_ms: int) -> None:
        """The venue answered for this order; the event may have come already."""
        if client_order_id not in self._spoken:
            self._awaited[client_order_id] = now_ms
            _trim(self._awaited)

    def spoken_of(self, client_order_id: str) -> None:
        """The stream spoke of this order."""
        self._awaited.pop(client_order_id, None)
        self._spoken[client_order_id] = None
        _trim(self._spoken)

    def overdue_ms(self, now_ms: int) -> int:
        """How long the oldest acknowledged order has been waiting for its event; 0 when none has."""
        return now_ms - next(iter(self._awaited.values())) if self._awaited else 0

    def forget(self) -> None:
        """A new connection: what it missed is compared, not awaited."""
        self._awaited.clear()


def _trim(entries: OrderedDict[str, int] | OrderedDict[str, None]) -> None:
    while len(entries) > _REMEMBERED:
        entries.popitem(last=False)
