"""The sender's process, as the bot has it: begun when needed, asked one thing at a time, ended when it takes long."""

import asyncio
import contextlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from connector.bot.notify.kinds import OPTION
from connector.core.faults import ConfigFault

_READY_WITHIN_S = 30.0
_SENT_WITHIN_S = 30.0
_MODULE = "connector.bot.notify.sender"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message."""

    #: Why nobody took it, in words; empty where anyone did.
    trouble: str = ""
    #: Lines of the file whose service did not take it, while others did.
    refused: tuple[int, ...] = ()


class SenderProcess:
    """Sends by the addresses of a file, which it never reads itself."""

    def __init__(self, file: Path, sent_within_s: float = _SENT_WITHIN_S) -> None:
        self._file, self._sent_within_s = file, sent_within_s
        self._process: asyncio.subprocess.Process | None = None

    @property
    def file_name(self) -> str:
        """The name of the file whose lines are told of."""
        return self._file.name

    async def begin(self) -> None:
        """Begins, and has the addresses looked at. Raises `ConfigFault` that names the line of one that is none."""
        if trouble := await self._started():
            raise ConfigFault(OPTION, self._file, trouble)

    async def send(self, title: str, body: str) -> Outcome:
        """Sends one message to every address."""
        try:
            if self._process is None and (trouble := await self._started()):
                return Outcome(trouble)
            async with asyncio.timeout(self._sent_within_s):
                answer = await self._asked({"title": title, "body": body})
        except TimeoutError:
            await self.end()
            return Outcome(f"no answer of the service within {self._sent_within_s:g} s")
        except asyncio.CancelledError:
            # An answer that nobody waits for would be taken for the next one's.
            await self.end()
            raise
        except (OSError, ValueError):
            await self.end()
            return Outcome("the process that sends has ended")
        if not answer.get("sent"):
            return Outcome("the service refused it, or was not reached")
        refused = answer.get("refused")
        return Outcome(refused=tuple(refused) if isinstance(refused, list) else ())

    async def end(self) -> None:
        """Ends it, whatever it does."""
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _started(self) -> str:
        """What keeps it from sending; empty where it is ready."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", _MODULE, str(self._file),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            # Ctrl-C reaches the whole group of a terminal: the last message is sent after it.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )  # fmt: skip
        try:
            async with asyncio.timeout(_READY_WITHIN_S):
                answer = await self._answer()
        except (TimeoutError, OSError, ValueError):
            await self.end()
            return "the process that sends does not start"
        except asyncio.CancelledError:
            await self.end()
            raise
        if trouble := str(answer.get("trouble") or ""):
            await self.end()
        return trouble

    async def _asked(self, wish: dict[str, str]) -> dict[str, object]:
        process = self._process
        if process is None or process.stdin is None:
            raise ValueError("it does not run")
        process.stdin.write(json.dumps(wish).encode() + b"\n")
        await process.stdin.drain()
        return await self._answer()

    async def _answer(self) -> dict[str, object]:
        process = self._process
        if process is None or process.stdout is None:
            raise ValueError("it does not run")
        row = json.loads(await process.stdout.readline())
        if not isinstance(row, dict):
            raise ValueError("it is no answer")
        return row
