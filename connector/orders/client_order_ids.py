"""Client order ids: ours to choose, never repeated, and recognised after a restart.

    desk1- 3vz9r1k0 00002a 3vz9s0xy B        (without the blanks)
    tag    started  count  now      side     numbers in base 36, fixed width

An id is unique at the venue among open orders only ("Regular orders: parameter and response rules"), so that it
never repeats is up to us: the start of the run, a counter and the time of minting would all have to coincide.
Within a run ids ascend as text. At most 32 characters of `[A-Za-z0-9_-]`: the strictest sibling product allows 32,
and the pages differ on what other characters are signed as ("Timing, signature, encoding").
"""

import re
from typing import Final

from connector.core.enums import TradeType

_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_TAG: Final = re.compile(r"[A-Za-z0-9_]{1,8}")
_REST: Final = re.compile(r"-[0-9a-z]{22}[BS]")
_TIME_WIDTH, _COUNT_WIDTH = 8, 6


def _in_base_36(number: int, width: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits.rjust(width, "0")


def is_ours(client_order_id: str, tag: str) -> bool:
    """Whether an instance with this tag minted the id, in this run or an earlier one."""
    return client_order_id.startswith(f"{tag}-") and bool(_REST.fullmatch(client_order_id, len(tag)))


class ClientOrderIds:
    """Mints the ids of one instance. Raises ValueError for a tag that is not 1 to 8 of `[A-Za-z0-9_]`."""

    def __init__(self, tag: str, started_ms: int) -> None:
        if not _TAG.fullmatch(tag):
            raise ValueError(f"instance tag {tag!r}: 1 to 8 letters, digits or underscores")
        self.tag = tag
        self._started = _in_base_36(started_ms, _TIME_WIDTH)
        self._count = 0

    def is_own(self, client_order_id: object) -> bool:
        """Whether this instance may have minted the id, in this run or an earlier one."""
        return isinstance(client_order_id, str) and is_ours(client_order_id, self.tag)

    def mint(self, trade_type: TradeType, now_ms: int) -> str:
        """An id that was never minted before."""
        self._count += 1
        side = "B" if trade_type is TradeType.BUY else "S"
        count = _in_base_36(self._count, _COUNT_WIDTH)
        return f"{self.tag}-{self._started}{count}{_in_base_36(now_ms, _TIME_WIDTH)}{side}"
