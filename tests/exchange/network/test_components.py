"""The parts, in the order in which data flows."""

import dataclasses

from connector.exchange.network.components import Components


def test_the_way_out_comes_first_and_the_judges_last() -> None:
    names = [item.name for item in dataclasses.fields(Components)]
    for earlier, later in (
        ("http", "gateway"), ("gateway", "api"), ("tracker", "dispatcher"), ("dispatcher", "entry"),
        ("entry", "reconciler"), ("user", "liveness"),
    ):  # fmt: skip
        assert names.index(earlier) < names.index(later)
