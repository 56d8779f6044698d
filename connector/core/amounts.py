"""Exact amounts: the only place in the project that rounds.

Every function names its direction. Prices and amounts are `Decimal` between rooms; their text form is plain
decimal notation, as the venue wants it, without exponent and without trailing zeros.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)
NAN = Decimal("NaN")


def floor_to(step: Decimal, amount: Decimal) -> Decimal:
    """The greatest multiple of `step` that is not above `amount`; a step of 0 leaves the amount as it is."""
    if not step:
        return amount
    return (amount / step).to_integral_value(ROUND_FLOOR) * step


def ceil_to(step: Decimal, amount: Decimal) -> Decimal:
    """The least multiple of `step` that is not below `amount`; a step of 0 leaves the amount as it is."""
    if not step:
        return amount
    return (amount / step).to_integral_value(ROUND_CEILING) * step


def is_multiple(step: Decimal, amount: Decimal) -> bool:
    """Whether `amount` lies on the grid of `step`; a step of 0 is no grid."""
    return not step or amount % step == 0


def plain(amount: Decimal) -> str:
    """`amount` as the venue reads it: `Decimal("1E-5")` becomes `0.00001`, `Decimal("2.500")` becomes `2.5`."""
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
