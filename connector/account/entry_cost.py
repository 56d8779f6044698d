"""The exact entry value of one position side, in units of its contract.

The venue tells an entry price cut to a few decimals, and reckons with the sum of the trades itself. That sum is kept
here by the trades, and believed as long as its average is the price that is told: margin then equals the venue's to
the last digit. Where trades were not heard (before a start, in a gap) the told price is all there is, until the
position is flat.

Of a fill the account's event comes before the order's, as a rule: what does not fit yet is not wrong yet. It is when
the next word on the position comes.
"""

from connector.core.amounts import half_up
from connector.venue.contracts import ContractMath

#: In 1e-8 of the price: the told one may be cut, or rounded.
_APART_E8 = 1


class EntryCost:
    """Kept by `trade`, measured against what is `told`."""

    __slots__ = ("_contract", "_sized", "_told", "_told_is_new", "_units")

    def __init__(self, contract: ContractMath) -> None:
        self._contract = contract
        #: By the trades: signed amount, and its entry value with the sign of the amount.
        self._sized = self._units = 0
        #: Signed amount, entry price (1e-8), and what that entry value comes to.
        self._told = (0, 0, 0)
        #: Whether no trade has explained it yet.
        self._told_is_new = False

    def tell(self, sized: int, entry_e8: int, about: int) -> None:
        """The venue's word: signed amount, entry price, and the entry value by that price."""
        if self._told_is_new:
            # Nothing explained the last word: it is what there was before this one.
            self._sized, _, self._units = self._told
        self._told = sized, entry_e8, about
        self._told_is_new = not self._fits()

    def trade(self, sized: int, price_e8: int) -> None:
        """A trade of a signed amount: it closes first, and opens with what is left."""
        held, opened = self._sized, sized
        if (held < 0 < sized) or (sized < 0 < held):
            closed = min(abs(sized), abs(held))
            self._units -= half_up(self._units * closed, abs(held))
            opened = sized + closed if sized < 0 else sized - closed
        if opened:
            self._units += opened * self._contract.unit(price_e8)
        self._sized = held + sized
        if self._fits():
            self._told_is_new = False

    @property
    def units(self) -> int:
        """The entry value: by the trades where they explain what was told, else by the told price."""
        return self._units if self._fits() else self._told[2]

    def _fits(self) -> bool:
        sized, entry_e8, _ = self._told
        if sized != self._sized:
            return False
        return not sized or abs(self._contract.price_at(self._units, sized) - entry_e8) <= _APART_E8
