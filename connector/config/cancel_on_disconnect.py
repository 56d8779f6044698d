"""The value of `cancel_on_disconnect`: whether the exchange's own timer is used, after how long, and on whose orders.

off                nobody's
60                 after 60 s without a call, where only own orders rest
whole_symbol       after 60 s, whoever's orders rest there
whole_symbol 30    after 30 s, whoever's orders rest there
"""

from dataclasses import dataclass
from typing import Final

LEAST_S: Final = 10
MOST_S: Final = 600
_USUAL_S: Final = 60
_OFF: Final = "off"
_WHOLE: Final = "whole_symbol"


@dataclass(frozen=True, slots=True)
class CancelOnDisconnect:
    """What the setting says."""

    #: 0 is off.
    after_s: int = 0
    #: Orders of others may be cancelled, too.
    whole_symbol: bool = False

    @property
    def is_on(self) -> bool:
        return self.after_s > 0

    def __str__(self) -> str:
        """As it would stand in a file."""
        if not self.is_on:
            return _OFF
        return f"{_WHOLE} {self.after_s}" if self.whole_symbol else str(self.after_s)


def cancel_on_disconnect(value: object) -> CancelOnDisconnect:
    """What stands in a file. Raises `ValueError` with what to write instead."""
    if isinstance(value, CancelOnDisconnect):
        return value
    words = str(value).split()
    if words == [_OFF]:
        return CancelOnDisconnect()
    whole = words[:1] == [_WHOLE]
    rest = words[1:] if whole else words
    if whole and not rest:
        return CancelOnDisconnect(_USUAL_S, whole_symbol=True)
    if len(rest) != 1 or not (rest[0].isascii() and rest[0].isdecimal() and len(rest[0]) <= len(str(MOST_S))):
        raise ValueError(f"such as {_USUAL_S}, or {_WHOLE} {_USUAL_S}")
    after_s = int(rest[0])
    if not LEAST_S <= after_s <= MOST_S:
        raise ValueError(f"take {LEAST_S} to {MOST_S} seconds")
    return CancelOnDisconnect(after_s, whole)
