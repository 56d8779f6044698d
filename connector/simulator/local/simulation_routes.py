"""The exchange's own paths for drills: its clock, price scripts, and the hash of its state."""

import math
from collections.abc import Callable
from decimal import Decimal

from connector.simulator.access.parameters import Parameters
from connector.simulator.clock import MOST_RATE, VirtualClock
from connector.simulator.errors import VenueError
from connector.simulator.fault_injection.price_scripts import SCRIPTS
from connector.simulator.persistence.state_hash import state_hash
from connector.simulator.runtime import Runtime

#: A step is taken in one go, and nobody else gets a turn meanwhile.
MOST_STEP_MS = 600_000


def clock_rate(runtime: Runtime) -> float:
    """How fast the exchange's time goes, 0 while it is paused."""
    clock = runtime.settings.clock
    return clock.rate if isinstance(clock, VirtualClock) else 1


def running_rate(runtime: Runtime) -> float:
    """How fast it goes, or will when it goes on."""
    clock = runtime.settings.clock
    return clock.running_rate if isinstance(clock, VirtualClock) else 1


def clock_row(runtime: Runtime, params: Parameters) -> object:
    rate = clock_rate(runtime)
    return {"now_ms": runtime.now_ms(), "rate": rate, "running_rate": running_rate(runtime), "paused": rate == 0}


def set_clock(runtime: Runtime, params: Parameters) -> object:
    """`rate` sets how fast time goes (0 pauses it), `step_ms` lets so much of it pass at once."""
    clock = runtime.settings.clock
    rate = params.decimal("rate") if params.has("rate") else None
    step_ms = params.optional_integer("step_ms", least=None) or 0
    if not isinstance(clock, VirtualClock):
        raise VenueError(-1130, text="this exchange runs on a clock that can't be set")
    if not 0 <= step_ms <= MOST_STEP_MS:
        raise VenueError(-1130, text=f"step_ms {step_ms} must be from 0 to {MOST_STEP_MS}")
    if rate is not None and not 0 <= rate <= Decimal(MOST_RATE):
        raise VenueError(-1130, text=f"rate {rate} must be from 0 to {MOST_RATE:g}")
    if rate is not None:
        clock.set_rate(float(rate))
    if step_ms:
        walk(runtime, clock, step_ms)
    return clock_row(runtime, params)


def walk(runtime: Runtime, clock: VirtualClock, ms: int) -> None:
    """Lets so much time pass at once, and does everything in it at its own moment."""
    until_ms = clock.monotonic_ms() + ms
    while (now_ms := clock.monotonic_ms()) < until_ms:
        clock.step(min(until_ms, max(math.ceil(runtime.next_ms()), now_ms + 1)) - now_ms)
        if clock.monotonic_ms() >= runtime.next_pulse_ms:
            runtime.pulse()
        else:
            runtime.trade()


def price_rows(runtime: Runtime, params: Parameters) -> object:
    return {"known": list(SCRIPTS), "running": runtime.background.running()}


def begin_prices(runtime: Runtime, params: Parameters) -> object:
    """Begins the price script of that `name` on `symbol`, on every symbol without one."""
    script = SCRIPTS.get(params.text("name"))
    if script is None:
        raise VenueError(-1130, text=f"name {params.text('name')!r} is none of {', '.join(SCRIPTS)}")
    symbol = params.optional("symbol")
    if symbol is None:
        runtime.background.begin_everywhere(script)
    else:
        runtime.background.begin(script, runtime.engine.listing(symbol).symbol)
    return price_rows(runtime, params)


def state_row(runtime: Runtime, params: Parameters) -> object:
    """The hash of all that the engine knows."""
    return {"life": runtime.epoch_name, "hash": state_hash(runtime.engine)}


#: What takes a second where hundreds of contracts are listed.
LONG_LOOKS = frozenset({("GET", "/local/v1/state")})
SIMULATION_ROUTES: dict[tuple[str, str], Callable[[Runtime, Parameters], object]] = {
    ("GET", "/local/v1/clock"): clock_row,
    ("POST", "/local/v1/clock"): set_clock,
    ("GET", "/local/v1/prices"): price_rows,
    ("POST", "/local/v1/prices"): begin_prices,
    ("GET", "/local/v1/state"): state_row,
}
