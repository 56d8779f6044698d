"""How new an answer about books is."""

import pytest

from connector.core.faults import UnreadableFault
from connector.wire.depth_replies import last_update_id, last_update_ids


def test_the_update_id_is_read_whole() -> None:
    assert last_update_id(b'{"lastUpdateId":5123107832006123,"bids":[],"asks":[]}') == 5123107832006123


def test_an_answer_without_one_is_unreadable() -> None:
    with pytest.raises(UnreadableFault, match="depth"):
        last_update_id(b"{}")


def test_the_best_prices_of_all_symbols_name_the_newest_id_of_each() -> None:
    body = b'[{"symbol":"A","bidPrice":"1","lastUpdateId":7},{"symbol":"B","bidPrice":"2","lastUpdateId":9}]'
    assert last_update_ids(body) == {"A": 7, "B": 9}


def test_a_row_without_an_id_is_left_out_alone() -> None:
    assert last_update_ids(b'[{"symbol":"A"},{"symbol":"B","lastUpdateId":9},null]') == {"B": 9}
    with pytest.raises(UnreadableFault, match="no row is as promised"):
        last_update_ids(b'[{"symbol":"A"}]')
