"""When a contract pays funding and within which bounds: its interval can change, and does by itself.

A contract's hours run on the exchange's clock as fast as the settings say: `eight_hours_ms`. The rate of N hours is
that of eight hours over 8 / N ("Funding rate"). A rate at its cap or floor switches the contract to hourly
settlement (since 2025-05-02), sixteen calm hourly rates in a row bring it back to four hours (since 2026-01-02).
"""

from dataclasses import dataclass
from decimal import Decimal

from connector.simulator.fixed_point import half_up, to_e8

INTEREST_E8 = to_e8(Decimal("0.0001"))
CLAMP_E8 = to_e8(Decimal("0.0005"))
CAP_E8 = to_e8(Decimal("0.02"))
#: Hourly rates up to this size are calm.
CALM_E8, CALM_RATES = to_e8(Decimal("0.00025")), 16


@dataclass(slots=True)
class FundingSchedule:
    """When one contract settles, and within which bounds."""

    eight_hours_ms: int
    #: What fundingInfo says.
    hours: int = 8
    cap_e8: int = CAP_E8
    floor_e8: int = -CAP_E8
    #: Nails the rate where a test wants it.
    fixed_e8: int | None = None
    #: The last change's time, None before the first.
    adjusted_ms: int | None = None
    calm: int = 0

    @property
    def interval_ms(self) -> int:
        return max(1, self.eight_hours_ms * self.hours // 8)

    def rate_e8(self, premium_e8: int) -> int:
        """The rate of one interval for an average premium, within cap and floor."""
        if self.fixed_e8 is not None:
            return self.fixed_e8
        pull = max(-CLAMP_E8, min(CLAMP_E8, INTEREST_E8 - premium_e8))
        return max(self.floor_e8, min(self.cap_e8, half_up((premium_e8 + pull) * self.hours, 8)))

    def follow(self, rate_e8: int, now_ms: int) -> None:
        """Takes a settled rate: it may change the interval of what comes next."""
        self.calm = self.calm + 1 if self.hours == 1 and abs(rate_e8) <= CALM_E8 else 0
        if self.hours != 1 and not self.floor_e8 < rate_e8 < self.cap_e8:
            self.adjust(now_ms, hours=1)
        elif self.calm >= CALM_RATES:
            self.adjust(now_ms, hours=4)

    def adjust(
        self, now_ms: int, *, hours: int | None = None, cap_e8: int | None = None, floor_e8: int | None = None
    ) -> None:
        """Changes what is given, from the next settlement on."""
        self.hours = self.hours if hours is None else hours
        self.cap_e8 = self.cap_e8 if cap_e8 is None else cap_e8
        self.floor_e8 = self.floor_e8 if floor_e8 is None else floor_e8
        self.adjusted_ms, self.calm = now_ms, 0
