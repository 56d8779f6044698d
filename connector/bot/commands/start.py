"""`connector start`: a bot in the background, detached from the terminal that it was started at."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from connector.bot.command_output import AsJsonOption, CommandOutput
from connector.bot.commands.run import run
from connector.bot.control.client import bot_line, living
from connector.bot.control.lines import Ask
from connector.bot.control.places import HAS_SOCKETS, Place, checked_name, place_named
from connector.bot.exit_codes import ExitCode
from connector.bot.home import home_at
from connector.bot.keys.key_commands import HomeOption
from connector.bot.options_of_command import OptionsOf
from connector.bot.report.output_file import IN_BACKGROUND
from connector.bot.report.states import RunState
from connector.bot.session.runner import ON_OUTPUT
from connector.core.faults import ConfigFault, OptionFault, UnavailableFault, failure_text

_QUOTES_WITHIN_S: Final = 90.0
_STEP_S: Final = 0.2
_LAST_LINES: Final = 5

StartNameOption = Annotated[
    str | None,
    typer.Option("--name", metavar="NAME", help="How status, stop and the like call it (default: bot, else bot-2 …)."),
]


#: A bot in the background has no terminal, and its output is no table.
_OF_RUN: Final = OptionsOf(run, but=("headless",))


@_OF_RUN.taken_by
def start(name: StartNameOption = None, as_json: AsJsonOption = False, home: HomeOption = None, **of_run: Any) -> None:
    """Start a bot in the background and wait until it quotes, or tell why it does not. Exit code: 0 when it quotes,
    else the bot's own; 5 where it does not quote within 90 s (it goes on).

    For example: connector start --name btc --config conf/btc.yml
    """
    if not HAS_SOCKETS:
        raise UnavailableFault("this system has no Unix sockets: use connector run in a terminal or a service")
    password_from = of_run["password_from"]
    if password_from == "terminal":
        raise OptionFault(
            "--password-from", password_from, "a bot in the background has no terminal", "such as keyring"
        )
    if of_run["json_file"] == ON_OUTPUT:
        raise OptionFault("--summary", ON_OUTPUT, "a bot in the background has no output", "name a file")
    folders = home_at(home)
    running = [place.name for place in living(folders.data)]
    names = ("bot", *(f"bot-{number}" for number in range(2, 100)))
    called = checked_name(name or next(each for each in names if each not in running))
    if called in running:
        raise OptionFault("--name", called, "a bot of this name runs in this home", "name another by --name")
    where = () if home is None else ("--home", str(home.absolute()))
    words = ["--name", called, *where, *_OF_RUN.typed(of_run)]
    output = folders.logs / f"{called}.out"
    began = output.stat().st_size if output.exists() else 0
    bot = _spawned(words, output, password_from)
    row = _until_it_quotes(place_named(folders.data, called), bot, lambda: _end_of(output, began))
    text = f"{called} quotes on {row['domain']}, process {row['pid']}; output: {output}"
    CommandOutput(as_json=as_json).give({**row, "output": str(output)}, text)


def _spawned(words: list[str], output: Path, password_from: str | None) -> "subprocess.Popen[bytes]":
    """The bot, in a session of its own: a terminal that is closed does not reach it. What it says is added to a file
    that nobody else can read. Raises `ConfigFault`."""
    passed = _descriptor(password_from)
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as file:
            return subprocess.Popen(
                [sys.executable, "-m", "connector", "run", "--headless", *words],
                stdin=None if password_from == "stdin" else subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env={**os.environ, IN_BACKGROUND: str(output.absolute())},
                pass_fds=passed,
            )
    except OSError as error:
        reason = failure_text(error)
        raise ConfigFault(
            "--home", output, f"cannot be written: {reason}", "choose another folder by --home"
        ) from error


def _descriptor(password_from: str | None) -> tuple[int, ...]:
    """What `fd:N` names, which the bot has to inherit."""
    kind, _, number = (password_from or "").partition(":")
    return (int(number),) if kind == "fd" and number.isdecimal() else ()


def _until_it_quotes(place: Place, bot: "subprocess.Popen[bytes]", said: Callable[[], str]) -> dict[str, Any]:
    """How it stands once it quotes. Ends this command with the bot's own code where it ends before; `said`: its last
    words."""
    until_s = time.monotonic() + _QUOTES_WITHIN_S
    row: dict[str, Any] = {}
    while time.monotonic() < until_s:
        if (code := bot.poll()) is not None:
            sys.stderr.write(f"{place.name} ended with {code} before it quoted; it said:\n{said()}")
            raise typer.Exit(code or ExitCode.UNAVAILABLE)
        try:
            with bot_line(place) as line:
                row = line.ask(Ask.STATUS)
        except UnavailableFault:
            row = {}
        if row.get("state", {}).get("name") == RunState.QUOTING.value:
            return row
        time.sleep(_STEP_S)
    state = f"{row['state']['text'] if row else 'starting'}; it said:\n{said()}"
    raise UnavailableFault(f"{place.name} does not quote after {_QUOTES_WITHIN_S:g} s, and goes on: {state}")


def _end_of(output: Path, began: int) -> str:
    """The last lines that this bot said."""
    with output.open("rb") as file:
        # A file that was turned over meanwhile begins anew.
        file.seek(began if os.fstat(file.fileno()).st_size >= began else 0)
        lines = file.read().decode(errors="replace").splitlines()
    return "".join(f"  {line}\n" for line in lines[-_LAST_LINES:])
