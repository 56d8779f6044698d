"""What the venue's refusals of new orders change in what is sent: one table from code to consequence.

Source: "Error codes" and the pages of the rules that they speak of, as of 2026-11. What closes is never kept back.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Paused(StrEnum):
    """Which opening orders are kept back."""

    #: Those of the symbol.
    SYMBOL = "symbol"
    #: Those of the symbol and the side.
    SIDE = "side"
    #: All of the account.
    ACCOUNT = "account"


class Reread(StrEnum):
    """What is read again, since the refusal says that what is known of it no longer holds."""

    RULES = "rules"
    POSITION = "position"
    MODE = "mode"
    LEVERAGE = "leverage"


@dataclass(frozen=True, slots=True)
class RefusalRule:
    """The consequence of one code."""

    #: So many in a row, alike.
    after: int = 3
    pauses: Paused = Paused.SIDE
    reread: Reread | None = None


#: While a pause lasts, one order goes so often to see whether it is over.
PROBE_EVERY_MS: Final = 60_000
#: Of another code: three alike.
ANY: Final = RefusalRule()
#: These say nothing of the next order: a price that moved, an order that could not fill, a clock, a crowded second.
PASSING: Final = frozenset(
    {-1003, -1008, -1015, -1016, -1021, -2011, -2013, -2020, -2021, -4116, -5021, -5022, -5024, -5025, -5026, -5028}
    | {-5043, -5047}
)
#: These speak of orders that open; a change of an open order passes them (inf.: no page says what it meets).
OF_OPENINGS: Final = frozenset({-4105, -4106, -4107, -4140, -4141, -4400, -4408, -4411})

#: What the list of contracts says too, so that it ends when the list says so: a contract's status, and the sides that
#: may only reduce.
OF_THE_STATUS: Final = frozenset({-4140, -4141})
OF_THE_CONTROL: Final = frozenset({-4105, -4106, -4107})

REFUSALS: Final[dict[int, RefusalRule]] = {
    -4140: RefusalRule(1, Paused.SYMBOL, Reread.RULES),
    -4141: RefusalRule(1, Paused.SYMBOL, Reread.RULES),
    -4105: RefusalRule(1, Paused.SYMBOL, Reread.RULES),
    -4106: RefusalRule(1, Paused.SIDE, Reread.RULES),
    -4107: RefusalRule(1, Paused.SIDE, Reread.RULES),
    -4400: RefusalRule(1, Paused.SYMBOL),
    -4408: RefusalRule(1, Paused.SYMBOL),
    -4411: RefusalRule(1, Paused.SYMBOL),
    -2018: RefusalRule(3, Paused.ACCOUNT, Reread.POSITION),
    -2019: RefusalRule(3, Paused.ACCOUNT, Reread.POSITION),
    -2023: RefusalRule(1, Paused.ACCOUNT, Reread.POSITION),
    -2027: RefusalRule(3, Paused.SIDE, Reread.LEVERAGE),
    -2028: RefusalRule(3, Paused.SIDE, Reread.LEVERAGE),
    -4061: RefusalRule(3, Paused.ACCOUNT, Reread.MODE),
    -4087: RefusalRule(3, Paused.ACCOUNT),
    -4088: RefusalRule(3, Paused.ACCOUNT),
    **dict.fromkeys((-1002, -1011, -2008, -2014, -2015, -2017, -4109), RefusalRule(3, Paused.ACCOUNT)),
    **dict.fromkeys((-4183, -4184), RefusalRule(3, Paused.SIDE, Reread.RULES)),
    **dict.fromkeys((-2022, -2024, -4118), RefusalRule(3, Paused.SIDE, Reread.POSITION)),
    **dict.fromkeys(
        (-1111, -1121, -2025, *range(-4007, -4000), -4013, -4014, -4016, -4023, -4024, -4131, -4164, -5029),
        RefusalRule(3, Paused.SIDE, Reread.RULES),
    ),
}
