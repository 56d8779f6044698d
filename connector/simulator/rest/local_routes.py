"""The exchange's own paths, outside the venue's namespace: accounts, funding, prices, faults.

They are for programs of this machine: a browser's page of another origin is refused.
"""

from collections.abc import Callable
from decimal import Decimal

from connector.simulator.access.loopback import HOME
from connector.simulator.access.parameters import Parameters
from connector.simulator.errors import VenueError
from connector.simulator.fault_injection.faults import FAULTS, Armed
from connector.simulator.fixed_point import to_e8
from connector.simulator.market.collateral_prices import ASSETS
from connector.simulator.market.instruments import scaled
from connector.simulator.payloads.account_payloads import income_row
from connector.simulator.payloads.instrument_payloads import leverage_brackets
from connector.simulator.payloads.market_payloads import funding_info_row, funding_rate_row, premium_index
from connector.simulator.rest.local_keys import new_account, ready_made_account, revoke_key
from connector.simulator.rest.page import view
from connector.simulator.rest.simulation_routes import SIMULATION_ROUTES
from connector.simulator.runtime import Runtime

LocalHandler = Callable[[Runtime, Parameters], object]
#: A clock years ahead or an answer that never comes happens to nobody.
LONGEST_FAULT_MS = 86_400_000


def background(runtime: Runtime, params: Parameters) -> object:
    """What `background_row` tells, and a notice when the market has come to its end."""
    return {**background_row(runtime), "notice": runtime.notice}


def background_row(runtime: Runtime) -> dict[str, object]:
    """What the background did so far, and left out; `fingerprint` is empty before its 1,000th command."""
    source = runtime.background
    return {
        "seed": source.seed,
        "commands": source.commands,
        "hash": source.hash,
        "fingerprint": source.fingerprint,
        "skipped_steps": source.skipped_steps,
        "deferred_moves": source.deferred_moves,
    }


def settle_funding(runtime: Runtime, params: Parameters) -> object:
    """Settles the funding of `symbol`, or of every symbol, now; the next settlement is one interval away."""
    engine, now_ms = runtime.engine, runtime.now_ms()
    symbol = params.optional("symbol")
    listings = list(engine.listings.values()) if symbol is None else [engine.listing(symbol)]
    return [funding_rate_row(engine.settle_funding(listing, now_ms, now_ms)) for listing in listings]


def adjust_funding(runtime: Runtime, params: Parameters) -> object:
    """Changes `hours`, `cap` and `floor` of a symbol's funding from the next settlement on; `rate` nails it at once."""
    listing = runtime.engine.listing(params.text("symbol"))
    hours = params.optional_integer("hours")
    if hours not in (None, 1, 2, 4, 8):
        raise VenueError(-1130, "hours")
    cap_e8, floor_e8, rate_e8 = (
        to_e8(params.decimal(name)) if params.has(name) else None for name in ("cap", "floor", "rate")
    )
    runtime.engine.adjust_funding(listing.symbol, runtime.now_ms(), hours, cap_e8, floor_e8, rate_e8)
    return funding_info_row(listing)


def transfer(runtime: Runtime, params: Parameters) -> object:
    """Moves `amount` of `asset` into the wallet of `api_key`, or out of it when negative."""
    account_id = _account_id(runtime, params)
    asset = params.text("asset")
    if asset not in ASSETS:
        raise VenueError(-1130, "asset")
    amount_e8 = to_e8(params.decimal("amount"))
    return income_row(runtime.engine.transfer(account_id, amount_e8, runtime.now_ms(), asset))


def force_liquidation(runtime: Runtime, params: Parameters) -> object:
    """Liquidates the positions of `api_key` in `symbol`, whatever its margin."""
    runtime.engine.force_liquidation(_account_id(runtime, params), params.text("symbol"), runtime.now_ms())
    return {}


def force_adl(runtime: Runtime, params: Parameters) -> object:
    """Deleverages the positions of `api_key` in `symbol`, whoever stands before it."""
    runtime.engine.force_adl(_account_id(runtime, params), params.text("symbol"), runtime.now_ms())
    return {}


def scale_brackets(runtime: Runtime, params: Parameters) -> object:
    """Makes the brackets of a symbol `share` times as wide, from 0.01 to 100."""
    listing, share = runtime.engine.listing(params.text("symbol")), params.decimal("share")
    if not Decimal("0.01") <= share <= 100:
        raise VenueError(-1130, "share")
    runtime.engine.change_brackets(listing.symbol, scaled(listing.instrument.brackets, share))
    return leverage_brackets(listing.instrument)


def _account_id(runtime: Runtime, params: Parameters) -> int:
    key = runtime.api_keys.find(params.text("api_key"))
    if key is None:
        raise VenueError(-2015, HOME)
    return key.account_id


def fix_mark_price(runtime: Runtime, params: Parameters) -> object:
    """Nails a symbol's mark price to `price`; without a price it moves again."""
    listing = runtime.engine.listing(params.text("symbol"))
    runtime.engine.fix_mark(listing.symbol, to_e8(params.decimal("price")) if params.has("price") else None)
    return premium_index(listing, runtime.now_ms())


def list_faults(runtime: Runtime, params: Parameters) -> object:
    return {
        "known": {name: row.about for name, row in FAULTS.items()},
        "armed": [_fault_row(armed) for armed in runtime.faults.armed()],
    }


def arm_fault(runtime: Runtime, params: Parameters) -> object:
    """Arms a fault by `name`, `times`, `ms`, `method`, `path`, `stream`, `symbol`; `times=0` disarms it."""
    name = params.text("name")
    if name not in FAULTS:
        raise VenueError(-1130, "name")
    times, ms = params.optional_integer("times"), params.optional_integer("ms")
    if ms is not None and ms > LONGEST_FAULT_MS:
        raise VenueError(-1130, "ms")
    runtime.faults.arm(
        name,
        1 if times is None else times,
        ms=1000 if ms is None else ms,
        method=params.optional("method") or "",
        path=params.optional("path") or "",
        stream=params.optional("stream") or "",
        symbol=params.optional("symbol") or "",
    )
    return list_faults(runtime, params)


def _fault_row(armed: Armed) -> dict[str, object]:
    return {
        "name": armed.name,
        "times": armed.times,
        "ms": armed.ms,
        "method": armed.method,
        "path": armed.path,
        "stream": armed.stream,
        "symbol": armed.symbol,
    }


LOCAL_ROUTES: dict[tuple[str, str], LocalHandler] = {
    ("GET", "/local/v1/account"): ready_made_account,
    ("POST", "/local/v1/account"): new_account,
    ("DELETE", "/local/v1/key"): revoke_key,
    ("GET", "/local/v1/background"): background,
    ("POST", "/local/v1/funding"): settle_funding,
    ("PUT", "/local/v1/funding"): adjust_funding,
    ("POST", "/local/v1/transfer"): transfer,
    ("POST", "/local/v1/liquidation"): force_liquidation,
    ("POST", "/local/v1/adl"): force_adl,
    ("POST", "/local/v1/brackets"): scale_brackets,
    ("POST", "/local/v1/mark"): fix_mark_price,
    ("GET", "/local/v1/view"): view,
    ("GET", "/local/v1/faults"): list_faults,
    ("POST", "/local/v1/faults"): arm_fault,
    **SIMULATION_ROUTES,
}
