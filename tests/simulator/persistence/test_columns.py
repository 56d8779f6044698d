import json
import math
from collections import deque
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from connector.simulator.access.signatures import KeyKind, Rights
from connector.simulator.history import History
from connector.simulator.ids import Ids, UpdateIds
from connector.simulator.market.default_instruments import BTCUSDT
from connector.simulator.market.orders import BUY, LIMIT, OrderRequest
from connector.simulator.market.tape import PublicTrade, trade_at
from connector.simulator.persistence.columns import NoState, flattened, rebuilt
from connector.simulator.persistence.state_hash import state_hash
from tests.companions.simulator.traders import BTC, START_MS, Desk

BID = OrderRequest(BTC, BUY, LIMIT, Decimal("0.010"), Decimal("59000.0"))


def back(value: object) -> Any:
    """The value after it was text."""
    return rebuilt(json.loads(json.dumps(flattened(value))))


@pytest.mark.parametrize(
    "value",
    [
        None, True, 7, -(2**90), 0.1, math.inf, "币安", "\udc80", b"\x00\xff", Decimal("0.10"), (), ((), (1, "a")),
        [], [[], [1], [1, "b", None]], {}, {("a", 1): [2.5], ("b", None): {}}, {1, 2}, {BID: {BID}},
        frozenset({"127.0.0.1"}), KeyKind.ED25519, [KeyKind.HMAC, 1, (2, [3])], BTCUSDT, Rights(),
        deque([1, 2], maxlen=2), [1, True, 1.0],
    ],
    ids=repr,
)  # fmt: skip
def test_a_value_comes_back_as_it_was_and_of_the_same_type(value: object) -> None:
    again = back(value)
    assert again == value and repr(again) == repr(value)


def test_a_full_queue_stays_bounded() -> None:
    queue = back(deque([1, 2], maxlen=2))
    queue.append(3)
    assert list(queue) == [2, 3] and back(deque()).maxlen is None


def test_what_two_share_stays_shared_and_what_is_alike_stays_apart() -> None:
    one: list[int] = [1]
    first, second, third = back([one, one, [1]])
    assert first is second and first is not third


def test_a_circle_closes_again() -> None:
    circle: dict[str, Any] = {}
    circle["itself"] = [circle]
    again = back(circle)
    assert again["itself"][0] is again


def test_the_order_of_keys_stays() -> None:
    assert list(back({"b": 1, "a": 2, "c": 3})) == ["b", "a", "c"]


def test_a_generator_goes_on_where_it_was() -> None:
    random = Random(7)
    random.gauss(0, 1)
    again = back([random])[0]
    assert [again.gauss(0, 1), again.random()] == [random.gauss(0, 1), random.random()]


def test_a_history_finds_its_rows_and_a_symbol_its_next_id() -> None:
    history: History[PublicTrade] = History(trade_at, 10)
    history.append(PublicTrade(1, 10, 2, START_MS, True))
    ids = Ids(START_MS)
    again, next_id = back((history, UpdateIds(ids, BTC)))
    assert next(again.found(1, None, None, latest=True)) == history[0]
    assert next_id() == ids.next_update()


def test_an_engine_that_traded_has_the_same_hash_afterwards() -> None:
    desk = Desk()
    one, other = desk.trader(), desk.trader()
    for number in range(20):
        one.limit(BUY, "0.010", f"{59_000 + number}")
        other.limit(-BUY, "0.004", f"{59_000 + number}")
    engine = back(desk.engine)
    assert state_hash(engine) == state_hash(desk.engine)
    assert engine.clearing.accounts is engine.accounts


@pytest.mark.parametrize("value", [object(), print, [len], {1: Desk()}, lambda: None])
def test_what_no_table_names_is_not_kept(value: object) -> None:
    with pytest.raises(TypeError):
        flattened(value)


def test_a_field_that_no_row_names_is_not_lost_in_silence() -> None:
    ids = Ids(START_MS)
    ids.more = 1  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match="Ids has other fields than its row says: more"):
        flattened(ids)


@pytest.mark.parametrize(
    ("root", "objects"),
    [
        (["ref", "builtins.print", [0]], []),
        (["function", ["print"]], []),
        (["enum", "Path", ["/"]], []),
        (["ref", "Ids", [0]], [["Ids", {"__class__": ["plain", ["x"]]}]]),
        (["ref", "Ids", [0]], [["Ids", {}]]),
        (["ref", "Ids", [5]], [["Bracket", {"cap": ["plain", [1]]}]]),
        (["ref", "UpdateIds", [0]], [["UpdateIds", {"ids": ["plain", [1]], "symbol": ["plain", ["a", "b"]]}]]),
        (["ref", "list", [0]], [["list", [[3], ["plain", [1]]]]]),
        (["ref", "dict", [0]], [["dict", [[1], ["ref", "dict", [0]], ["plain", [1]]]]]),
        (["ref", "random", [0]], [["random", ["plain", [1]]]]),
        (["plain", [{"a": 1}]], []),
        (["tuple", [2], ["plain", [1]]], []),
        (["mixed", [0, 1], [["plain", [1]]]], []),
        (["plain", [1, 2]], []),
        (["pickle", ["gASVAAAAAAAAAAAu"]], []),
        ("plain", []),
        (None, [[None, None]]),
    ],
)
def test_what_is_strange_is_refused(root: object, objects: object) -> None:
    with pytest.raises(NoState):
        rebuilt({"root": root, "objects": objects})
