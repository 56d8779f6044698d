"""Rows of exchangeInfo to change, and what is read from files of them."""

import json
from pathlib import Path
from typing import Any

from connector.simulator.market.instruments import Instrument
from connector.simulator.market.instruments_file import InstrumentList, read_instruments
from tests.companions.simulator.long_list import long_list

#: A friday.
DELIVERY_MS = 1_798_185_600_000


def row(symbol: str = "ABCUSDT", **changed: Any) -> dict[str, Any]:
    """A row of today's shape: a tick is 0.0001 and a lot 1 ABC. What is changed to None is not there at all."""
    found = {**next(one for one in long_list(20)["symbols"] if one["symbol"] == "LOT002USDT")}
    found |= {"symbol": symbol, "pair": symbol, "baseAsset": symbol.removesuffix("USDT")} | changed
    return {name: value for name, value in found.items() if value is not None}


def dated_row(symbol: str = "ABCUSDT_261225", **changed: Any) -> dict[str, Any]:
    """A row of the contract of ABCUSDT that is delivered at `DELIVERY_MS`."""
    told = {"pair": "ABCUSDT", "baseAsset": "ABC", "contractType": "CURRENT_QUARTER", "deliveryDate": DELIVERY_MS}
    return row(symbol, **{**told, **changed})


def with_filter(name: str, **changed: Any) -> dict[str, Any]:
    filters = [{**one, **changed} if one["filterType"] == name else one for one in row()["filters"]]
    return row(filters=filters)


def without_filter(name: str) -> dict[str, Any]:
    return row(filters=[one for one in row()["filters"] if one["filterType"] != name])


def read(path: Path, *rows: object) -> InstrumentList:
    file = path / "list.json"
    file.write_text(json.dumps({"symbols": [*rows]}))
    return read_instruments(file)


def one(path: Path, wanted: object) -> Instrument:
    (found,) = read(path, wanted).instruments
    return found
