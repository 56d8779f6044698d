"""A list of contracts as long as the venue's, in the shape of exchangeInfo as of 2026-11; all names are made up."""

import json
from pathlib import Path
from typing import Any

from connector.simulator.payloads.instrument_payloads import exchange_info
from connector.simulator.runtime import Runtime
from connector.simulator.settings import SimulatorSettings

#: The grids that contracts below the great ones have: tick, step, smallest price, largest quantity.
GRIDS = (
    ("0.0100", "0.01", "0.4200", "200000"),
    ("0.0010", "0.1", "0.0310", "1000000"),
    ("0.0001", "1", "0.0078", "2000000"),
    ("0.00001", "1", "0.00001", "6000000"),
    ("0.0000100", "1", "0.0000100", "60000000"),
    ("0.0000001", "100", "0.0000012", "900000000"),
)


def long_list(count: int = 500) -> dict[str, Any]:
    """The shipped contracts, and made-up ones up to `count`."""
    shipped = Runtime(SimulatorSettings(background=False)).engine.listings.values()
    answer: dict[str, Any] = exchange_info(shipped, 1_700_000_000_000)
    rows = json.loads(json.dumps(answer["symbols"]))
    rows += [_row(rows[2], number) for number in range(count - len(rows))]
    return {**answer, "symbols": rows}


def written_list(path: Path, count: int = 500) -> Path:
    """`path`, with such a list in it."""
    path.write_text(json.dumps(long_list(count)))
    return path


def _row(pattern: dict[str, Any], number: int) -> dict[str, Any]:
    tick, step, least, most = GRIDS[number % len(GRIDS)]
    name = f"LOT{number:03}"
    row = {**pattern, "symbol": f"{name}USDT", "pair": f"{name}USDT", "baseAsset": name}
    row |= {"pricePrecision": len(tick.split(".")[1]), "quantityPrecision": len(step.partition(".")[2])}
    figures = {
        "PRICE_FILTER": {"tickSize": tick, "minPrice": least, "maxPrice": "20000"},
        "LOT_SIZE": {"stepSize": step, "minQty": step, "maxQty": most},
        "MARKET_LOT_SIZE": {"stepSize": step, "minQty": step, "maxQty": most},
    }
    row["filters"] = [{**each, **figures.get(each["filterType"], {})} for each in pattern["filters"]]
    return row
