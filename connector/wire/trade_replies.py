"""The one fact of an answer about public trades that is needed: which was the last."""

from collections.abc import Mapping
from typing import Any

from connector.wire.json_text import read


def last_trade_ids(body: bytes) -> dict[str, int]:
    """By symbol, of the 24-hour statistics of one symbol or of all; -1 for one that never traded."""
    return read(body, "ticker/24hr", lambda rows: dict(map(_last_trade_id, rows if isinstance(rows, list) else [rows])))


def _last_trade_id(row: Mapping[str, Any]) -> tuple[str, int]:
    return str(row["symbol"]), int(row["lastId"])
