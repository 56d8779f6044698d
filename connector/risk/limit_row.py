"""A limit as it is shown: how much of it is used."""

from dataclasses import dataclass
from decimal import Decimal

from connector.core.amounts import HUNDRED, ZERO, plain

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One limit that is on."""

    #: Its setting, with the pair where there is one of each.
    name: str
    use: Decimal
    bound: Decimal
    unit: str
    #: It keeps orders back now.
    struck: bool = False
    #: The use must not fall below the bound, instead of not exceeding it.
    is_least: bool = False

    @property
    def overrun(self) -> Decimal:
        """By how much the use is past the bound; 0 where it is not."""
        past = self.bound - self.use if self.is_least else self.use - self.bound
        return max(ZERO, past)

    @property
    def share(self) -> Decimal:
        """How much of the bound is used, in percent; of a least one how much of it is kept free is not asked."""
        return self.use / self.bound * HUNDRED if self.bound else ZERO

    def text(self) -> str:
        """Use and bound in words."""
        least = "at least" if self.is_least else "at most"
        return f"{figure(self.use)} {self.unit}, {least} {figure(self.bound)}"

    def struck_text(self) -> str:
        """What is told at the moment when it strikes."""
        return f"{self.name} struck: {self.text()}, passed by {figure(self.overrun)}"


def figure(amount: Decimal) -> str:
    """An amount with as many digits as tell something."""
    if not amount.is_finite():
        return str(amount)
    return plain(amount.quantize(_CENT) if abs(amount) >= 1 else amount.quantize(Decimal("1E-8")))
