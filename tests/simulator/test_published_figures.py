"""What the venue's pages work out comes out of the exchange over its sockets, to the last digit that they print."""

from decimal import Decimal

import pytest

from tests.companions.simulator.published_figures import PUBLISHED, Published, cost_to_open


@pytest.mark.parametrize("row", PUBLISHED, ids=lambda row: row.what)
def test_a_published_figure_comes_out_over_the_sockets(row: Published) -> None:
    assert row.is_equal, (row.figure, row.over_the_socket)


def test_a_figure_that_differs_is_told() -> None:
    assert not Published(("", ""), "", "462.666", cost_to_open, "BUY").is_equal


def test_a_debt_is_exchanged_wholly() -> None:
    (row,) = [row for row in PUBLISHED if row.name == "worth"]
    bought = Published(row.page, row.what, "20000", row.scene, "bought")
    assert Decimal(bought.over_the_socket) == 20_000
