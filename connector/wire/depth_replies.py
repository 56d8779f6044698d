"""The one fact of an answer about books that is not read in `market`: how new it is."""

from connector.wire.json_text import Row, read, sound_rows, whole, word


def last_update_id(body: bytes) -> int:
    return read(body, "depth", lambda row: whole(row, "lastUpdateId"))


def last_update_ids(body: bytes) -> dict[str, int]:
    """By symbol, of the best prices of all symbols."""
    return read(body, "bookTicker", lambda rows: dict(sound_rows(rows, _newest)))


def _newest(row: Row) -> tuple[str, int]:
    return word(row, "symbol"), whole(row, "lastUpdateId")
