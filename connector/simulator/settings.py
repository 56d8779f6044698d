"""How a local exchange is run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from connector.core.clock import Clock
from connector.simulator.clock import VirtualClock
from connector.simulator.fault_injection.fault_script import ScriptedFault
from connector.simulator.fault_injection.latency import LatencyModel
from connector.simulator.fault_injection.price_scripts import PriceScript
from connector.simulator.market.default_instruments import SHIPPED
from connector.simulator.market.instruments import Instrument


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """`port` 0 takes a free one. `deposit` is the ready-made account's, in USDT.

    Funding comes `funding_first_s` after the start and every `funding_interval_s` from then, which stands for eight
    hours: `funding_hours` names the symbols that settle every 1, 2 or 4. `insurance_fund` is in USDT. `limits` False
    switches off the rate limits, never the counting; they are `limits_times` the venue's, and the first ban of who
    does not heed them lasts `first_ban_s`. `host` other than loopback lets the network in.
    `pulse_ms` is how often prices and streams move at least;
    `pace` how many times faster than the venue the background trades. `price_scripts` begin so many ms after the
    start, on every symbol. Half of `ack_latency` passes before a request is carried out, half before it is answered;
    `event_latency` delays every frame of a stream, order kept. `replay` is a recording that is the market instead of
    the background; `journal` a file for every command; `state` one that the life is kept in and goes on from.
    `fault_script` counts from the start, too.
    """

    port: int = 0
    host: str = "127.0.0.1"
    seed: int = 1
    background: bool = True
    pace: float = 1.0
    price_scripts: tuple[tuple[PriceScript, int], ...] = ()
    ack_latency: LatencyModel | None = None
    event_latency: LatencyModel | None = None
    replay: Path | None = None
    journal: Path | None = None
    state: Path | None = None
    state_every_s: float = 5.0
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
    fault_script: tuple[ScriptedFault, ...] = ()
    clock: Clock = field(default_factory=VirtualClock)
