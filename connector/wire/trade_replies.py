"""The one fact of an answer about public trades that is needed: which was the last."""

from connector.wire.json_text import Row, read, sound_rows, whole, word


def last_trade_ids(body: bytes) -> dict[str, int]:
    """By symbol, of the 24-hour statistics of one symbol or of all; -1 for one that never traded."""
    return read(body, "ticker/24hr", lambda rows: dict(sound_rows(_rows(rows), _last_trade_id)))


def _rows(value: object) -> object:
    return value if isinstance(value, list) else [value]


def _last_trade_id(row: Row) -> tuple[str, int]:
    return word(row, "symbol"), whole(row, "lastId", -1)
