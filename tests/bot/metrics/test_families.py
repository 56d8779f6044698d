"""Rows become families; what nobody knows is no figure."""

from connector.bot.metrics.families import counter, gauge, one
from tests.companions.local_trading import D
from tests.companions.scrapes import taken, value


def test_what_is_not_known_is_left_out_and_nothing_is_told_as_zero_for_it() -> None:
    rows = [(("a",), None), (("b",), D("NaN")), (("c",), D("1.5")), (("d",), float("inf"))]
    found = taken([gauge("height", "How high.", ("of",), rows)])
    assert {dict(labels)["of"]: height for (_, labels), height in found.items()} == {"c": 1.5}


def test_what_only_grows_ends_in_total() -> None:
    assert value(taken([counter("steps", "How many.", (), one(3))]), "steps_total") == 3
