"""Long looks at the whole exchange, made by a copy of the process while the exchange goes on.

A fork is a consistent picture: it has everything as it was between two commands, and shares the memory until one of
both changes it. The copy talks to nobody: of all files and sockets it keeps the ones that it is told to, and it ends
without a word to any other part of the program. Where there can be no copy, or none comes back, the work is done here.
"""

import asyncio
import gc
import logging
import os
import signal
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NoReturn

from connector.core.faults import failure_text

_LOG = logging.getLogger(__name__)
#: A copy that takes longer does not come back.
WITHIN_S = 60.0
#: So much later than the exchange itself a copy gets its turn.
NICE = 5
_DONE, _REFUSED = b"+", b"!"
_BYTES_A_READ = 1 << 16
#: More than any process has open, where the system does not say.
_MANY_FILES = 65_536


async def in_a_copy(work: Callable[[], bytes], kept: Sequence[int] = (), within_s: float = WITHIN_S) -> bytes:
    """What `work` comes to with everything as it is now. Raises what it raises.

    `kept` are the file descriptors that it needs. Whoever is cancelled meanwhile ends the copy first.
    """
    told = await _told(work, kept, within_s) if hasattr(os, "fork") else b""
    if told[:1] == _DONE:
        return told[1:]
    if told[:1] == _REFUSED:
        number, _, text = told[1:].decode().partition(" ")
        raise OSError(int(number), text)
    return work()


async def _told(work: Callable[[], bytes], kept: Sequence[int], within_s: float) -> bytes:
    """What the copy says; nothing where none was made, or none came back."""
    reading, writing = os.pipe()
    try:
        pid = _forked(work, (*kept, writing), writing)
    except OSError as error:
        _LOG.warning("no copy of the exchange can be made: %s", failure_text(error))
        os.close(reading)
        return b""
    finally:
        os.close(writing)
    try:
        async with asyncio.timeout(within_s):
            return await _read(reading)
    except TimeoutError:
        _LOG.warning("a copy of the exchange was not done within %g s", within_s)
        return b""
    finally:
        os.close(reading)
        _end(pid)


def _end(pid: int) -> None:
    """Ends a copy, which has nothing more to say: one that is done has gone by itself."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(pid, 0)


async def _read(number: int) -> bytes:
    """All that comes until the other end is closed."""
    loop = asyncio.get_running_loop()
    parts: list[bytes] = []
    ended = loop.create_future()

    def read() -> None:
        part = os.read(number, _BYTES_A_READ)
        parts.append(part)
        if not part and not ended.done():
            ended.set_result(None)

    loop.add_reader(number, read)
    try:
        await ended
    finally:
        loop.remove_reader(number)
    return b"".join(parts)


def _forked(work: Callable[[], bytes], kept: Sequence[int], writing: int) -> int:
    """The copy's number. It does its work and ends."""
    with warnings.catch_warnings():
        # Other threads are not in the copy. It takes no lock that one of them could hold, and is ended when it hangs.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if not pid:
        _live(work, kept, writing)
    return pid


def _live(work: Callable[[], bytes], kept: Sequence[int], writing: int) -> NoReturn:
    """The copy's whole life."""
    try:
        gc.disable()
        _let_go(kept)
        os.nice(NICE)
        try:
            told = _DONE + work()
        except OSError as error:
            told = _REFUSED + f"{error.errno or 0} {error.strerror or error}".encode()
        while told:
            told = told[os.write(writing, told) :]
    finally:
        # What else went wrong is told by the silence: the work is done again where it can be seen.
        os._exit(0)


def _let_go(kept: Sequence[int]) -> None:
    """Signals are no longer ours, nor are files and sockets: nobody's connection lasts longer for the copy's sake."""
    signal.set_wakeup_fd(-1)
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_DFL)
    first = 0
    for number in sorted(kept):
        os.closerange(first, number)
        first = number + 1
    os.closerange(first, _most_files())


def _most_files() -> int:
    try:
        most = os.sysconf("SC_OPEN_MAX")
    except (ValueError, OSError):
        return _MANY_FILES
    return most if 0 < most <= 1 << 20 else _MANY_FILES
