"""The exchange's own side of every booking: what traders pay, it has. So that money is never made or lost."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class HouseAccount:
    """Sums of one asset since the start; with all wallets and results they add up to what was deposited."""

    deposits_e8: int = 0
    fees_e8: int = 0
    #: What one side of a settlement paid more than the other got.
    funding_e8: int = 0
    #: What automatic exchanges between assets took in (> 0) or gave out (< 0).
    exchanged_e8: int = 0
    #: What rounding realised profits to eight decimals kept (> 0) or gave (< 0).
    dust_e16: int = 0


@dataclass(slots=True)
class HouseLedger:
    """An account of the house for each asset that was ever booked."""

    accounts: dict[str, HouseAccount] = field(default_factory=dict)

    def of(self, asset: str) -> HouseAccount:
        return self.accounts.setdefault(asset, HouseAccount())
