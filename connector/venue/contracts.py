"""Contract arithmetic: what an amount is worth.

A linear contract is quoted and margined in the quote asset; an inverse one is quoted in it and margined in the base
asset, its amounts being contracts of a fixed value. A product's market row names its arithmetic. Source: "Profit and
loss of futures contracts", and for inverse ones "COIN-M Futures contract specifications", as of 2026-11.

Sums of many orders are kept exactly, as whole numbers: a price has a `unit`, what 1e-8 of a base unit (linear), or of
a quote unit (inverse), is worth at it, and `scale` units make 1e-8 of the margin asset. The unit of a linear contract
is its price; that of an inverse one, 1 / price, has no end in decimals and is cut off beyond the 40th.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from connector.core.amounts import E8, half_up

_SIXTEENTH = Decimal(E8) ** 2
#: Of inverse contracts: 1e-40 of the margin asset.
_INVERSE_UNITS = 10**40


class ContractMath(Protocol):
    """Values of a position of `amount` units at a price, in the margin asset."""

    @property
    def scale(self) -> int:
        """How many units make 1e-8 of the margin asset."""
        ...

    @property
    def gain_sign(self) -> int:
        """+1 where a unit grows with the price, -1 where it shrinks."""
        ...

    def unit(self, price_e8: int) -> int:
        """What 1e-8 of an amount x contract size is worth at a price above 0, in 1 / `scale` of 1e-8."""
        ...

    def cost(self, entry_price: Decimal, sized_e8: int) -> int:
        """What a signed amount x contract size was worth at its entry, in units; entry prices have many decimals."""
        ...

    def price_at(self, unit: int, amount: int) -> int:
        """The price (1e-8) at which `amount` times its unit is `unit`, rounded half up."""
        ...

    def notional(self, price: Decimal, amount: Decimal, contract_size: Decimal) -> Decimal:
        """The value of `amount` (its sign is kept) at `price`."""
        ...

    def pnl(self, entry_price: Decimal, exit_price: Decimal, amount: Decimal, contract_size: Decimal) -> Decimal:
        """The gain of a signed `amount` from entry to exit, before fees."""
        ...


@dataclass(frozen=True, slots=True)
class Linear:
    """Q units of the base asset: value Q x price, gain Q x (exit - entry)."""

    scale: int = E8
    gain_sign: int = 1

    def unit(self, price_e8: int) -> int:
        return price_e8

    def cost(self, entry_price: Decimal, sized_e8: int) -> int:
        return half_up(sized_e8 * int(entry_price * _SIXTEENTH), E8)

    def price_at(self, unit: int, amount: int) -> int:
        return half_up(unit, amount)

    def notional(self, price: Decimal, amount: Decimal, contract_size: Decimal) -> Decimal:
        return amount * contract_size * price

    def pnl(self, entry_price: Decimal, exit_price: Decimal, amount: Decimal, contract_size: Decimal) -> Decimal:
        return amount * contract_size * (exit_price - entry_price)


@dataclass(frozen=True, slots=True)
class Inverse:
    """Q contracts of S each: value Q x S / price, gain Q x S x (1 / entry - 1 / exit)."""

    scale: int = _INVERSE_UNITS // E8
    gain_sign: int = -1

    def unit(self, price_e8: int) -> int:
        return _INVERSE_UNITS // price_e8

    def cost(self, entry_price: Decimal, sized_e8: int) -> int:
        return sized_e8 * (_INVERSE_UNITS * E8 // int(entry_price * _SIXTEENTH)) if sized_e8 else 0

    def price_at(self, unit: int, amount: int) -> int:
        return half_up(_INVERSE_UNITS * amount, unit)

    def notional(self, price: Decimal, amount: Decimal, contract_size: Decimal) -> Decimal:
        return amount * contract_size / price

    def pnl(self, entry_price: Decimal, exit_price: Decimal, amount: Decimal, contract_size: Decimal) -> Decimal:
        return amount * contract_size * (1 / entry_price - 1 / exit_price)


LINEAR: ContractMath = Linear()
INVERSE: ContractMath = Inverse()
