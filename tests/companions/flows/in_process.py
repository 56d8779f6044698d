"""A command within the process of its test, where nothing of it is about processes: its start is most of its time."""

import asyncio
import contextlib
import io
from pathlib import Path

from connector.bot.commands.command_line import app, guarded
from tests.companions.keys.canaries import CANARIES


async def done(*words: str, home: Path) -> tuple[int, str]:
    """Its exit code, and what it said; in a thread, so that an exchange of the test goes on meanwhile. Nobody sits at a
    terminal."""
    said = io.StringIO()

    def does() -> int:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            return guarded(lambda: app([*words, "--home", str(home)]))

    code = await asyncio.to_thread(does)
    CANARIES.hear(f"what {words[0]} said", said.getvalue())
    return code, said.getvalue().rstrip("\n")
