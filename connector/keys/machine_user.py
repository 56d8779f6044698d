"""Who runs this program, by the system's number and name."""

import getpass
import os


def machine_user() -> str:
    """Such as `1000:ada`; in a container whose user has no name, the number alone."""
    number = os.getuid() if hasattr(os, "getuid") else 0
    try:
        return f"{number}:{getpass.getuser()}"
    except (KeyError, OSError, ImportError):
        return f"{number}:"
