"""The parts, in the order in which data flows."""

import dataclasses

from connector.exchange.parts import Parts


def test_the_way_out_comes_first_and_the_judges_last() -> None:
    names = [item.name for item in dataclasses.fields(Parts)]
    for earlier, later in (("http", "gateway"), ("gateway", "account"), ("tracker", "door"), ("door", "entry"),
                           ("entry", "reconciler"), ("user", "liveness")):  # fmt: skip
        assert names.index(earlier) < names.index(later)
