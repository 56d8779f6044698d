"""The seeds that a long run is asked for."""

import re

#: What a long run takes where no seeds are named: the next after those of every run.
FURTHER = "1000-1999"


def seeds_of(text: str) -> range:
    """`20000`: so many seeds from 0 on; `5000-7499`: those, both ends among them. Raises ValueError."""
    found = re.fullmatch(r"(?:(\d{1,9})-)?(\d{1,9})", text)
    if found is None or int(found[2]) < int(found[1] or 1):
        raise ValueError(f"{text!r} are no seeds; write a number of them, or the first and the last: 5000-7499")
    return range(int(found[2])) if found[1] is None else range(int(found[1]), int(found[2]) + 1)
