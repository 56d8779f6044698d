"""Leverage brackets: what a notional may use at most, and what it needs to stay alive.

Published ("Leverage and margin of USDⓈ-M Futures", 360033162192, 2026-11; "Notional and Leverage Brackets" of the
interface's documents, 2026-11):

    bracket              floor < notional <= cap, the last one beyond all caps
    maintenance          notional x rate - cum
    cum                  cum of the bracket before + floor x (rate - rate of the bracket before); 0 of the first
    maximum notional     cap of the highest bracket whose leverage is not below the one in force; -2027 beyond it

Amounts are whole numbers of 1e-8 of the asset that the notional is in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from connector.core.amounts import E8, half_up, to_e8


@dataclass(frozen=True, slots=True)
class MarginBracket:
    """One step of the notional."""

    #: The most that is allowed.
    leverage: int
    floor_e8: int
    cap_e8: int
    #: Of maintenance, in 1e-8.
    rate_e8: int
    #: What makes maintenance continuous over the steps.
    cum_e8: int

    def maintenance_e8(self, notional_e8: int) -> int:
        """What a notional of this bracket needs."""
        return half_up(notional_e8 * self.rate_e8, E8) - self.cum_e8


Brackets = tuple[MarginBracket, ...]


def brackets_of(rows: Iterable[tuple[int, Decimal, Decimal]]) -> Brackets:
    """Brackets from (leverage, cap, maintenance rate), the lowest first; floors and cums follow."""
    built: list[MarginBracket] = []
    floor_e8 = cum_e8 = rate_before_e8 = 0
    for leverage, cap, rate in rows:
        rate_e8 = to_e8(rate)
        cum_e8 += half_up(floor_e8 * (rate_e8 - rate_before_e8), E8)
        built.append(MarginBracket(leverage, floor_e8, to_e8(cap), rate_e8, cum_e8))
        floor_e8, rate_before_e8 = built[-1].cap_e8, rate_e8
    return tuple(built)


def obeys_recurrence(brackets: Brackets) -> bool:
    """Whether brackets join without a hole, and their cums make maintenance continuous."""
    first_is_whole = not brackets[0].floor_e8 and not brackets[0].cum_e8
    return first_is_whole and all(
        high.floor_e8 == low.cap_e8
        and high.cum_e8 == low.cum_e8 + half_up(high.floor_e8 * (high.rate_e8 - low.rate_e8), E8)
        for low, high in pairwise(brackets)
    )


def bracket_for(brackets: Brackets, notional_e8: int) -> MarginBracket:
    """The bracket of a notional."""
    for bracket in brackets:
        if notional_e8 <= bracket.cap_e8:
            return bracket
    return brackets[-1]


def maintenance_e8(brackets: Brackets, notional_e8: int) -> int:
    """What a position of an unsigned notional needs to stay alive."""
    return bracket_for(brackets, notional_e8).maintenance_e8(notional_e8) if notional_e8 else 0


def max_notional_e8(brackets: Brackets, leverage: int) -> int:
    """The most that a position with its orders may come to at a leverage; 0 where no bracket allows it."""
    return max((bracket.cap_e8 for bracket in brackets if bracket.leverage >= leverage), default=0)
