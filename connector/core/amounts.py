"""Exact amounts: the only place in the project that rounds.

Every function names its direction. Prices and amounts are `Decimal` between rooms; their text form is plain
decimal notation, as the venue wants it, without exponent and without trailing zeros.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

from connector.core.faults import ArgumentFault

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)
NAN = Decimal("NaN")
#: Where sums are kept as whole numbers, these count units of 1e-8 (`_e8`), the finest that the venue books in.
E8: Final = 10**8
_UNITS: Final = Decimal(E8)
_FINEST: Final = Decimal("1E-8")


def to_e8(amount: Decimal) -> int:
    """`amount` in units of 1e-8, digits past the eighth cut off."""
    return int(amount * _UNITS)


def from_e8(amount_e8: int) -> Decimal:
    """Units of 1e-8 as an exact amount."""
    return Decimal(amount_e8) * _FINEST


def half_up(numerator: int, denominator: int) -> int:
    """The quotient to the nearest whole number, halves away from zero; `denominator` is above 0."""
    if numerator >= 0:
        return (numerator + denominator // 2) // denominator
    return -((denominator // 2 - numerator) // denominator)


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


def exact_number(argument: str, value: object) -> Decimal:
    """A Decimal or a whole number as a Decimal. Raises `ArgumentFault` for anything else: a float is not exact."""
    if isinstance(value, Decimal):
        if value.is_finite():
            return value
        raise ArgumentFault(argument, value, "is no finite number")
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    remedy = f"write Decimal({str(value)!r})" if isinstance(value, float | str) else "use Decimal"
    raise ArgumentFault(argument, value, f"is a {type(value).__name__}, not a Decimal", remedy)
