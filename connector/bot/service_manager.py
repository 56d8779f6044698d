"""What a service manager (systemd, `Type=notify`) is told of a run: that it trades, how it stands, that it lives, that
it stops. Where none asked for it nothing is told.

The sign of life comes from the loop that trades: one that hangs gives none, and is ended and started again.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, MutableMapping

from connector.bot.report.states import RunState
from connector.bot.watched_run import WatchedRun

_SOCKET, _WATCHDOG_US, _WATCHDOG_PID = "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"
_STEP_S = 0.5
#: A sign of life comes three times within the time that it is waited for.
_TIMES = 3


class ServiceManager:
    """Of one run. What the environment says of it is taken out: programs that are started are not meant."""

    def __init__(self, watched: WatchedRun, environment: MutableMapping[str, str]) -> None:
        self._watched = watched
        self._address = _address(environment.pop(_SOCKET, ""))
        self._every_s = _every_s(environment.pop(_WATCHDOG_US, ""), environment.pop(_WATCHDOG_PID, ""))
        self._is_ready = False
        self._status = ""
        self._told_s = 0.0

    @contextlib.asynccontextmanager
    async def told(self) -> AsyncIterator[None]:
        """Tells it for as long as the block lasts."""
        if self._address is None:
            yield
            return
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self._tell("STOPPING=1")

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            self._tell_state()
            if self._every_s is not None and loop.time() - self._told_s >= self._every_s:
                self._told_s = loop.time()
                self._tell("WATCHDOG=1")
            await asyncio.sleep(min(_STEP_S, self._every_s or _STEP_S))

    def _tell_state(self) -> None:
        epoch = self._watched.epoch
        if epoch is None:
            return
        state = epoch.state()
        if str(state) != self._status:
            self._status = str(state)
            self._tell(f"STATUS={epoch.trading_pair} {self._status}".replace("\n", " "))
        if not self._is_ready and state.state is not RunState.STARTING:
            self._is_ready = True
            self._tell("READY=1")

    def _tell(self, text: str) -> None:
        """One word, without waiting: a manager that does not listen is no trouble of the run."""
        if self._address is None:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            sender.sendto(text.encode(), self._address)


def _address(name: str) -> str | None:
    """Of the manager's socket; those that begin with @ are names of the system's own, without a file."""
    if not name or not hasattr(socket, "AF_UNIX"):
        return None
    return f"\0{name[1:]}" if name.startswith("@") else name


def _every_s(microseconds: str, pid: str) -> float | None:
    """How often a sign of life is wanted; None where it is not, or not of this process."""
    if not microseconds.isdecimal() or int(microseconds) == 0 or (pid and pid != str(os.getpid())):
        return None
    return int(microseconds) / 1e6 / _TIMES
