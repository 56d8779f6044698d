"""Small recordings, made for a test."""

import gzip
import json
from pathlib import Path
from typing import Any

SNAPSHOT: dict[str, Any] = {
    "lastUpdateId": 100,
    "bids": [["60000.00", "1.000"], ["59999.00", "3.000"]],
    "asks": [["60000.10", "1.000"], ["60001.00", "3.000"]],
}


def depth(last_id: int, bids: list[list[str]] | None = None, asks: list[list[str]] | None = None) -> dict[str, Any]:
    return {"e": "depthUpdate", "s": "BTCUSDT", "U": last_id, "u": last_id, "b": bids or [], "a": asks or []}


def trade(price: str, quantity: str, *, seller_took: bool = False, kind: str = "trade") -> dict[str, Any]:
    return {"e": kind, "s": "BTCUSDT", "p": price, "q": quantity, "m": seller_took}


def written(folder: Path, facts: list[dict[str, Any]], name: str = "recording.gz", every_ms: int = 100) -> Path:
    """A recording with a fact every so many ms."""
    lines = []
    for number, fact in enumerate(facts):
        row = fact if "lastUpdateId" in fact else {"stream": "x", "data": fact}
        if "outage" in fact:
            row = {"stream": "btcusdt@outage", "data": {"reason": fact["outage"]}}
        lines.append(f"{number * every_ms * 1_000_000} {json.dumps(row)}\n")
    path = folder / name
    path.write_bytes(gzip.compress("".join(lines).encode()))
    return path
