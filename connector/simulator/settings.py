"""How a local exchange is run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from connector.core.clock import Clock
from connector.simulator.access.loopback import HOME
from connector.simulator.clock import VirtualClock
from connector.simulator.fault_injection.fault_script import ScriptedFault
from connector.simulator.fault_injection.latency import LatencyModel
from connector.simulator.fault_injection.price_scripts import PriceScript
from connector.simulator.market.default_instruments import DEFAULT_INSTRUMENTS
from connector.simulator.market.instruments import Instrument


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """How a local exchange runs."""

    #: 0 takes a free one.
    port: int = 0
    #: Another one than loopback lets the network in.
    host: str = HOME
    seed: int = 1
    background: bool = True
    #: How many times faster than the venue the background trades.
    pace: float = 1.0
    #: Begin so many ms after the start, on every symbol.
    price_scripts: tuple[tuple[PriceScript, int], ...] = ()
    #: Half of it passes before a request is carried out, half before it is answered.
    ack_latency: LatencyModel | None = None
    #: Delays every frame of a stream, order kept.
    event_latency: LatencyModel | None = None
    #: A recording that is the market instead of the background.
    replay: Path | None = None
    #: The end of a pipe through which one comes that is still being written, in the place of both.
    growing_replay: int | None = None
    #: A file for every command.
    journal: Path | None = None
    #: A file that the life is kept in and goes on from.
    state: Path | None = None
    state_every_s: float = 5.0
    #: After the start.
    funding_first_s: float = 8.0
    #: Stands for eight hours.
    funding_interval_s: float = 8.0
    #: The symbols that settle every 1, 2 or 4 hours instead.
    funding_hours: Mapping[str, int] = field(default_factory=dict)
    #: Of each margin asset, in USDT or its worth.
    insurance_fund: Decimal = Decimal(1_000_000)
    #: False switches off the rate limits, never the counting.
    limits: bool = True
    #: How many times the venue's they are.
    limits_times: float = 1.0
    #: How long the first ban of who does not heed them lasts.
    first_ban_s: float = 120.0
    #: The ready-made account's, in USDT.
    deposit: Decimal = Decimal(10_000)
    #: How often prices and streams move at least.
    pulse_ms: int = 50
    ping_interval_s: float = 180.0
    pong_within_s: float = 600.0
    socket_life_s: float = 86_400.0
    most_waiting_frames: int = 20_000
    instruments: tuple[Instrument, ...] = DEFAULT_INSTRUMENTS
    #: Counts from the start.
    fault_script: tuple[ScriptedFault, ...] = ()
    clock: Clock = field(default_factory=VirtualClock)
