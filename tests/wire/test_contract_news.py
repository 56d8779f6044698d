import json
from typing import Any

import pytest

from connector.core.faults import UnreadableFault
from connector.wire.contract_news import ContractNews, contract_news


def frame(**changes: Any) -> bytes:
    row = {
        "e": "contractInfo",
        "E": 1,
        "s": "BTCUSDT",
        "ct": "PERPETUAL",
        "dt": 4133404800000,
        "cs": "TRADING",
        "st": 1,
    }
    return json.dumps({"stream": "!contractInfo", "data": row | changes}).encode()


def test_status_type_and_new_brackets_are_read() -> None:
    assert contract_news(frame()) == ContractNews("BTCUSDT", "PERPETUAL", "TRADING", False, 1)
    told = contract_news(frame(cs="SETTLING", ct="PERPETUAL_DELIVERING", bks=[{"bs": 1, "bnf": 0, "bnc": 5000}], st=2))
    assert told == ContractNews("BTCUSDT", "PERPETUAL_DELIVERING", "SETTLING", True, 2)


def test_a_frame_without_a_wrapper_or_a_family_is_read_too() -> None:
    bare = json.loads(frame())["data"]
    del bare["st"]
    assert contract_news(json.dumps(bare).encode()) == ContractNews("BTCUSDT", "PERPETUAL", "TRADING", False, 0)


def test_frames_of_another_kind_say_nothing_and_garbage_is_named() -> None:
    assert contract_news(b'{"result":null,"id":1}') is None
    for nonsense in (b"[]", b"{", frame(s=7), frame(bks="x"), frame(cs=None)):
        with pytest.raises(UnreadableFault, match="contract info"):
            contract_news(nonsense)
