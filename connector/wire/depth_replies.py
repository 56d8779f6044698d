"""The one fact of an answer about books that is not read in `market`: how new it is."""

from connector.wire.json_text import read


def last_update_id(body: bytes) -> int:
    return read(body, "depth", lambda row: int(row["lastUpdateId"]))


def last_update_ids(body: bytes) -> dict[str, int]:
    """By symbol, of the best prices of all symbols."""
    return read(body, "bookTicker", lambda rows: {str(row["symbol"]): int(row["lastUpdateId"]) for row in rows})
