"""The exchange's own arithmetic: whole numbers of a fixed scale, and the two ways in which it rounds them.

Money and prices are integers of 1e-8 (`_e8`); products of a price and a quantity are exact integers of 1e-16
(`_e16`). Nothing is rounded but where something is booked or shown.
"""

from decimal import Decimal
from functools import lru_cache

E8 = 10**8
#: Texts of numbers that are kept, about 2 MB of them.
MOST_TEXTS = 16_384


def half_up(numerator: int, denominator: int) -> int:
    """The quotient to the nearest whole number, halves away from zero: how money is booked."""
    if numerator >= 0 and denominator > 0:  # nearly always
        return (2 * numerator + denominator) // (2 * denominator)
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


@lru_cache(maxsize=MOST_TEXTS)
def text_of(scaled: int, decimals: int) -> str:
    """`scaled` x 10^-decimals with exactly that many decimals: `text_of(-5, 2)` is `-0.05`.

    Prices and amounts near the touch are told again and again.
    """
    if not decimals:
        return str(scaled)
    digits = str(abs(scaled)).rjust(decimals + 1, "0")
    sign = "-" if scaled < 0 else ""
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}"


def e8_text(amount_e8: int) -> str:
    """An amount of 1e-8 units with its eight decimals."""
    return text_of(amount_e8, 8)


def to_e8(amount: Decimal) -> int:
    """`amount` in units of 1e-8, digits past the eighth cut off."""
    return int(amount.scaleb(8))


def decimals_of(amount: Decimal) -> int:
    """How many decimals `amount` needs: 0.10 needs one."""
    exponent = amount.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
