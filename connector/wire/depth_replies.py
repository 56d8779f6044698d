"""The one fact of a depth answer that is not read in `market`: how new it is."""

from connector.wire.json_text import read


def last_update_id(body: bytes) -> int:
    return read(body, "depth", lambda row: int(row["lastUpdateId"]))
