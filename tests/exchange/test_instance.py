"""The ids of an instance, by the form that its settings name."""

from pathlib import Path

import pytest

from connector.core.enums import TradeType
from connector.core.faults import ConfigFault
from connector.exchange.instance import Instance
from connector.orders.client_order_ids import OrderMapper, is_ours
from connector.orders.journal_replay import EarlierLives, replayed
from connector.store.durability import Durability
from connector.store.file_journal import FileJournal
from tests.companions.store.samples import intended


def test_the_own_form_needs_no_journal() -> None:
    assert is_ours(Instance("desk1").ids(EarlierLives(), 0).mint(TradeType.BUY, 0), "desk1")


@pytest.mark.parametrize("mapper", [OrderMapper.SEQUENCE, OrderMapper.COMPOSITE])
def test_counted_ids_without_a_journal_are_refused(mapper: OrderMapper) -> None:
    with pytest.raises(ConfigFault, match=f"order_mapper_type: {mapper}: own orders are known by the journal alone"):
        Instance("desk1", mapper=mapper).ids(EarlierLives(), 0)


@pytest.mark.parametrize(
    ("mapper", "first", "later"),
    [(OrderMapper.SEQUENCE, "mm_1", "mm_3"), (OrderMapper.COMPOSITE, "desk1-1", "desk1-3")],
)
def test_counted_ids_go_on_over_a_restart(tmp_path: Path, mapper: OrderMapper, first: str, later: str) -> None:
    journal = FileJournal(tmp_path, "desk1", Durability.NONE)
    instance = Instance("desk1", journal=journal, mapper=mapper, prefix="mm_")
    assert instance.ids(EarlierLives(), 0).mint(TradeType.BUY, 0) == first
    journal.append(intended("a"), intended("b"))
    journal.end(1)
    again = FileJournal(tmp_path, "desk1", Durability.NONE)
    instance = Instance("desk1", journal=again, mapper=mapper, prefix="mm_")
    ids = instance.ids(replayed(again.take_earlier()), 0)
    minted = ids.mint(TradeType.SELL, 0)
    assert minted == later
    assert ids.is_own(minted)
    assert ids.is_own("a"), "the journal knows it, whatever its form"
    assert not ids.is_own(first), "the journal does not"
    again.end(2)
