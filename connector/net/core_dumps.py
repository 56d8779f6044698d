"""No image of this process is written while it holds a key: of a crash, or at another program's wish.

From the first key of a domain that is not local on, for the rest of the process: what Python has copied of a key may
outlast the object that held it. Where the system has no such switch, nothing is done.
"""

import ctypes
import sys

_PR_SET_DUMPABLE = 4


def forbid_core_dumps() -> None:
    """Sets the largest core file to nothing, and on Linux the process's memory out of other programs' reach."""
    try:
        import resource
    except ImportError:
        return
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
