"""Approvals: what a bot that nobody watches may do without a code, for a while, and never for good.

An approval lies sealed in the store of its domain, so it holds for that store and domain alone; it names the machine's
user, what is approved, its bound, and when it ends.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

from connector.core.faults import OptionFault
from connector.keys.machine_user import machine_user

_SPANS: Final = {"m": 60, "h": 3_600, "d": 86_400}
_SPAN: Final = re.compile(r"(\d{1,5})([mhd])")
LONGEST_S: Final = 90 * 86_400


class Approved(StrEnum):
    """What can be approved."""

    #: That a run takes the key out of the store.
    UNLOCK = "unlock"
    #: Orders at a leverage up to the bound.
    LEVERAGE = "leverage"
    #: That a run changes position mode, margin type or multi-assets mode.
    MODES = "modes"


@dataclass(frozen=True, slots=True)
class Approval:
    """One of them. Times in seconds since the epoch."""

    what: Approved
    bound: int
    user: str
    from_s: int
    until_s: int

    def holds(self, what: Approved, bound: int, now_s: float) -> bool:
        """Whether it covers that now, for the user that runs this. A clock set back before its beginning ends it."""
        is_now = self.from_s <= now_s < self.until_s
        return self.what is what and bound <= self.bound and is_now and self.user == machine_user()


def until(approvals: Iterable[Approval], what: Approved, bound: int, now_s: float) -> int:
    """Until when something is approved; 0 where it is not."""
    return max((each.until_s for each in approvals if each.holds(what, bound, now_s)), default=0)


def span_s(text: str) -> int:
    """Seconds of `30m`, `8h` or `30d`. Raises `OptionFault`."""
    match = _SPAN.fullmatch(text.strip().lower())
    seconds = int(match[1]) * _SPANS[match[2]] if match else 0
    if not 60 <= seconds <= LONGEST_S:
        raise OptionFault("--for", text, "must be 1m to 90d", "such as 8h or 30d")
    return seconds


def text_of(approvals: Iterable[Approval]) -> str:
    """As they are sealed."""
    return json.dumps([asdict(each) for each in approvals])


def approvals_of(text: str | None) -> tuple[Approval, ...]:
    """What was sealed."""
    rows = json.loads(text or "[]")
    return tuple(Approval(**{**row, "what": Approved(row["what"])}) for row in rows)
