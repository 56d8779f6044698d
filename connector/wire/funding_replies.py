"""Answers about funding: how contracts settle, and what was settled."""

from dataclasses import dataclass
from decimal import Decimal

from connector.core.funding_info import SettledRate
from connector.wire.json_text import Row, amount, amount_or_none, read

_HOUR_MS = 3_600_000
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
    return read(body, "funding info", lambda rows: tuple(_adjustment(row) for row in rows))


def settled_rates(body: bytes) -> tuple[tuple[str, SettledRate], ...]:
    """Regular settlements with their symbols, in the order of the answer."""
    return read(
        body,
        "funding rates",
        lambda rows: tuple(
            (str(row["symbol"]), SettledRate(int(row["fundingTime"]), amount(row, "fundingRate")))
            for row in rows
            if row.get("rateType", _REGULAR) == _REGULAR
        ),
    )


def _adjustment(row: Row) -> FundingAdjustment:
    return FundingAdjustment(
        symbol=str(row["symbol"]),
        interval_ms=round(Decimal(str(row["fundingIntervalHours"])) * _HOUR_MS),
        rate_cap=amount_or_none(row, "adjustedFundingRateCap"),
        rate_floor=amount_or_none(row, "adjustedFundingRateFloor"),
    )
