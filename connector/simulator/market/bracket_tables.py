"""Whole tables of brackets as a client has them: rows of "Notional and leverage brackets", read and checked.

A table is used only when it is one: brackets join without a gap, leverage falls and maintenance rises from each to the
next, no bracket needs more for maintenance than it asks at its most leverage, and `cum`, where it is told, is the sum
of the steps.
"""

from collections.abc import Mapping
from decimal import Decimal

from connector.simulator.fixed_point import E8, to_e8
from connector.simulator.market.instruments import Bracket, brackets_of
from connector.simulator.market.told_figures import figure_of

LEVERAGE, FLOOR, CAP, RATE = "initialLeverage", "notionalFloor", "notionalCap", "maintMarginRatio"
#: Told sums are rounded: so far from the exact one they may be, in USDT.
CUM_WITHIN = Decimal("0.01")


class BadTable(ValueError):
    """What is no table of brackets; the text names row and field, and what would do."""


def table_of(rows: object) -> tuple[Bracket, ...]:
    """The brackets of a table, cum worked out. Raises `BadTable`."""
    if not isinstance(rows, list) or not rows:
        raise BadTable("a list of at least one row is needed")
    read: list[tuple[int, int, str]] = []
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise BadTable(f"row {number}: a bracket is an object")
        read.append(_row(row, number, read[-1] if read else None))
    table = brackets_of(tuple(read))
    for bracket, row in zip(table, rows, strict=True):
        _check_told(bracket, row)
    return table


def _row(row: Mapping[str, object], number: int, before: tuple[int, int, str] | None) -> tuple[int, int, str]:
    """Leverage, cap and rate of a row that fits the one before it."""
    leverage, floor, cap = (_whole(row, name, number) for name in (LEVERAGE, FLOOR, CAP))
    rate = _figure(row, RATE, number)
    highest_leverage, least_floor, lowest_rate = (before[0], before[1], Decimal(before[2])) if before else (0, 0, None)
    if floor != least_floor:
        raise BadTable(f"row {number}: {FLOOR} {floor} is not {least_floor}, where the bracket before it ends")
    if cap <= floor:
        raise BadTable(f"row {number}: {CAP} {cap} is not above {FLOOR} {floor}")
    if leverage < 1 or (before and leverage >= highest_leverage):
        raise BadTable(f"row {number}: {LEVERAGE} {leverage} must be at least 1 and fall from row to row")
    if rate <= 0 or (lowest_rate is not None and rate <= lowest_rate):
        raise BadTable(f"row {number}: {RATE} {rate} must be above 0 and rise from row to row")
    if rate * leverage > 1:
        raise BadTable(f"row {number}: {RATE} {rate} is more than the margin at {LEVERAGE} {leverage}")
    return leverage, cap, str(rate)


def _check_told(bracket: Bracket, row: Mapping[str, object]) -> None:
    number = bracket.number
    if "bracket" in row and _whole(row, "bracket", number) != number:
        raise BadTable(f"row {number}: bracket {row['bracket']} is not {number}")
    exact = Decimal(bracket.cum_e8) / E8
    if "cum" in row and abs(_figure(row, "cum", number) - exact) > CUM_WITHIN:
        raise BadTable(f"row {number}: cum {row['cum']} is not {exact.normalize():f}, the sum of the steps")


def _figure(row: Mapping[str, object], name: str, number: int) -> Decimal:
    if name not in row:
        raise BadTable(f"row {number}: {name} is missing")
    figure = figure_of(row[name])
    if figure is None:
        raise BadTable(f"row {number}: {name} {row[name]} is no number")
    return Decimal(to_e8(figure)) / E8


def _whole(row: Mapping[str, object], name: str, number: int) -> int:
    figure = _figure(row, name, number)
    if figure != int(figure):
        raise BadTable(f"row {number}: {name} {row[name]} is no whole number")
    return int(figure)
