"""The exchange's own path for brackets: other ones for a symbol, wider or narrower, or a client's own tables."""

import json
from decimal import Decimal

from connector.simulator.access.parameters import Parameters
from connector.simulator.errors import VenueError
from connector.simulator.market.bracket_tables import BadTable, table_of
from connector.simulator.market.instruments import Bracket, scaled
from connector.simulator.payloads.instrument_payloads import leverage_brackets
from connector.simulator.runtime import Runtime

#: What says how brackets change.
WAYS = ("share", "brackets", "rows")
_WHAT_WOULD_DO = "say symbol and share, or symbol and brackets, or rows of leverageBracket alone"
LEAST_SHARE, MOST_SHARE = Decimal("0.01"), 100


def change_brackets(runtime: Runtime, params: Parameters) -> object:
    """Makes the brackets of `symbol` `share` times as wide, or replaces them by the table in `brackets`.

    `rows` are the tables of several symbols, as leverageBracket answers them: all are taken, or none. The answer is
    what leverageBracket tells from then on, of one symbol or of those.
    """
    ways = [name for name in WAYS if params.has(name)]
    if len(ways) != 1:
        found = f"{' and '.join(ways)} exclude each other" if ways else "nothing says how they change"
        raise VenueError(-1130, text=f"brackets: {found}; {_WHAT_WOULD_DO}")
    if ways == ["rows"]:
        if params.has("symbol"):
            raise VenueError(-1130, text=f"brackets: rows name their symbols, symbol is one more; {_WHAT_WOULD_DO}")
        return [_changed(runtime, symbol, table) for symbol, table in _tables(runtime, params).items()]
    if not params.has("symbol"):
        raise VenueError(-1130, text=f"brackets: symbol is missing; {_WHAT_WOULD_DO}")
    listing = runtime.engine.listing(params.text("symbol"))
    if params.has("brackets"):
        return _changed(runtime, listing.symbol, _table(runtime, listing.symbol, _told(params, "brackets")))
    share = params.decimal("share")
    if not LEAST_SHARE <= share <= MOST_SHARE:
        raise VenueError(-1130, text=f"share {share} must be from {LEAST_SHARE} to {MOST_SHARE}")
    return _changed(runtime, listing.symbol, scaled(listing.instrument.brackets, share))


def _tables(runtime: Runtime, params: Parameters) -> dict[str, tuple[Bracket, ...]]:
    """By symbol, each of them once."""
    named = [_named(row) for row in _told(params, "rows")]
    if not named:
        raise VenueError(-1130, text="rows are empty; at least one row of leverageBracket is needed")
    tables: dict[str, tuple[Bracket, ...]] = {}
    for symbol, rows in named:
        if symbol in tables:
            raise VenueError(-1130, text=f"rows name {symbol} twice; one table a symbol")
        tables[symbol] = _table(runtime, symbol, rows)
    return tables


def _changed(runtime: Runtime, symbol: str, table: tuple[Bracket, ...]) -> object:
    runtime.engine.change_brackets(symbol, table, runtime.now_ms())
    return leverage_brackets(runtime.engine.listing(symbol).instrument)


def _told(params: Parameters, name: str) -> list[object]:
    try:
        told = json.loads(params.text(name))
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, list):
        raise VenueError(-1130, name, text=f"{name} is no list in JSON")
    return told


def _named(row: object) -> tuple[str, object]:
    """Symbol and table of a row of leverageBracket."""
    if not isinstance(row, dict) or not isinstance(row.get("symbol"), str):
        raise VenueError(-1130, text="a row of brackets is an object with symbol and brackets")
    return row["symbol"], row.get("brackets")


def _table(runtime: Runtime, symbol: str, rows: object) -> tuple[Bracket, ...]:
    runtime.engine.listing(symbol)
    try:
        return table_of(rows)
    except BadTable as flaw:
        raise VenueError(-1130, text=f"brackets of {symbol}, {flaw}") from flaw
