"""Margin and balances: the sums that the venue publishes. Amounts are whole numbers of 1e-8 (`_e8`).

    initial margin              notional at mark / leverage              "Leverage and margin", 360033162192, 2026-11
    result                      amount x (mark - entry)                  "Profit and loss", as of 2026-11
    available                   max(0, cross wallet + cross result - initial margin)
                                                                         5d62f8be18d24544b5b6156094c16bf7, 2021-01-13
    may be withdrawn            max(0, min(cross wallet - isolated order margin, what is free)), at most the wallet
                                                                         360038447311, 2026-01
    may be taken from isolated  max(0, min(iw - maintenance, iw + result - mark x |size| / L))     360038447311, 2026-01
    may be given to isolated    max(0, min(cross wallet - isolated order margin - cross maintenance, available))
                                                                         360038447311, 2026-01
    margin ratio                maintenance / margin balance             b3c689c1f50a44cabb3a84e663b81d93, 2020-08-14
    several assets together     sum of min(equity x bid, equity x ask); initial margin, maintenance and the division
                                into an asset at ask                     c983a9268cfa4e70a4916c276bb3b7bc, 2022-07-06
    break-even price            (entry value + what was paid to hold it) / amount      "Position information", 2026-11

Rounding: half up at 1e-8 after each line; what is divided into another asset is cut.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from connector.core.amounts import E8, half_up
from connector.venue.contracts import ContractMath


@dataclass(frozen=True, slots=True)
class Backing:
    """What backs cross positions: one asset, or in multi-assets mode all of them in USD."""

    #: Without what is posted for isolated positions.
    cross_wallet_e8: int
    #: Of cross positions.
    result_e8: int = 0
    #: Of cross positions and of all open orders.
    initial_e8: int = 0
    #: Of cross positions.
    maintenance_e8: int = 0
    #: The part of `initial_e8` that orders of isolated pairs take.
    isolated_orders_e8: int = 0

    @property
    def margin_balance_e8(self) -> int:
        return self.cross_wallet_e8 + self.result_e8

    @property
    def free_e8(self) -> int:
        """What new orders may take; negative where more is taken than there is."""
        return self.margin_balance_e8 - self.initial_e8

    @property
    def available_e8(self) -> int:
        return max(0, self.free_e8)

    @property
    def withdrawable_e8(self) -> int:
        """A result that is not realised makes up for margin, and is never withdrawn itself."""
        return max(0, min(self.cross_wallet_e8 - self.isolated_orders_e8, self.free_e8))

    @property
    def ratio_e8(self) -> int:
        """The margin ratio in 1e-8: at 1 positions are liquidated. Without any margin left it is 1 at least."""
        return margin_ratio_e8(self.maintenance_e8, self.margin_balance_e8)


@dataclass(frozen=True, slots=True)
class CollateralRates:
    """What a unit of an asset counts for in USD, in 1e-8."""

    #: Where it is held.
    bid_e8: int = E8
    #: Where it is owed, and where margin is in it.
    ask_e8: int = E8

    def backs_e8(self, equity_e8: int) -> int:
        """What an equity, held or owed, counts for."""
        return half_up(equity_e8 * (self.bid_e8 if equity_e8 >= 0 else self.ask_e8), E8)

    def takes_e8(self, margin_e8: int) -> int:
        """What a margin in the asset takes."""
        return half_up(margin_e8 * self.ask_e8, E8)

    def in_asset_e8(self, usd_e8: int) -> int:
        """How much of the asset an amount of USD is, cut."""
        return usd_e8 * E8 // self.ask_e8


def initial_margin_e8(notional_e8: int, leverage: int) -> int:
    """Of an unsigned notional."""
    return half_up(notional_e8, leverage)


def result_e8(contract: ContractMath, sized_e8: int, cost: int, mark_e8: int) -> int:
    """What a position gained that is not realised. `cost`: its entry value in units, with the sign of the amount."""
    return half_up(contract.gain_sign * (sized_e8 * contract.unit(mark_e8) - cost), contract.scale)


def break_even_price_e8(contract: ContractMath, sized_e8: int, cost: int, paid_e8: int) -> int:
    """The price at which closing leaves neither gain nor loss, after `paid_e8` of fees and funding; 0 when flat."""
    if not sized_e8:
        return 0
    sign = 1 if sized_e8 > 0 else -1
    unit = sign * (cost + contract.gain_sign * paid_e8 * contract.scale)
    return contract.price_at(unit, abs(sized_e8)) if unit > 0 else 0


def margin_ratio_e8(maintenance_e8: int, margin_balance_e8: int) -> int:
    """Maintenance in 1e-8 of what backs it; 1 at least where nothing does, 0 where nothing needs to."""
    if not maintenance_e8:
        return 0
    return half_up(maintenance_e8 * E8, margin_balance_e8) if margin_balance_e8 > 0 else E8


def joint_backing(parts: Iterable[tuple[CollateralRates, Backing]]) -> Backing:
    """What backs all positions together in multi-assets mode, in USD."""
    wallet_e8 = balance_e8 = initial_e8 = maintenance_e8 = isolated_e8 = 0
    for rates, part in parts:
        wallet_e8 += rates.backs_e8(part.cross_wallet_e8)
        balance_e8 += rates.backs_e8(part.margin_balance_e8)
        initial_e8 += rates.takes_e8(part.initial_e8)
        maintenance_e8 += rates.takes_e8(part.maintenance_e8)
        isolated_e8 += rates.takes_e8(part.isolated_orders_e8)
    return Backing(wallet_e8, balance_e8 - wallet_e8, initial_e8, maintenance_e8, isolated_e8)


@dataclass(frozen=True, slots=True)
class IsolatedPosition:
    """One isolated position by its figures."""

    #: What is posted for it.
    wallet_e8: int
    result_e8: int
    #: At mark.
    initial_e8: int
    maintenance_e8: int

    @property
    def removable_e8(self) -> int:
        """The most that may be taken from it."""
        return max(
            0,
            min(self.wallet_e8 - self.maintenance_e8, self.wallet_e8 + self.result_e8 - self.initial_e8),
        )

    @property
    def ratio_e8(self) -> int:
        return margin_ratio_e8(self.maintenance_e8, self.wallet_e8 + self.result_e8)


def addable_e8(cross: Backing) -> int:
    """The most that may be given to an isolated position out of its asset's cross wallet."""
    posted_e8 = cross.cross_wallet_e8 - cross.isolated_orders_e8 - cross.maintenance_e8
    return max(0, min(posted_e8, cross.available_e8))
