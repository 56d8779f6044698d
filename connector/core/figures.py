"""Figures that come from outside: bounded and finite, or a fault.

A venue, or a box on the way, may write `1e400`, NaN, a trade's id of 1.5 or ten megabytes of text. What passes here can
be added, divided, shown and sent on; what does not raises `FigureError`, which the readers turn into a fault of ours.
"""

import re
from decimal import Decimal
from typing import Final

#: The venue's ids and counts are signed words of 64 bits.
MOST_ID: Final = 2**63 - 1
_MOST_COUNT_DIGITS: Final = len(str(MOST_ID))
#: Milliseconds since the epoch have thirteen digits until the year 2286.
MOST_TIME_MS: Final = 10**13 - 1
#: Amounts lie between 10^-30 and 10^24, or are 0: the sums and products of two keep a Decimal's default precision.
MOST_MAGNITUDE, LEAST_MAGNITUDE = 23, -30
_ZERO: Final = Decimal(0)
_MOST_NUMBER_LETTERS: Final = 64
#: The longest text that means something: a listen key, a symbol, an id.
MOST_LETTERS: Final = 200
_WHOLE: Final = re.compile(r"-?[0-9]{1,19}")
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?")


#: Prices and amounts come again and again: those that were read since it was last full.
KNOWN: Final[dict[str, Decimal]] = {}
_MOST_KNOWN: Final = 4_096


class FigureError(ValueError):
    """What stands there is no figure that can be used; the text names the field, and what was found in short."""


def whole(value: object, field: str, least: int = 0, most: int = MOST_ID) -> int:
    """A whole number within its bounds, as a number or as digits; 1.5 and `true` are none."""
    if type(value) is str and _WHOLE.fullmatch(value):
        value = int(value)
    if type(value) is int and least <= value <= most:
        return value
    raise _refused(field, value, f"is no whole number from {least} to {most}")


def time_ms(value: object, field: str) -> int:
    """A time in ms since the epoch, 0 where the venue says none."""
    return whole(value, field, 0, MOST_TIME_MS)


def exact(value: object, field: str) -> Decimal:
    """A finite amount: as text, whose digits are kept, or as a JSON number."""
    kind = type(value)
    if type(value) is str and (known := KNOWN.get(value)) is not None:
        return known
    text = value if kind is str else str(value) if kind is int or kind is float else ""
    if isinstance(text, str) and len(text) <= _MOST_NUMBER_LETTERS and _NUMBER.fullmatch(text):
        number = Decimal(text) or _ZERO
        if not number or LEAST_MAGNITUDE <= number.adjusted() <= MOST_MAGNITUDE:
            if len(KNOWN) >= _MOST_KNOWN:
                KNOWN.clear()
            KNOWN[text] = number
            return number
    raise _refused(field, value, "is no amount")


def word(value: object, field: str, most: int = MOST_LETTERS) -> str:
    """A text that can be sent on; a lone surrogate, which JSON can spell, cannot."""
    if type(value) is str and len(value) <= most and (value.isascii() or _is_unicode(value)):
        return value
    raise _refused(field, value, f"is no text of at most {most} letters")


def count_in(header: str, most: int = MOST_ID) -> int | None:
    """The count that a header states; None where it states none. `²` is a digit to Python, and no count."""
    digits = header.strip()
    if not (digits.isascii() and digits.isdigit()):
        return None
    # More digits than a number may have cost time, and say no more than "very many".
    return min(most, int(digits)) if len(digits) <= _MOST_COUNT_DIGITS else most


def cut(text: str, most: int = MOST_LETTERS) -> str:
    """`text` as it may be told: no longer than a line, and fit to be written."""
    fit = text if text.isascii() else text[: most + 1].encode("utf-8", "replace").decode()
    return fit if len(text) <= most else f"{fit[:most]}… ({len(text)} letters)"


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refused(field: str, value: object, why: str) -> FigureError:
    # Never the repr of a list or an object: it may be deep, and long.
    is_plain = isinstance(value, str | int | float) or value is None
    shown = f"{value!r:.60}" if is_plain and not _is_long(value) else type(value).__name__
    return FigureError(cut(f"{field}: {shown} {why}"))


def _is_long(value: object) -> bool:
    """More digits than Python writes down."""
    return type(value) is int and value.bit_length() > 256
