"""The programs as a user starts them: processes with output, exit codes and signals."""

import asyncio
import contextlib
import json
import os
import pty
import re
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.companions.keys.canaries import CANARIES
from tests.companions.places import ROOT, SHIPPED_SETTINGS


@dataclass
class Program:
    """A running command. `lines` grows while it runs; standard error is in it too."""

    process: asyncio.subprocess.Process
    lines: list[tuple[float, str]] = field(default_factory=list)
    reader: asyncio.Task[None] | None = None

    @property
    def text(self) -> str:
        return "\n".join(line for _, line in self.lines)

    async def says(self, words: str, within_s: float = 30.0, after: int = 0) -> float:
        """Waits for a line that contains the words, of those after so many lines; returns when it came (loop time)."""
        return await self._says(re.compile(re.escape(words)), after, within_s)

    async def quotes(self, after: int = 0, within_s: float = 30.0) -> float:
        """Waits for a status line, of those after so many lines, that tells of quotes; returns when it came."""
        return await self._says(re.compile("quotes [1-9]"), after, within_s)

    async def _says(self, words: re.Pattern[str], after: int, within_s: float) -> float:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within_s
        while True:
            for at, line in self.lines[after:]:
                if words.search(line):
                    CANARIES.hear("the list of processes", listed(self.process.pid))
                    return at
            if self.process.returncode is not None or loop.time() > deadline:
                code = self.process.returncode
                raise AssertionError(f"never said {words.pattern!r}; exit {code}; it said:\n{self.text}")
            await asyncio.sleep(0.01)

    async def ends(self, within_s: float = 60.0) -> int:
        code = await asyncio.wait_for(self.process.wait(), within_s)
        if self.reader is not None:
            await self.reader
        return code

    def children(self) -> list[int]:
        """Its own processes: the exchange, when it started one."""
        number = self.process.pid
        return [int(child) for child in Path(f"/proc/{number}/task/{number}/children").read_text().split()]

    def send(self, number: int) -> None:
        self.process.send_signal(number)


def listed(number: int) -> str:
    """How a process and those that it started stand in a list of this machine's processes."""
    with contextlib.suppress(OSError):
        children = Path(f"/proc/{number}/task/{number}/children").read_text().split()
        own = Path(f"/proc/{number}/cmdline").read_text(errors="replace").replace("\0", " ")
        return "\n".join([own, *(listed(int(child)) for child in children)])
    return ""


@contextlib.asynccontextmanager
async def started(*arguments: str, home: Path | None = None) -> AsyncIterator[Program]:
    """`python -m connector …` with a home of its own; killed at the end if it still runs."""
    environment = {**os.environ, "CONNECTOR_HOME": str(home or ROOT), "COLUMNS": "200"}
    if home is not None:
        environment["XDG_CACHE_HOME"] = str(home / "cache")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "connector", *arguments,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        env=environment, cwd=ROOT,
    )  # fmt: skip
    program = Program(process)
    program.reader = asyncio.create_task(_read(program))
    try:
        yield program
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await program.reader
        CANARIES.hear(f"what {arguments[0]} said", program.text)


@contextlib.asynccontextmanager
async def exchange(
    port: int = 0, seed: int = 1, limits: str = "venue"
) -> AsyncIterator[tuple[Program, dict[str, Any]]]:
    """A local exchange of its own process, and the line that it prints when it is ready."""
    flags = ("--port", str(port), "--seed", str(seed), "--limits", limits)
    async with started("simulator", *flags, "--json") as program:
        await program.says('"api_key"')
        yield program, json.loads(program.lines[0][1])
        if program.process.returncode is None:
            program.send(signal.SIGTERM)
            await program.ends()


async def _read(program: Program) -> None:
    assert program.process.stdout is not None
    loop = asyncio.get_running_loop()
    async for line in program.process.stdout:
        program.lines.append((loop.time(), line.decode().rstrip("\n")))


def home_with(folder: Path, **changes: str) -> Path:
    """A home whose settings are the shipped ones with some lines changed; a new key is added at the end."""
    text = SHIPPED_SETTINGS.read_text()
    for key, value in changes.items():
        lines = text.splitlines()
        found = [number for number, line in enumerate(lines) if line.startswith(f"{key}:")]
        if found:
            lines[found[0]] = f"{key}: {value}"
        else:
            lines.append(f"{key}: {value}")
        text = "\n".join(lines) + "\n"
    (folder / "conf").mkdir(parents=True, exist_ok=True)
    (folder / "conf" / SHIPPED_SETTINGS.name).write_text(text)
    return folder


async def at_a_terminal(words: tuple[str, ...], answer: str) -> tuple[int, str]:
    """A command at a terminal of its own, where one line is typed: its exit code, and all that stood there."""
    mine, theirs = pty.openpty()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "connector", *words,
        stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT,
    )  # fmt: skip
    os.close(theirs)
    os.write(mine, f"{answer}\n".encode())
    code = await asyncio.wait_for(process.wait(), 30)
    shown = os.read(mine, 65_536).decode()
    CANARIES.hear(f"what {words[0]} showed", shown)
    os.close(mine)
    return code, shown


def runs(number: int) -> bool:
    """Whether a process is there that has not ended."""
    try:
        os.kill(number, 0)
        return "(zombie)" not in Path(f"/proc/{number}/status").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False
