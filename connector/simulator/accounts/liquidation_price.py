"""Where positions are liquidated: the mark at which what backs them is just their maintenance.

Published ("How to Calculate Liquidation Price of USDⓈ-M Futures Contracts", b3c689c1f50a44cabb3a84e663b81d93,
2020-08-14): the formula for one bracket, that the bracket is that of the liquidation notional, that hedged cross sides
share one price, and that 0 means never. The formula is solved in every bracket here instead of by trial: margin less
maintenance is linear between the prices at which a bracket, or the rate of the margin asset, changes. Inferred: that
of two prices the one nearer to the mark is told, that in multi-assets mode only the contract's mark moves, and that
hedged sides which gain by a rise together are told no price above the highest that the contract's orders may have:
there the last bracket's maintenance outgrows the gain in arithmetic alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from connector.simulator.accounts.positions import Position
from connector.simulator.fixed_point import E8, half_up, to_e8
from connector.simulator.market.instruments import Instrument


@dataclass(frozen=True, slots=True)
class Backing:
    """What stands behind positions of one symbol, whatever else it stands behind taken off."""

    #: In the margin asset: wallet, with the results of its other positions.
    own_e8: int
    #: In the margin asset: maintenance of its other positions.
    need_e8: int = 0
    #: In USD: other assets' margin less other maintenance. 0 where one asset backs its own contracts.
    others_e8: int = 0
    #: USD for a held unit of the margin asset, and for an owed one; one each where it backs its own contracts.
    bid_e8: int = E8
    ask_e8: int = E8


def liquidation_price_e8(backing: Backing, instrument: Instrument, mark_e8: int, held: Iterable[Position]) -> int:
    """The price nearest to `mark_e8` at which positions of one symbol are liquidated; 0 where no price does it."""
    surplus = _Surplus(backing, instrument, [position for position in held if position.lots])
    return min(surplus.crossings(), key=lambda price_e8: abs(price_e8 - mark_e8), default=0)


class _Surplus:
    """Margin less maintenance by the price of one symbol."""

    def __init__(self, backing: Backing, instrument: Instrument, positions: list[Position]) -> None:
        self._backing, self._instrument = backing, instrument
        self._lot_e8 = instrument.lot_e8
        self._highest_e8 = to_e8(instrument.max_price)
        self._sizes = [abs(position.lots) for position in positions]
        self._net = sum(position.lots for position in positions)
        #: What backs the positions at a price of 0, in e16.
        self._base_e16 = backing.own_e8 * E8 - sum(position.cost_e16 for position in positions)

    def crossings(self) -> list[int]:
        """The prices within reach at which it changes its sign. Between edges, and beyond the last, it is linear."""
        edges = self._edges()
        values = [self._at(price_e8) for price_e8 in edges]
        found = [
            low + half_up(below * (high - low), below - above)
            for (low, high), (below, above) in zip(pairwise(edges), pairwise(values), strict=True)
            if (below > 0) != (above > 0)
        ]
        last = edges[-1] + 1
        value = self._at(last)
        slope = self._at(last + 1) - value
        if slope and (value > 0) != (slope > 0):
            found.append(last - half_up(value, slope))
        return [price_e8 for price_e8 in found if price_e8 > 0 and (self._net < 0 or price_e8 <= self._highest_e8)]

    def _at(self, price_e8: int) -> int:
        """The surplus at a price, exact in units of 1e-32."""
        margin_e16 = self._base_e16 + self._net * self._lot_e8 * price_e8
        need_e24 = self._backing.need_e8 * E8 * E8
        for size in self._sizes:
            value_e16 = size * self._lot_e8 * price_e8
            row = self._instrument.bracket_of(-(-value_e16 // E8))
            need_e24 += value_e16 * row.rate_e8 - row.cum_e8 * E8 * E8
        rate_e8 = self._backing.bid_e8 if margin_e16 >= 0 else self._backing.ask_e8
        return self._backing.others_e8 * E8**3 + margin_e16 * E8 * rate_e8 - need_e24 * self._backing.ask_e8

    def _edges(self) -> list[int]:
        """0, and the prices at which a bracket ends, or what backs the positions turns into a debt."""
        caps = [row.cap * E8 * E8 for row in self._instrument.brackets[:-1]]
        edges = {cap // (size * self._lot_e8) for size in self._sizes for cap in caps}
        if self._net and self._backing.bid_e8 != self._backing.ask_e8:
            edges.add(max(0, -self._base_e16 // (self._net * self._lot_e8)))
        return sorted(edges | {0})
