"""The referee of the wire shapes itself: it sees what differs."""

from typing import Any

import pytest

from tests.companions.simulator.wire_shapes import FOLDER, differences, shapes

SHAPE = {"e": "DEMO", "T": "<ms>", "p": "<price|0>", "S": "<BUY|SELL>", "m": "<bool>", "n": 0, "rows": [{"q": "<qty>"}]}
GOOD = {"e": "DEMO", "T": 1_700_000_000_000, "p": "0", "S": "BUY", "m": False, "n": 0, "rows": [{"q": "0.010"}]}


def test_a_value_of_the_shape_differs_nowhere() -> None:
    assert differences(GOOD, SHAPE) == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"e": "OTHER"}, ".e: 'OTHER' is not 'DEMO'"),
        ({"T": "1700000000000"}, ".T: '1700000000000' is not '<ms>'"),
        ({"p": "0.00000000"}, ".p: '0.00000000' is not '<price|0>'"),
        ({"p": 0}, ".p: 0 is not '<price|0>'"),
        ({"S": "Buy"}, ".S: 'Buy' is not '<BUY|SELL>'"),
        ({"m": 0}, ".m: 0 is not '<bool>'"),
        ({"n": False}, ".n: False is not 0"),
        ({"n": "0"}, ".n: '0' is not 0"),
        ({"rows": []}, ".rows: 0 rows are not 1"),
        ({"rows": [{"q": "0.010"}, {"q": "0.01"}]}, ".rows[1].q: '0.01' is not '<qty>'"),
        ({"more": 1}, ": e T p S m n rows more is not e T p S m n rows"),
    ],
)
def test_what_differs_is_named(change: dict[str, Any], complaint: str) -> None:
    assert differences(GOOD | change, SHAPE) == [complaint]


def test_keys_in_another_order_differ() -> None:
    assert differences(dict(reversed(GOOD.items())), SHAPE) == [
        ": rows n m S p T e is not e T p S m n rows",
    ]


def test_every_fixture_can_be_read_and_names_situations() -> None:
    found = {path.stem: shapes(path.stem) for path in FOLDER.glob("*.yaml")}
    assert found and all(found.values())
