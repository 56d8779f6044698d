"""Small recordings, made for a test."""

import gzip
import json
import math
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


def written(
    folder: Path, facts: list[dict[str, Any]], name: str = "recording.gz", every_ms: int = 100, begins_ms: int = 0
) -> Path:
    """A recording with a fact every so many ms."""
    lines = []
    for number, fact in enumerate(facts):
        row = fact if "lastUpdateId" in fact else {"stream": "x", "data": fact}
        if "outage" in fact:
            row = {"stream": "btcusdt@outage", "data": {"reason": fact["outage"]}}
        lines.append(f"{(begins_ms + number * every_ms) * 1_000_000} {json.dumps(row)}\n")
    path = folder / name
    path.write_bytes(gzip.compress("".join(lines).encode()))
    return path


def swinging(folder: Path, lasts_s: int, begins_ms: int = 1_700_000_000_000) -> Path:
    """A recording whose price swings by 4 USDT around 60,000, ten times a minute, with a trade each 200 ms."""
    facts: list[dict[str, Any]] = [SNAPSHOT]
    old = SNAPSHOT
    for number in range(1, lasts_s * 5):
        middle = 600_000 + round(40 * math.sin(number / 5 * math.tau / 6))
        bids = [[f"{(middle - 1 - depth * 10) / 10:.2f}", f"{1 + depth}.000"] for depth in range(3)]
        asks = [[f"{(middle + depth * 10) / 10:.2f}", f"{1 + depth}.000"] for depth in range(3)]
        gone = {side: [[price, "0"] for price, _ in old[side]] for side in ("bids", "asks")}
        facts.append(depth(100 + number, _changed(gone["bids"], bids), _changed(gone["asks"], asks)))
        facts.append(trade(bids[0][0], "0.010", seller_took=True) if number % 2 else trade(asks[0][0], "0.010"))
        old = {"bids": bids, "asks": asks}
    return written(folder, facts, begins_ms=begins_ms)


def _changed(gone: list[list[str]], new: list[list[str]]) -> list[list[str]]:
    prices = {price for price, _ in new}
    return [row for row in gone if row[0] not in prices] + new
