"""Contract arithmetic: what an amount is worth, linear and inverse.

A linear contract is quoted and margined in the quote asset, an inverse one is a fixed notional of the quote asset
margined in the base asset. Source: "Profit and loss of futures contracts", as of 2026-11.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol


class ContractMath(Protocol):
    """Values of a position of `amount` units at a price, in the margin asset."""

    def notional(self, price: Decimal, amount: Decimal, contract_size: Decimal) -> Decimal:
        """The value of `amount` (its sign is kept) at `price`."""
        ...

    def pnl(self, entry_price: Decimal, exit_price: Decimal, amount: Decimal, contract_size: Decimal) -> Decimal:
        """The gain of a signed `amount` from entry to exit, before fees."""
        ...


@dataclass(frozen=True, slots=True)
class Linear:
    """Q units of the base asset: value Q x price, gain Q x (exit - entry)."""

    def notional(self, price: Decimal, amount: Decimal, contract_size: Decimal) -> Decimal:
        return amount * contract_size * price

    def pnl(self, entry_price: Decimal, exit_price: Decimal, amount: Decimal, contract_size: Decimal) -> Decimal:
        return amount * contract_size * (exit_price - entry_price)


@dataclass(frozen=True, slots=True)
class Inverse:
    """Q contracts of a fixed quote value: value Q x size / price, gain Q x size x (1/entry - 1/exit)."""

    def notional(self, price: Decimal, amount: Decimal, contract_size: Decimal) -> Decimal:
        return amount * contract_size / price

    def pnl(self, entry_price: Decimal, exit_price: Decimal, amount: Decimal, contract_size: Decimal) -> Decimal:
        return amount * contract_size * (1 / entry_price - 1 / exit_price)


LINEAR: ContractMath = Linear()
INVERSE: ContractMath = Inverse()
