"""The exchange's own path to what a margin asset is worth: a coin that loses its peg, a haircut that grows."""

from dataclasses import replace
from typing import Any

from connector.simulator.access.parameters import Parameters
from connector.simulator.errors import VenueError
from connector.simulator.fixed_point import E8, to_e8
from connector.simulator.market.collateral_prices import margin_assets
from connector.simulator.payloads.index_payloads import asset_index_row
from connector.simulator.runtime import Runtime

#: In USD.
HIGHEST_E8 = 10**9 * E8
#: The figures of a margin asset by the names of their parameters.
FIGURES = {
    "index": "fixed_e8",
    "bid_buffer": "bid_buffer_e8",
    "ask_buffer": "ask_buffer_e8",
    "exchange_bid_buffer": "exchange_bid_buffer_e8",
    "exchange_ask_buffer": "exchange_ask_buffer_e8",
}


def set_asset(runtime: Runtime, params: Parameters) -> object:
    """Nails the `index` of an asset in USD, or changes its buffers (shares from 0 to less than 1), from now on."""
    asset = params.text("asset")
    assets = margin_assets(runtime.engine.listings.values())
    if asset not in assets:
        raise VenueError(-1130, text=f"asset {asset!r} is none of {', '.join(assets)}")
    changed: dict[str, Any] = {"priced_by": ""} if params.has("index") else {}
    for name in FIGURES:
        if params.has(name):
            figure_e8 = to_e8(params.decimal(name))
            if name == "index" and not 0 < figure_e8 <= HIGHEST_E8:
                raise VenueError(-1130, text=f"index {params.text(name)} must be above 0, at most {HIGHEST_E8 // E8}")
            if name != "index" and not 0 <= figure_e8 < E8:
                raise VenueError(-1130, text=f"{name} {params.text(name)} must be from 0 to less than 1")
            changed[FIGURES[name]] = figure_e8
    runtime.engine.set_asset(replace(runtime.engine.collateral.row(asset), **changed))
    return asset_index_row(f"{asset}USD", runtime.engine.collateral, runtime.now_ms())
