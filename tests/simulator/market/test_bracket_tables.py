from typing import Any

import pytest

from connector.simulator.market.bracket_tables import BadTable, table_of
from connector.simulator.market.default_instruments import DEFAULT_INSTRUMENTS
from connector.simulator.market.instruments import Instrument
from connector.simulator.payloads.instrument_payloads import leverage_brackets


def rows(**changes: object) -> list[dict[str, Any]]:
    """Three brackets; `changes` are those of the second."""
    table = [
        (1, 40, 0, 20_000, 0.01, 0.0),
        (2, 25, 20_000, 90_000, 0.015, 100.0),
        (3, 10, 90_000, 400_000, 0.05, 3_250.0),
    ]
    names = ("bracket", "initialLeverage", "notionalFloor", "notionalCap", "maintMarginRatio", "cum")
    found = [dict(zip(names, row, strict=True)) for row in table]
    found[1] = {name: value for name, value in (found[1] | changes).items() if value is not None}
    return found


@pytest.mark.parametrize("instrument", DEFAULT_INSTRUMENTS, ids=lambda row: row.symbol)
def test_what_the_exchange_tells_it_takes_again(instrument: Instrument) -> None:
    assert table_of(leverage_brackets(instrument)["brackets"]) == instrument.brackets


def test_the_sum_of_the_steps_is_worked_out() -> None:
    first, second, third = table_of(rows(cum=None))
    # 20,000 x (0.015 - 0.01), and 90,000 x (0.05 - 0.015) on top of it.
    assert (first.cum_e8, second.cum_e8, third.cum_e8) == (0, 100 * 10**8, 3_250 * 10**8)


def test_figures_may_be_text_and_a_sum_rounded() -> None:
    told = rows(initialLeverage="25", maintMarginRatio="0.015", cum="100.004")
    assert table_of(told) == table_of(rows())


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        ({"notionalFloor": 20_001}, "row 2: notionalFloor 20001 is not 20000, where the bracket before it ends"),
        ({"notionalCap": 20_000}, "row 2: notionalCap 20000 is not above notionalFloor 20000"),
        ({"initialLeverage": 40}, "row 2: initialLeverage 40 must be at least 1 and fall from row to row"),
        ({"maintMarginRatio": 0.01}, "row 2: maintMarginRatio 0.01 must be above 0 and rise from row to row"),
        ({"maintMarginRatio": 0.041}, "row 2: maintMarginRatio 0.041 is more than the margin at initialLeverage 25"),
        ({"cum": 100.02}, "row 2: cum 100.02 is not 100, the sum of the steps"),
        ({"bracket": 3}, "row 2: bracket 3 is not 2"),
        ({"notionalCap": None}, "row 2: notionalCap is missing"),
        ({"notionalCap": "much"}, "row 2: notionalCap much is no number"),
        ({"notionalCap": True}, "row 2: notionalCap True is no number"),
        ({"notionalCap": 1e300}, "row 2: notionalCap 1e+300 is no number"),
        ({"initialLeverage": 24.5}, "row 2: initialLeverage 24.5 is no whole number"),
    ],
)
def test_what_is_no_table_is_named(change: dict[str, object], flaw: str) -> None:
    with pytest.raises(BadTable) as refused:
        table_of(rows(**change))
    assert str(refused.value) == flaw


@pytest.mark.parametrize(
    ("told", "flaw"),
    [
        ([], "a list of at least one row is needed"),
        ({"brackets": []}, "a list of at least one row is needed"),
        ([[1, 2]], "row 1: a bracket is an object"),
        (rows()[1:], "row 1: notionalFloor 20000 is not 0, where the bracket before it ends"),
    ],
)
def test_what_is_not_even_rows_is_named(told: object, flaw: str) -> None:
    with pytest.raises(BadTable, match=flaw):
        table_of(told)
