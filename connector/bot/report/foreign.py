"""What moved the wallets and the position and was not the bot's doing, a line for each asset and kind.

Kinds are the account book's own words, but for three: a position that the exchange itself closed, and what is taken
from the insurance fund or paid into it, which the account book calls by one word.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from connector.core.amounts import ZERO, plain
from connector.venue.income_kinds import INSURANCE_CLEAR

#: Profit or loss of positions that the exchange closed by liquidation or auto-deleveraging.
LIQUIDATION = "LIQUIDATION"
#: What a liquidation cost beside that, and what the insurance fund bore.
LIQUIDATION_CLEARANCE, INSURANCE = "LIQUIDATION_CLEARANCE", "INSURANCE"
#: Of orders that are neither the bot's nor the exchange's.
TRADES = "trades"
_TITLES = {
    LIQUIDATION: "liquidations",
    LIQUIDATION_CLEARANCE: "liquidation clearance",
    INSURANCE: "insurance",
    TRADES: "trades of others",
    "TRANSFER": "transfers",
    "INTERNAL_TRANSFER": "internal transfers",
    "AUTO_EXCHANGE": "automatic exchange",
    "REALIZED_PNL": "results elsewhere",
    "COMMISSION": "fees elsewhere",
    "FUNDING_FEE": "funding elsewhere",
    "SPECIAL_FUNDING_FEE": "special funding elsewhere",
}


@dataclass(slots=True)
class Foreign:
    """Of one account, whose contracts are settled in the margin asset `asset`."""

    asset: str = ""
    trades: int = 0
    position: Decimal = ZERO
    #: By asset and kind.
    lines: dict[tuple[str, str], Decimal] = field(default_factory=dict)

    def add(self, kind: str, amount: Decimal, asset: str) -> None:
        if kind == INSURANCE_CLEAR:
            kind = LIQUIDATION_CLEARANCE if amount < 0 else INSURANCE
        self.lines[asset, kind] = self.lines.get((asset, kind), ZERO) + amount

    def of(self, asset: str) -> Decimal:
        """What moved an asset's wallet."""
        return sum((amount for (name, _), amount in self.lines.items() if name == asset), ZERO)

    @property
    def insurance(self) -> Decimal:
        """What liquidations paid to the insurance fund, below 0, or had from it, of the margin asset."""
        kinds = (LIQUIDATION_CLEARANCE, INSURANCE)
        return sum((self.lines.get((self.asset, kind), ZERO) for kind in kinds), ZERO)

    @property
    def titled(self) -> list[tuple[str, str, Decimal]]:
        """What it is in words, in which asset, and how much."""
        rows = sorted(self.lines.items())
        return [(_TITLES.get(kind, kind.lower().replace("_", " ")), asset, amount) for (asset, kind), amount in rows]

    def to_json(self) -> dict[str, Any]:
        by_asset: dict[str, dict[str, str]] = {}
        for (asset, kind), amount in sorted(self.lines.items()):
            by_asset.setdefault(asset, {})[kind] = plain(amount)
        income = by_asset.get(self.asset, {})
        return {"trades": self.trades, "position": plain(self.position), "income": income, "income_by_asset": by_asset}

    def __str__(self) -> str:
        lines = ", ".join(f"{title} {plain(amount)} {asset}" for title, asset, amount in self.titled)
        return f"{self.trades} trades, {lines or 'no income'}" if self.trades or lines else "none"
