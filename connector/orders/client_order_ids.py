"""Client order ids: ours to choose, never repeated, and recognised after a restart.

    own        desk1- 3vz9r1k0 00002a 3vz9s0xy B        (without the blanks)
               tag    started  count  now      side     numbers in base 36, fixed width
    SEQUENCE   desk1 42                                 prefix, number
    COMPOSITE  desk1 - 42                               source, number

An id is unique at the venue among open orders only ("Regular orders: parameter and response rules"), so that it
never repeats is up to us. The first form needs nothing but the clock: the start of the run, a counter and the time of
minting would all have to coincide. The others, which other hosts know, go on counting over restarts and are told from
other's ids by the journal alone. Ids of ours are of `[A-Za-z0-9_-]`, at most 32 characters long: the strictest
sibling product allows 32, and the pages differ on what other characters are signed as ("Timing, signature, encoding").
"""

import re
from collections.abc import Collection
from enum import StrEnum
from typing import Final, Protocol

from connector.core.enums import TradeType

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
#: By two digits at once it is half the work.
_PAIRS: Final = tuple(first + second for first in _DIGITS for second in _DIGITS)
_TAG: Final = re.compile(r"[A-Za-z0-9_]{1,8}")
_PREFIX: Final = re.compile(r"[A-Za-z0-9_-]{0,16}")
_REST: Final = re.compile(r"-[0-9a-z]{22}[BS]")
_COUNT: Final = re.compile(r"[1-9][0-9]{0,17}")
_TIME_WIDTH, _COUNT_WIDTH = 8, 6


class OrderMapper(StrEnum):
    """The form of client order ids. The names are those of the setting `order_mapper_type`."""

    OWN = "own"
    SEQUENCE = "SEQUENCE"
    COMPOSITE = "COMPOSITE"


class OrderIds(Protocol):
    """The ids of one instance."""

    def mint(self, trade_type: TradeType, now_ms: int) -> str:
        """An id that was never given before."""
        ...

    def is_own(self, client_order_id: object) -> bool:
        """Whether this instance gave the id, in this run or an earlier one."""
        ...


def _in_base_36(number: int, width: int) -> str:
    digits = ""
    while number:
        number, pair = divmod(number, 1296)
        digits = _PAIRS[pair] + digits
    return digits.lstrip("0").rjust(width, "0")


def is_ours(client_order_id: str, tag: str) -> bool:
    """Whether an instance with this tag minted the id, in this run or an earlier one."""
    return client_order_id.startswith(f"{tag}-") and bool(_REST.fullmatch(client_order_id, len(tag)))


def is_tag(text: str) -> bool:
    """Whether it can mark an instance: 1 to 8 of `[A-Za-z0-9_]`."""
    return bool(_TAG.fullmatch(text))


def is_prefix(text: str) -> bool:
    """Whether it can stand before a number: up to 16 of `[A-Za-z0-9_-]`."""
    return bool(_PREFIX.fullmatch(text))


class ClientOrderIds:
    """Mints the ids of one instance. Raises ValueError for a tag that is not 1 to 8 of `[A-Za-z0-9_]`.

    `earlier` are ids that the journal knows of earlier runs, whatever their form.
    """

    __slots__ = ("_count", "_earlier", "_started", "tag")

    def __init__(self, tag: str, started_ms: int, earlier: Collection[str] = ()) -> None:
        if not is_tag(tag):
            raise ValueError(f"instance tag {tag!r}: 1 to 8 letters, digits or underscores")
        self.tag = tag
        self._started = _in_base_36(started_ms, _TIME_WIDTH)
        self._count = 0
        self._earlier = earlier

    def is_own(self, client_order_id: object) -> bool:
        """Whether this instance may have minted the id, in this run or an earlier one."""
        if not isinstance(client_order_id, str):
            return False
        return is_ours(client_order_id, self.tag) or client_order_id in self._earlier

    def mint(self, trade_type: TradeType, now_ms: int) -> str:
        """An id that was never minted before."""
        self._count += 1
        side = "B" if trade_type is TradeType.BUY else "S"
        count = _in_base_36(self._count, _COUNT_WIDTH)
        return f"{self.tag}-{self._started}{count}{_in_base_36(now_ms, _TIME_WIDTH)}{side}"


class CountedIds:
    """Ids that are a text and a number which goes on over restarts: `given` so many were given before.

    `earlier` are the ids of earlier runs that the journal knows: no other id of theirs is ours.
    """

    def __init__(self, before: str, given: int, earlier: Collection[str]) -> None:
        if not is_prefix(before.removesuffix("-")):
            raise ValueError(f"prefix {before!r}: at most 16 letters, digits, underscores or hyphens")
        self._before = before
        self._first = self._count = given
        self._earlier = earlier

    def is_own(self, client_order_id: object) -> bool:
        """Whether this run gave the id, or the journal knows it of an earlier one."""
        if not isinstance(client_order_id, str):
            return False
        number = client_order_id.removeprefix(self._before)
        is_formed = client_order_id.startswith(self._before) and bool(_COUNT.fullmatch(number))
        return (is_formed and self._first < int(number) <= self._count) or client_order_id in self._earlier

    def mint(self, trade_type: TradeType, now_ms: int) -> str:
        """The next number."""
        self._count += 1
        return f"{self._before}{self._count}"
