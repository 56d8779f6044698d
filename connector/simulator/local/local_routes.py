"""The exchange's own paths, outside the venue's namespace: accounts, funding, prices, faults.

They are for programs of this machine: a browser's page of another origin is refused.
"""

from collections.abc import Callable

from connector.simulator.access.parameters import Parameters
from connector.simulator.accounts.wallets import FUNDING, FUTURES, SPOT
from connector.simulator.errors import VenueError
from connector.simulator.fault_injection.catalogue import FAULTS
from connector.simulator.fault_injection.fault_terms import FaultError, fault_of
from connector.simulator.fault_injection.faults import CannotStrike
from connector.simulator.fixed_point import to_e8
from connector.simulator.local.bracket_routes import change_brackets
from connector.simulator.local.known_names import known_names
from connector.simulator.local.local_assets import set_asset
from connector.simulator.local.local_keys import (
    change_key,
    key_named,
    new_account,
    new_key,
    ready_made_account,
    revoke_key,
)
from connector.simulator.local.page import view
from connector.simulator.local.simulation_routes import SIMULATION_ROUTES
from connector.simulator.market.collateral_prices import margin_assets
from connector.simulator.market.instruments import TRADIFI_PERPETUAL
from connector.simulator.payloads.account_payloads import income_row
from connector.simulator.payloads.market_payloads import funding_info_row, funding_rate_row, premium_index
from connector.simulator.runtime import Runtime

LocalHandler = Callable[[Runtime, Parameters], object]
WALLETS = {"futures": FUTURES, "spot": SPOT, "funding": FUNDING}


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
    """Settles the funding of `symbol`, or of every symbol, now; the next settlement is one interval away.

    `special` settles that rate beside the schedule, of a symbol on traditional finance.
    """
    engine, now_ms = runtime.engine, runtime.now_ms()
    symbol = params.optional("symbol")
    if params.has("special"):
        listing = engine.listing(params.text("symbol"))
        if listing.instrument.contract_type != TRADIFI_PERPETUAL:
            raise VenueError(-1130, text=f"{listing.symbol} is not on traditional finance and has no special funding")
        return [funding_rate_row(engine.settle_special(listing.symbol, to_e8(params.decimal("special")), now_ms))]
    listings = list(engine.listings.values()) if symbol is None else [engine.listing(symbol)]
    return [funding_rate_row(engine.settle_funding(listing, now_ms, now_ms)) for listing in listings]


def adjust_funding(runtime: Runtime, params: Parameters) -> object:
    """Changes `hours`, `cap` and `floor` of a symbol's funding from the next settlement on; `rate` nails it at once."""
    listing = runtime.engine.listing(params.text("symbol"))
    if listing.instrument.is_dated:
        raise VenueError(-1130, text=f"{listing.symbol} has a date and pays no funding")
    hours = params.optional_integer("hours", least=None)
    if hours not in (None, 1, 2, 4, 8):
        raise VenueError(-1130, text=f"hours {hours} is none of 1, 2, 4, 8")
    cap_e8, floor_e8, rate_e8 = (
        to_e8(params.decimal(name)) if params.has(name) else None for name in ("cap", "floor", "rate")
    )
    runtime.engine.adjust_funding(listing.symbol, runtime.now_ms(), hours, cap_e8, floor_e8, rate_e8)
    return funding_info_row(listing)


def transfer(runtime: Runtime, params: Parameters) -> object:
    """Brings `amount` of `asset` into a `wallet` of `api_key` (by default futures), or takes it out when negative."""
    account_id = key_named(runtime, params).account_id
    asset = params.text("asset")
    assets = margin_assets(runtime.engine.listings.values())
    if asset not in assets:
        raise VenueError(-1130, text=f"asset {asset!r} is none of {', '.join(assets)}")
    amount_e8, wallet = to_e8(params.decimal("amount")), params.optional("wallet") or "futures"
    if wallet not in WALLETS:
        raise VenueError(-1130, text=f"wallet {wallet!r} is none of {', '.join(WALLETS)}")
    return income_row(runtime.engine.transfer(account_id, amount_e8, runtime.now_ms(), asset, WALLETS[wallet]))


def force_liquidation(runtime: Runtime, params: Parameters) -> object:
    """Liquidates the positions of `api_key` in `symbol`, whatever its margin."""
    runtime.engine.force_liquidation(key_named(runtime, params).account_id, params.text("symbol"), runtime.now_ms())
    return {}


def force_adl(runtime: Runtime, params: Parameters) -> object:
    """Deleverages the positions of `api_key` in `symbol`, whoever stands before it."""
    runtime.engine.force_adl(key_named(runtime, params).account_id, params.text("symbol"), runtime.now_ms())
    return {}


def fix_mark_price(runtime: Runtime, params: Parameters) -> object:
    """Nails a symbol's mark price to `price`; without a price it moves again."""
    listing = runtime.engine.listing(params.text("symbol"))
    mark_e8 = to_e8(params.decimal("price")) if params.has("price") else None
    if mark_e8 is not None and mark_e8 <= 0:
        raise VenueError(-1130, text=f"price {params.text('price')} must be above 0")
    runtime.engine.fix_mark(listing.symbol, mark_e8)
    return premium_index(listing, runtime.now_ms())


def list_faults(runtime: Runtime, params: Parameters) -> object:
    return {
        "known": {name: row.about for name, row in FAULTS.items()},
        "armed": [armed.told() for armed in runtime.faults.armed()],
    }


def arm_fault(runtime: Runtime, params: Parameters) -> object:
    """Arms a fault by `name` and what it takes, `times=0` disarms it; answers what it was told and how it stands.

    What strikes at once tells in `struck` how many sockets, keys, contracts, positions, orders or accounts it struck.
    """
    keys = runtime.api_keys.all(), runtime.listen_keys.all()
    try:
        fault = fault_of(params.sent(), known_names(runtime.engine.listings, *keys))
        struck = runtime.faults.take_up(fault)
    except FaultError as flaw:
        raise VenueError(flaw.code, text=str(flaw)) from None
    except CannotStrike as flaw:
        raise VenueError(-1130, text=str(flaw)) from None
    if struck is not None:
        return {"state": "done" if struck else "nothing", "struck": struck, **fault.told()}
    now = next((armed for armed in runtime.faults.armed() if armed.name == fault.name), None)
    return {"state": "armed" if now else "disarmed", **(now or fault).told()}


LOCAL_ROUTES: dict[tuple[str, str], LocalHandler] = {
    ("GET", "/local/v1/account"): ready_made_account,
    ("POST", "/local/v1/account"): new_account,
    ("POST", "/local/v1/key"): new_key,
    ("PUT", "/local/v1/key"): change_key,
    ("DELETE", "/local/v1/key"): revoke_key,
    ("GET", "/local/v1/background"): background,
    ("POST", "/local/v1/funding"): settle_funding,
    ("PUT", "/local/v1/funding"): adjust_funding,
    ("POST", "/local/v1/transfer"): transfer,
    ("PUT", "/local/v1/asset"): set_asset,
    ("POST", "/local/v1/liquidation"): force_liquidation,
    ("POST", "/local/v1/adl"): force_adl,
    ("POST", "/local/v1/brackets"): change_brackets,
    ("POST", "/local/v1/mark"): fix_mark_price,
    ("GET", "/local/v1/view"): view,
    ("GET", "/local/v1/faults"): list_faults,
    ("POST", "/local/v1/faults"): arm_fault,
    **SIMULATION_ROUTES,
}
