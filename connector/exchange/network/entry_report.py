"""What became of the way of orders: what the exchange refused and why, and what was kept back, and by whom."""

from dataclasses import dataclass
from typing import Any

from connector.exchange.network.components import Components
from connector.venue.error_codes import RULES


@dataclass(frozen=True, slots=True)
class RefusedCode:
    """One number by which the exchange refused orders."""

    code: int
    meaning: str
    count: int


@dataclass(frozen=True, slots=True)
class KeptBack:
    """Openings that were, or are, kept back."""

    #: Whose: a pair, a side of it, the account, or all pairs.
    of: str
    #: The exchange's number; 0 where the gate `openings` was shut.
    code: int
    #: The refusal, or who shut the gate.
    reason: str
    #: How often it began.
    times: int
    is_on: bool


@dataclass(frozen=True, slots=True)
class EntryReport:
    """Since the connector was built. `kept`: orders that were kept back by refusals, and by the gate."""

    refusals: tuple[RefusedCode, ...]
    pauses: tuple[KeptBack, ...]
    kept: int

    def to_json(self) -> dict[str, Any]:
        """For a summary: the refusals by number, the pauses in the order in which they first began."""
        return {
            "refusals": {str(row.code): {"meaning": row.meaning, "count": row.count} for row in self.refusals},
            "pauses": [
                {"of": row.of, "code": row.code, "reason": row.reason, "times": row.times, "is_on": row.is_on}
                for row in self.pauses
            ],
            "kept_back": self.kept,
        }


def entry_report(components: Components) -> EntryReport:
    """As things stand now."""
    refusals, openings = components.refusals, components.openings
    codes = tuple(RefusedCode(code, _meaning(code), count) for code, count in refusals.counts.most_common())
    paused = (
        KeptBack(row.of, row.code, row.reason, row.times, refusals.is_paused(row.of, row.code))
        for row in refusals.history.values()
    )
    shut = (
        KeptBack("all pairs", 0, f"shut by {by}", times, by in openings.shut_by) for by, times in openings.times.items()
    )
    return EntryReport(codes, (*paused, *shut), refusals.kept + openings.kept)


def _meaning(code: int) -> str:
    return RULES[code].meaning if code in RULES else "refused"
