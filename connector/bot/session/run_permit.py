"""What a second factor lets a run do, and until when: leverage above its threshold, changes of the account's modes."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunPermit:
    """Without a second factor everything is permitted, for good."""

    domain: str = ""
    #: Above this leverage it is asked for; None: never.
    leverage_above: int | None = None
    #: Until when (s since the epoch) a leverage above it is permitted; 0: it is not.
    leverage_until: Callable[[int], float] = lambda leverage: 0.0
    #: Whether the run may change position mode, margin type and multi-assets mode.
    may_change_modes: bool = True

    def bars_leverage(self, leverage: int, now_s: float) -> str:
        """Why nothing opens at that leverage now, with the way out; empty where it may."""
        if self.leverage_above is None or leverage <= self.leverage_above or now_s < self.leverage_until(leverage):
            return ""
        return (
            f"the second factor (leverage {leverage} is above {self.leverage_above}: "
            f"connector approve leverage {leverage} --domain {self.domain} --for 8h)"
        )

    def bars_modes(self) -> str:
        """Why the account's modes stay as they are, with the way out; empty where they may be changed."""
        if self.may_change_modes:
            return ""
        return (
            f"the second factor (the account's position mode has to change: "
            f"connector approve modes --domain {self.domain} --for 10m)"
        )


#: A local exchange, or a domain without a second factor.
EVERYTHING = RunPermit()
