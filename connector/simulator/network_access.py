"""Who may reach a local exchange, and how often: what the command line says about it."""

import re
from dataclasses import dataclass, replace

from connector.simulator.access.loopback import HOME, is_loopback_address
from connector.simulator.settings import SimulatorSettings

_TIMES = re.compile(r"[x×]([0-9]{1,6}(?:\.[0-9]{1,6})?)")


@dataclass(frozen=True, slots=True)
class Limits:
    """Which rate limits hold: the venue's, none, or the venue's so many times."""

    enforced: bool = True
    times: float = 1.0


def limits_of(text: str) -> Limits | None:
    """What "venue", "off" or "xN" mean; None for anything else, and for a factor of 0."""
    if text in ("venue", "off"):
        return Limits(enforced=text == "venue")
    found = _TIMES.fullmatch(text)
    return Limits(times=float(found[1])) if found and float(found[1]) else None


@dataclass(frozen=True, slots=True)
class Access:
    """Loopback under the venue's limits, unless said otherwise; the network only on purpose."""

    host: str = HOME
    allow_network: bool = False
    limits: Limits = Limits()

    @property
    def is_allowed(self) -> bool:
        return self.allow_network or is_loopback_address(self.host)

    @property
    def refusal(self) -> str:
        """Why it is not allowed."""
        return f"{self.host} is not loopback: whoever reaches it could trade; --allow-network permits it"

    def applied(self, settings: SimulatorSettings) -> SimulatorSettings:
        limits = self.limits
        return replace(settings, host=self.host, limits=limits.enforced, limits_times=limits.times)
