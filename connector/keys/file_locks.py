"""The library's lock of files, without the line that it writes where a system has none of its own.

A file that stands is the lock there.
"""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", UserWarning)
    from filelock import FileLock as FileLock
    from filelock import Timeout as Timeout
