"""Where positions are liquidated: the mark price at which what backs them is just their maintenance.

Published ("How to Calculate Liquidation Price of USDⓈ-M Futures Contracts", b3c689c1f50a44cabb3a84e663b81d93,
2020-08-14): the sum for one bracket, that the bracket is that of the liquidation notional, that both sides of a hedged
pair share one price, and that 0 means never. What is chosen where it is silent stands in `inferred.py`.

Margin less maintenance is linear in the contract's unit between two bracket edges, for linear and for inverse
contracts alike: it is solved there, in the bracket that the price lies in, and never by an iteration that may end
below 0 on its way.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from connector.account.brackets import Brackets, bracket_for
from connector.account.margin import CollateralRates
from connector.core.amounts import E8, half_up
from connector.venue.contracts import ContractMath

AT_PAR = CollateralRates()


class Stake(NamedTuple):
    """One position side of the pair that is asked about."""

    #: Amount x contract size, signed, in 1e-8.
    sized_e8: int
    #: Its entry value in units, with the sign of the amount.
    cost: int


class Support(NamedTuple):
    """What stands behind the positions of one pair, whatever else it stands behind taken off."""

    #: In the margin asset: cross wallet with the results of other positions, or what is posted for an isolated one.
    own_e8: int
    #: In the margin asset: maintenance of the other positions.
    need_e8: int = 0
    #: In USD, in multi-assets mode: what other assets back, less what they need.
    others_e8: int = 0
    rates: CollateralRates = AT_PAR


class PairTerms(NamedTuple):
    """The pair, as far as liquidation depends on it."""

    contract: ContractMath
    brackets: Brackets
    mark_e8: int
    #: The highest price of its orders, 0 where it has none.
    highest_e8: int = 0


def liquidation_price_e8(terms: PairTerms, support: Support, stakes: Iterable[Stake]) -> int:
    """The price nearest to mark at which the pair's positions are liquidated together; 0 where none does it."""
    held = [stake for stake in stakes if stake.sized_e8]
    if len(held) == 1 and support.rates is AT_PAR:
        unit = _only_root(terms, support, held[0])
        if unit is not None:
            price_e8 = terms.contract.price_at(unit, 1) if unit > 0 else 0
            return 0 if held[0].sized_e8 > 0 and 0 < terms.highest_e8 < price_e8 else price_e8
    surplus = _Surplus(terms, support, held)
    return min(surplus.prices_e8(), key=lambda price_e8: abs(price_e8 - terms.mark_e8), default=0)


def _only_root(terms: PairTerms, support: Support, stake: Stake) -> int | None:
    """Of one position at par, whose surplus changes its sign once: the unit where it does, 0 where it doesn't.

    A surplus that grows from the first unit is never used up, and a lack that grows never filled. Else the bracket is
    found by halves. None where edges of brackets fall on one unit: the general sum tells them apart.
    """
    contract, brackets, size = terms.contract, terms.brackets, abs(stake.sized_e8)
    scale, scale_e8 = contract.scale, contract.scale * E8
    slope = contract.gain_sign * stake.sized_e8 * E8
    base = (support.own_e8 + support.others_e8 - support.need_e8) * scale_e8 - contract.gain_sign * stake.cost * E8
    low, high, low_unit, low_value = 0, len(brackets), 0, base + brackets[0].cum_e8 * scale_e8
    high_unit = high_value = 0
    begins = low_value > 0
    if slope > size * brackets[-1].rate_e8 if begins else slope < 0:
        return 0
    while high - low > 1:
        middle = (low + high) // 2
        bracket = brackets[middle - 1]
        unit = bracket.cap_e8 * scale // size
        if middle > 1 and size * unit <= brackets[middle - 2].cap_e8 * scale:
            return None
        value = base + (slope - size * bracket.rate_e8) * unit + bracket.cum_e8 * scale_e8
        if (value > 0) is begins:
            low, low_unit, low_value = middle, unit, value
        else:
            high, high_unit, high_value = middle, unit, value
    if high < len(brackets):
        return low_unit + half_up(abs(low_value) * (high_unit - low_unit), abs(low_value - high_value))
    slope -= size * brackets[-1].rate_e8
    value = base + slope * (low_unit + 1) + brackets[-1].cum_e8 * scale_e8
    if not slope or (value > 0) is (slope > 0):
        return 0
    return low_unit + 1 + half_up(abs(value), abs(slope))


class _Surplus:
    """Margin less maintenance by the unit of the pair's price, in 1e-16 of USD x the contract's scale."""

    def __init__(self, terms: PairTerms, support: Support, stakes: Sequence[Stake]) -> None:
        self._terms, self._support = terms, support
        contract = terms.contract
        self._sizes = [abs(stake.sized_e8) for stake in stakes]
        net = sum(stake.sized_e8 for stake in stakes)
        #: No rise liquidates what does not lose by one: there the last bracket outgrows the gain in arithmetic alone.
        self._bears_a_rise = net >= 0
        self._net = contract.gain_sign * net
        costs = contract.gain_sign * sum(stake.cost for stake in stakes)
        #: What backs the positions at a unit of 0, in units.
        self._base = support.own_e8 * contract.scale - costs
        self._scale = contract.scale
        self._scale_e8 = contract.scale * E8
        self._need = support.need_e8 * self._scale_e8
        self._others = support.others_e8 * self._scale_e8 * E8
        self._bid_e8, self._ask_e8 = support.rates.bid_e8, support.rates.ask_e8

    def prices_e8(self) -> list[int]:
        """The prices at which it changes its sign."""
        contract, highest_e8 = self._terms.contract, self._terms.highest_e8
        prices = [contract.price_at(unit, 1) for unit in self._roots() if unit > 0]
        is_bounded = self._bears_a_rise and highest_e8
        return [price_e8 for price_e8 in prices if price_e8 > 0 and not (is_bounded and price_e8 > highest_e8)]

    def _roots(self) -> list[int]:
        if not self._sizes:
            return []
        edges = self._edges()
        values = [self._at(edge) for edge in edges]
        found = [
            low + half_up(below * (high - low), below - above) if below > above
            else low + half_up(-below * (high - low), above - below)
            for (low, high), (below, above) in zip(pairwise(edges), pairwise(values), strict=True)
            if (below > 0) != (above > 0)
        ]  # fmt: skip
        beyond = edges[-1] + 1
        value = self._at(beyond)
        slope = self._at(beyond + 1) - value
        if slope and (value > 0) != (slope > 0):
            found.append(beyond + half_up(abs(value), abs(slope)))
        return found

    def _at(self, unit: int) -> int:
        margin, need = self._base + self._net * unit, self._need
        for size in self._sizes:
            value = size * unit
            bracket = bracket_for(self._terms.brackets, -(-value // self._scale))
            need += value * bracket.rate_e8 - bracket.cum_e8 * self._scale_e8
        rate_e8 = self._bid_e8 if margin >= 0 else self._ask_e8
        return self._others + margin * E8 * rate_e8 - need * self._ask_e8

    def _edges(self) -> list[int]:
        """0, and where a bracket ends or what backs the positions turns into a debt."""
        scale = self._scale
        caps = [bracket.cap_e8 * scale for bracket in self._terms.brackets[:-1]]
        edges = {cap // size for size in self._sizes for cap in caps}
        if self._net and self._bid_e8 != self._ask_e8:
            edges.add(max(0, -self._base // self._net))
        return sorted(edges | {0})
