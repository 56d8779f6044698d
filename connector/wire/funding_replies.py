"""Answers about funding: how contracts settle, and what was settled."""

from dataclasses import dataclass
from decimal import Decimal

from connector.core.figures import FigureError
from connector.core.funding_info import SettledRate
from connector.wire.json_text import Row, amount, amount_or_none, read, rows_of, sound_rows, time_ms, word

_HOUR_MS = 3_600_000
#: The venue settles up to once in 8 hours; a week is none of its intervals.
_MOST_HOURS = 168
#: Settlements of another type (stock dividends) come between the regular ones.
_REGULAR = "Regular"


@dataclass(frozen=True, slots=True)
class FundingAdjustment:
    """One row of fundingInfo, which lists the contracts whose interval, cap or floor is not the default one."""

    symbol: str
    interval_ms: int
    rate_cap: Decimal | None
    rate_floor: Decimal | None


def funding_adjustments(body: bytes) -> tuple[FundingAdjustment, ...]:
    return read(body, "funding info", lambda rows: sound_rows(rows, _adjustment))


@dataclass(frozen=True, slots=True)
class Settlement:
    """One row of the funding history."""

    symbol: str
    settled: SettledRate
    is_special: bool


def settlements(body: bytes) -> tuple[Settlement, ...]:
    """Settlements of every type, in the order of the answer."""

    def meaning(rows: object) -> tuple[Settlement, ...]:
        return tuple(
            Settlement(
                symbol=word(row, "symbol"),
                settled=SettledRate(time_ms(row, "fundingTime"), amount(row, "fundingRate")),
                is_special=row.get("rateType", _REGULAR) != _REGULAR,
            )
            for row in rows_of(rows)
        )

    return read(body, "funding rates", meaning)


def settled_rates(body: bytes) -> tuple[tuple[str, SettledRate], ...]:
    """Regular settlements with their symbols, in the order of the answer."""
    return tuple((row.symbol, row.settled) for row in settlements(body) if not row.is_special)


def _adjustment(row: Row) -> FundingAdjustment:
    hours = amount(row, "fundingIntervalHours")
    if not 0 < hours <= _MOST_HOURS:
        raise FigureError(f"fundingIntervalHours: {hours} is no interval")
    return FundingAdjustment(
        symbol=word(row, "symbol"),
        interval_ms=round(hours * _HOUR_MS),
        rate_cap=amount_or_none(row, "adjustedFundingRateCap"),
        rate_floor=amount_or_none(row, "adjustedFundingRateFloor"),
    )
