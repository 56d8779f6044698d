"""Contract arithmetic: what an amount is worth.

A linear contract is quoted and margined in the quote asset. A product of another arithmetic is a further class here,
named in its market row. Source: "Profit and loss of futures contracts", as of 2026-11.
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


LINEAR: ContractMath = Linear()
