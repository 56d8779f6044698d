"""Python as it is on Windows, as far as this machine can show it: what only POSIX has is absent.

Put on PYTHONPATH, it is imported at the start of every Python below, those that a program starts itself included.
"""

import asyncio
import signal
import sys
from typing import Any, NoReturn

for name in ("fcntl", "grp", "pwd", "resource", "termios", "tty"):
    sys.modules[name] = None  # type: ignore[assignment]
del signal.SIGHUP


def is_not_there(*_: object) -> NoReturn:
    raise NotImplementedError


for name in ("add_signal_handler", "remove_signal_handler"):
    setattr(asyncio.SelectorEventLoop, name, is_not_there)

_connect = asyncio.SelectorEventLoop.connect_read_pipe


async def connect_read_pipe(loop: Any, protocol_factory: Any, pipe: Any) -> Any:
    """The loops of Windows wait for the pipes that they made themselves, which standard input never is."""
    if pipe is sys.stdin:
        raise OSError(6, "The handle is invalid")
    return await _connect(loop, protocol_factory, pipe)


asyncio.SelectorEventLoop.connect_read_pipe = connect_read_pipe  # type: ignore[method-assign]
