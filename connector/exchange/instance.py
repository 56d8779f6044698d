"""One instance of a connector: what marks its orders, what it remembers, what it does with orders it left behind."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from connector.core.faults import ConfigFault
from connector.core.journal import NO_JOURNAL, Journal, Record
from connector.orders.client_order_ids import ClientOrderIds, CountedIds, OrderIds, OrderMapper
from connector.orders.journal_replay import EarlierLives


class EarlierOrders(StrEnum):
    """What is done at the start with open orders of earlier lives."""

    CANCEL = "cancel"
    ADOPT = "adopt"


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance whose journal has begun nothing yet. Without a journal nothing outlives it."""

    #: Marks its orders: no other connector of the account has it.
    tag: str
    journal: Journal = NO_JOURNAL
    #: What stands in the journal; read once.
    records: Iterable[Record] = ()
    earlier_orders: EarlierOrders = EarlierOrders.CANCEL
    mapper: OrderMapper = OrderMapper.OWN
    #: Before the number of a SEQUENCE.
    prefix: str = ""
    #: Where its limits lie that outlive a run; None: nowhere.
    limits: Path | None = None

    def ids(self, earlier: EarlierLives, started_ms: int) -> OrderIds:
        """The ids of its orders. Raises `ConfigFault` for a form that needs a journal where there is none."""
        if self.mapper is OrderMapper.OWN:
            return ClientOrderIds(self.tag, started_ms, frozenset(earlier.orders))
        if self.journal is NO_JOURNAL:
            remedy = "keep a journal, or take own"
            raise ConfigFault("order_mapper_type", self.mapper, "own orders are known by the journal alone", remedy)
        before = self.prefix if self.mapper is OrderMapper.SEQUENCE else f"{self.tag}-"
        return CountedIds(before, earlier.next_count, frozenset(earlier.orders))
