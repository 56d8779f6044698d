"""Processor cores for a measurement; where the system binds no process to a core, it is left where it is."""

import os


def cores() -> list[int]:
    """Those that this process may run on, in order."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def bind(*wanted: int, process: int = 0) -> None:
    """Lets a process, this one when it is 0, run on these cores alone."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(process, wanted)
