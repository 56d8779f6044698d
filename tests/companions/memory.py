"""What a process holds in memory, as Linux tells."""

import re
from pathlib import Path


def peak_bytes(process: int | str) -> int:
    """The most that a program has held so far, by its process number or "self". `getrusage` tells that of whoever
    started it, where that was more."""
    match = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    assert match is not None
    return int(match[1]) * 1024
