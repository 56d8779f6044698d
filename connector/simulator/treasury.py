"""The exchange's own side of every booking: what traders pay, it has. So that money is never made or lost."""

from dataclasses import dataclass


@dataclass(slots=True)
class Treasury:
    """Sums since the start. At any moment, over all accounts, exactly and at any mark price:

        wallets + unrealised + fees + funding + dust = deposits

    `dust_e16` is what rounding realised profits to eight decimals kept (> 0) or gave (< 0); `funding_e8` what
    one side of a settlement paid more than the other got.
    """

    deposits_e8: int = 0
    fees_e8: int = 0
    funding_e8: int = 0
    dust_e16: int = 0
