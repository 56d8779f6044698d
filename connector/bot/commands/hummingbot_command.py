"""`connector hummingbot install | remove | status`: into Hummingbot with one command, and out of it with another."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from connector import __version__
from connector.bot.command_output import AsJsonOption, CommandOutput
from connector.bot.plugin.installations import TESTED, Installation, installations, the_installation
from connector.bot.plugin.stub_files import NAME, PLACE

Say = Callable[[str], None]
_NEXT: Final = f"start Hummingbot anew, then give it a key: hbot connect {NAME}"


class HummingbotAct(StrEnum):
    """What can be done to it."""

    INSTALL = "install"
    REMOVE = "remove"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class Status:
    """How an installation stands, as `--json` prints it."""

    root: str
    hummingbot: str
    is_tested: bool
    #: What runs it; None where it is not known.
    python: str | None
    #: Our version that wrote the connector there; None where it is not there.
    connector: str | None
    is_current: bool
    #: Why its interpreter can't load ours; empty where it can, None where nobody knows.
    why_not_loaded: str | None
    keys: list[str]


def hummingbot(
    act: Annotated[HummingbotAct, typer.Argument(metavar="ACT", help=f"One of {', '.join(HummingbotAct)}.")],
    at: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Hummingbot's checkout or environment; else the one found.")
    ] = None,
    as_json: AsJsonOption = False,
) -> None:
    """Put the connector into a Hummingbot that is installed here, take it out again, or say how that stands.

    For example: connector hummingbot install --at ~/hummingbot
    """
    output = CommandOutput(as_json=as_json)
    match act:
        case HummingbotAct.INSTALL:
            standings = [install(the_installation(at), output.say)]
        case HummingbotAct.REMOVE:
            standings = [remove(the_installation(at), output.say)]
        case HummingbotAct.STATUS:
            found = [the_installation(at)] if at is not None else installations() or [the_installation(None)]
            standings = [_told(status(one), output.say) for one in found]
    output.give({"act": act.value, "installations": [asdict(standing) for standing in standings]})


def install(one: Installation, say: Say) -> Status:
    """Writes the connector there; how it stands then. Raises `ConfigFault` where nothing was changed."""
    before = one.files.version
    one.files.write()
    instead = f", in place of {before}" if before not in (None, __version__) else ""
    say(f"written: {one.files.folder} ({__version__}{instead})")
    if (one.root / ".git").is_dir():
        say(f"git will name it: echo /{PLACE}/ >> {one.root / '.git' / 'info' / 'exclude'}")
    standing = status(one)
    for line in _doubts(standing):
        say(line)
    say(_NEXT)
    return standing


def remove(one: Installation, say: Say) -> Status:
    """Deletes what this program wrote there, and nothing else; how it stands then."""
    folder = one.files.folder
    was_there = one.files.version is not None
    left = one.files.remove()
    say(f"removed: {folder}" if was_there else f"{folder}: nothing there is by this program")
    for path in left:
        say(f"left, as it was not written by this program: {path}")
    for path in one.files.put_keys_aside():
        say(f"put aside, since Hummingbot's login would end at it; an installation takes it back: {path}")
    return status(one)


def status(one: Installation) -> Status:
    """How an installation stands; its interpreter is asked, which takes a second or two."""
    ours = one.files.version
    return Status(
        str(one.root),
        one.version,
        one.version in TESTED,
        str(one.python) if one.python else None,
        ours,
        ours == __version__,
        one.why_not_loaded() if ours is not None else None,
        one.connected,
    )


def _told(standing: Status, say: Say) -> Status:
    for line in _lines(standing):
        say(line)
    return standing


def _lines(standing: Status) -> Iterator[str]:
    yield f"{standing.root}: Hummingbot {standing.hummingbot}"
    if standing.connector is None:
        yield f"  {NAME} is not there: connector hummingbot install --at {standing.root}"
        return
    yield f"  {NAME} is there, written by {standing.connector}"
    if standing.why_not_loaded == "":
        yield f"  {standing.python} loads it"
    yield from (f"  {line}" for line in _doubts(standing))
    yield f"  keys: {', '.join(standing.keys) or f'none; hbot connect {NAME} takes one'}"


def _doubts(standing: Status) -> Iterator[str]:
    """What may stand between the user and a trade."""
    if not standing.is_tested:
        yield f"Hummingbot {standing.hummingbot} is none that this was tested with: {', '.join(TESTED)}"
    if not standing.is_current:
        yield f"this program is {__version__}: connector hummingbot install --at {standing.root}"
    if standing.why_not_loaded is None:
        yield "which Python runs it is not known here: perpetual-connector has to be installed in that one, too"
    elif standing.why_not_loaded:
        yield (
            f"Hummingbot passes it over: {standing.python} can't load it: {standing.why_not_loaded}; install it there: "
            f"{standing.python} -m pip install perpetual-connector=={__version__}"
        )
