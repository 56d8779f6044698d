"""How a local exchange is run."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from connector.core.clock import Clock
from connector.simulator.instruments import Instrument
from connector.simulator.shipped import SHIPPED


class WallClock:
    """This machine's clocks: the only place where the exchange reads time."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """`port` 0 takes a free one. `deposit` is the ready-made account's, in USDT.

    Funding comes `funding_first_s` after the start and every `funding_interval_s` from then, which stands for eight
    hours: `funding_hours` names the symbols that settle every 1, 2 or 4. `insurance_fund` is in USDT. `limits` False
    switches off the rate limits, never the counting; they are `limits_times` the venue's, and the first ban of who
    does not heed them lasts `first_ban_s`. `pulse_ms` is how often background, prices and streams move. `host` other
    than loopback lets the network in.
    """

    port: int = 0
    host: str = "127.0.0.1"
    seed: int = 1
    background: bool = True
    funding_first_s: float = 8.0
    funding_interval_s: float = 8.0
    funding_hours: Mapping[str, int] = field(default_factory=dict)
    insurance_fund: Decimal = Decimal(1_000_000)
    limits: bool = True
    limits_times: float = 1.0
    first_ban_s: float = 120.0
    deposit: Decimal = Decimal(10_000)
    pulse_ms: int = 50
    ping_interval_s: float = 180.0
    pong_within_s: float = 600.0
    socket_life_s: float = 86_400.0
    most_waiting_frames: int = 20_000
    instruments: tuple[Instrument, ...] = SHIPPED
    clock: Clock = field(default_factory=WallClock)
