"""The exchange's own paths for drills: its clock, price scripts, and the hash of its state."""

import math
from collections.abc import Callable
from decimal import Decimal

from connector.simulator.floor import TradingFloor
from connector.simulator.parameters import Parameters
from connector.simulator.price_scripts import SCRIPTS
from connector.simulator.refusals import Refusal
from connector.simulator.state_hash import state_hash
from connector.simulator.virtual_clock import MOST_RATE, VirtualClock

#: A step is taken in one go, and nobody else gets a turn meanwhile.
MOST_STEP_MS = 600_000


def clock_row(floor: TradingFloor, params: Parameters) -> object:
    clock = floor.settings.clock
    rate = clock.rate if isinstance(clock, VirtualClock) else 1
    return {"now_ms": floor.now_ms(), "rate": rate, "paused": rate == 0}


def set_clock(floor: TradingFloor, params: Parameters) -> object:
    """`rate` sets how fast time goes (0 pauses it), `step_ms` lets so much of it pass at once."""
    clock = floor.settings.clock
    rate = params.decimal("rate") if params.has("rate") else None
    step_ms = params.optional_integer("step_ms") or 0
    if not 0 <= step_ms <= MOST_STEP_MS or not isinstance(clock, VirtualClock):
        raise Refusal(-1130, "step_ms")
    if rate is not None and not 0 <= rate <= Decimal(MOST_RATE):
        raise Refusal(-1130, "rate")
    if rate is not None:
        clock.set_rate(float(rate))
    if step_ms:
        walk(floor, clock, step_ms)
    return clock_row(floor, params)


def walk(floor: TradingFloor, clock: VirtualClock, ms: int) -> None:
    """Lets so much time pass at once, and does everything in it at its own moment."""
    until_ms = clock.monotonic_ms() + ms
    while (now_ms := clock.monotonic_ms()) < until_ms:
        clock.step(min(until_ms, max(math.ceil(floor.next_ms()), now_ms + 1)) - now_ms)
        floor.pulse() if clock.monotonic_ms() >= floor.next_pulse_ms else floor.trade()


def price_rows(floor: TradingFloor, params: Parameters) -> object:
    return {"known": list(SCRIPTS), "running": floor.background.running()}


def begin_prices(floor: TradingFloor, params: Parameters) -> object:
    """Begins the price script of that `name` on `symbol`, on every symbol without one."""
    script = SCRIPTS.get(params.text("name"))
    if script is None:
        raise Refusal(-1130, "name")
    symbol = params.optional("symbol")
    symbols = list(floor.engine.listings) if symbol is None else [floor.engine.listing(symbol).symbol]
    for each in symbols:
        floor.background.begin(script, each)
    return price_rows(floor, params)


def state_row(floor: TradingFloor, params: Parameters) -> object:
    """The hash of all that the engine knows."""
    return {"life": floor.life, "hash": state_hash(floor.engine)}


DRILL_ROUTES: dict[tuple[str, str], Callable[[TradingFloor, Parameters], object]] = {
    ("GET", "/local/v1/clock"): clock_row,
    ("POST", "/local/v1/clock"): set_clock,
    ("GET", "/local/v1/prices"): price_rows,
    ("POST", "/local/v1/prices"): begin_prices,
    ("GET", "/local/v1/state"): state_row,
}
