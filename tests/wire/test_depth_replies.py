"""How new a depth answer is."""

import pytest

from connector.core.faults import UnreadableFault
from connector.wire.depth_replies import last_update_id


def test_the_update_id_is_read_whole() -> None:
    assert last_update_id(b'{"lastUpdateId":5123107832006123,"bids":[],"asks":[]}') == 5123107832006123


def test_an_answer_without_one_is_unreadable() -> None:
    with pytest.raises(UnreadableFault, match="depth"):
        last_update_id(b"{}")
