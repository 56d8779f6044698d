"""Figures as somebody wrote them into JSON: text or numbers, read one way wherever a file or a request brings them."""

from decimal import Decimal, InvalidOperation

#: No figure of a contract, a bracket or a date in ms is as large.
MOST = 10**15


def figure_of(told: object) -> Decimal | None:
    """The number that was told, exactly as it was spelt; None for what is no number, or not within ±`MOST`."""
    if isinstance(told, bool) or not isinstance(told, str | int | float):
        return None
    try:
        figure = Decimal(str(told))
    except (InvalidOperation, ValueError):  # the second one: a whole number of thousands of digits
        return None
    return figure if figure.is_finite() and abs(figure) < MOST else None
