"""What a second factor lets a connector do: leverage above its threshold, changes of the account's modes."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Permit:
    """Without a second factor everything is permitted, for good."""

    domain: str = ""
    #: Above this leverage it is asked for; None: never.
    leverage_above: int | None = None
    #: Whether a leverage above it is approved now.
    approves_leverage: Callable[[int], bool] = lambda leverage: False
    #: Whether position mode, margin type and multi-assets mode may be changed now.
    approves_modes: Callable[[], bool] = lambda: True

    def bars_leverage(self, leverage: int) -> str:
        """Why nothing opens at that leverage now, with the way out; empty where it may."""
        if self.leverage_above is None or leverage <= self.leverage_above or self.approves_leverage(leverage):
            return ""
        return (
            f"the second factor (leverage {leverage} is above {self.leverage_above}: "
            f"connector approve leverage {leverage} --domain {self.domain} --for 8h)"
        )

    def bars_modes(self) -> str:
        """Why the account's modes stay as they are, with the way out; empty where they may be changed."""
        if self.approves_modes():
            return ""
        return (
            f"the second factor (a mode of the account has to change: "
            f"connector approve modes --domain {self.domain} --for 10m)"
        )


#: A local exchange, or a domain without a second factor.
EVERYTHING = Permit()
