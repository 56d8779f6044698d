"""Answers about public trades."""

import pytest

from connector.core.faults import UnreadableFault
from connector.wire.trade_replies import last_trade_ids


def test_the_last_trade_is_read_of_one_symbol_and_of_all() -> None:
    assert last_trade_ids(b'{"symbol":"BTCUSDT","lastId":28460,"count":3}') == {"BTCUSDT": 28460}
    all_of_them = b'[{"symbol":"BTCUSDT","lastId":28460},{"symbol":"NEWUSDT","lastId":-1}]'
    assert last_trade_ids(all_of_them) == {"BTCUSDT": 28460, "NEWUSDT": -1}


@pytest.mark.parametrize("body", [b"", b'{"symbol":"BTCUSDT"}', b"[1]", b'{"symbol":"A","lastId":"x"}'])
def test_an_answer_without_it_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableFault):
        last_trade_ids(body)


def test_a_row_without_one_is_left_out_alone() -> None:
    assert last_trade_ids(b'[{"symbol":"A"},{"symbol":"B","lastId":9}]') == {"B": 9}
