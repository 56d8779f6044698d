"""A command at a terminal of its own, whose screen can be read back."""

import asyncio
import contextlib
import fcntl
import os
import pty
import struct
import sys
import termios
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pyte

from tests.companions.keys.canaries import CANARIES
from tests.companions.places import ROOT

#: Ends a frame: what is drawn is shown (mode 2026, synchronised output).
_FRAME_END = b"\x1b[?2026l"


@dataclass
class AtTerminal:
    """A running command and what stands on its screen."""

    process: asyncio.subprocess.Process
    number: int
    screen: pyte.HistoryScreen
    stream: pyte.ByteStream
    written: bytearray = field(default_factory=bytearray)

    @property
    def shown(self) -> list[str]:
        """The rows of now, without those that are empty."""
        return [row.rstrip() for row in self.screen.display if row.strip()]

    def rows_with(self, words: str) -> list[str]:
        return [row for row in self.shown if words in row]

    def type(self, keys: bytes) -> None:
        os.write(self.number, keys)

    async def resize(self, columns: int, rows: int) -> None:
        """The window gets another size, and the program is told: just after a frame of its table, for what was written
        for the old size and is read at the new one takes other rows than any program can know."""
        seen = len(self.written)
        async with asyncio.timeout(20):
            while len(self.written) == seen or not self.written.endswith(_FRAME_END):
                await asyncio.sleep(0.005)
        fcntl.ioctl(self.number, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    async def shows(self, words: str, within_s: float = 40.0) -> None:
        deadline_s = asyncio.get_running_loop().time() + within_s
        while not self.rows_with(words):
            assert asyncio.get_running_loop().time() < deadline_s, f"never showed {words!r}: {self.shown}"
            await asyncio.sleep(0.02)

    async def ends(self, within_s: float = 60.0) -> int:
        return await asyncio.wait_for(self.process.wait(), within_s)


@contextlib.asynccontextmanager
async def at_terminal(
    *words: str, home: Path, columns: int = 120, rows: int = 60, **environment: str
) -> AsyncIterator[AtTerminal]:
    """`python -m connector …` as the only job of a terminal; killed at the end if it still runs."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    whole = {**os.environ, "CONNECTOR_HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "TERM": "xterm-256color"}
    whole = {name: value for name, value in whole.items() if name not in ("COLUMNS", "LINES")} | environment
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "connector", *words,
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, cwd=ROOT, env=whole,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )  # fmt: skip
    os.close(theirs)
    screen = pyte.HistoryScreen(columns, rows, history=2_000)
    terminal = AtTerminal(process, ours, screen, pyte.ByteStream(screen))
    loop = asyncio.get_running_loop()

    def read() -> None:
        try:
            some = os.read(ours, 65_536)
        except OSError:
            loop.remove_reader(ours)
            return
        terminal.written.extend(some)
        terminal.stream.feed(some)

    loop.add_reader(ours, read)
    try:
        yield terminal
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        loop.remove_reader(ours)
        os.close(ours)
        CANARIES.hear(f"what {words[0]} showed", terminal.written.decode("utf-8", "replace"))
