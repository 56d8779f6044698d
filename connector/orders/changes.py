"""A change of an open order: what it is to become."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Change:
    """The new price, and the new total amount: what is filled stays filled."""

    price: Decimal
    amount: Decimal

    def is_met_by(self, price: Decimal | None, amount: Decimal | None, *, may_be_cut: bool) -> bool:
        """Whether an order with these terms is what was wanted; the venue cuts one that reduces to the position."""
        if price != self.price or amount is None:
            return False
        return amount == self.amount or (may_be_cut and amount < self.amount)
