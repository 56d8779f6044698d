"""The command `connector limits`: use and bound of the limits of a home's bots, and letting go what struck."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from connector.bot.home import home_at
from connector.bot.keys.key_commands import HomeOption
from connector.bot.tables import table_console
from connector.core.amounts import plain
from connector.core.faults import ConfigFault, UnavailableFault
from connector.exchange.network.limit_watch import clock_text
from connector.exchange.network.limits_file import LIMITS_NAME, KeptLimits, LimitsFile
from connector.risk.limit_row import LimitRow, figure
from connector.risk.loss_limits import DayStand
from connector.store.instance_lock import runs_in

#: A bot that runs hears of it sooner.
_HEARD_WITHIN_S = 5.0
_STEP_S = 0.1


@dataclass(frozen=True, slots=True)
class InstanceLimits:
    """What one instance has written."""

    folder: Path
    kept: KeptLimits
    runs: bool

    @property
    def name(self) -> str:
        """Domain, account and tag."""
        return "/".join(self.folder.parts[-3:])

    def to_json(self) -> dict[str, Any]:
        rows = [_as_json(row) for row in self.kept.rows]
        return {
            "instance": self.name,
            "runs": self.runs,
            "written_ms": self.kept.written_ms,
            "asset": self.kept.asset,
            "limits": rows,
        }


def limits(
    release: Annotated[bool, typer.Option("--release", help="Let go what struck: losses count from then on.")] = False,
    tag: Annotated[str | None, typer.Option(help="Of one instance alone, by its tag.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    home: HomeOption = None,
) -> None:
    """Show use and bound of each limit, as the bots of this home last wrote them; --release lets go what struck.

    For example: connector limits --release
    """
    folders = home_at(home)
    found = instances(folders.data, tag)
    if release:
        for one in found:
            let_go(one)
        found = instances(folders.data, tag)
    if as_json:
        typer.echo(json.dumps({"instances": [one.to_json() for one in found]}, indent=2))
        return
    if not found:
        typer.echo(f"no bot of {folders.title} has written limits")
    for one in found:
        _show(one, table_console())


def instances(data: Path, tag: str | None = None) -> tuple[InstanceLimits, ...]:
    """Of every instance that wrote some. Raises `ConfigFault` for a file that can't be read, and for a tag that none
    has."""
    found = []
    for path in sorted(data.glob(f"*/*/*/{LIMITS_NAME}")):
        kept = LimitsFile(path.parent).read()
        if kept is not None and tag in (None, path.parent.name):
            found.append(InstanceLimits(path.parent, kept, bool(runs_in(path.parent))))
    if tag is not None and not found:
        raise ConfigFault("--tag", tag, "no instance of this home has it", "connector limits shows them")
    return tuple(found)


def let_go(one: InstanceLimits) -> None:
    """A bot that runs is told, and has heard it when this returns; else it is written. Raises `UnavailableFault` where
    a bot that runs does not hear."""
    file = LimitsFile(one.folder)
    if not one.runs:
        day = one.kept.stand
        rows = tuple(LimitRow(row.name, row.use, row.bound, row.unit, is_least=row.is_least) for row in one.kept.rows)
        file.write(None if day is None else DayStand(day.day, None), rows, one.kept.written_ms, one.kept.asset)
        return
    file.ask_release()
    deadline = time.monotonic() + _HEARD_WITHIN_S
    while file.is_release_asked():
        if time.monotonic() > deadline:
            raise UnavailableFault(f"{one.name} runs and does not hear; it is let go as soon as it does")
        time.sleep(_STEP_S)


def _show(one: InstanceLimits, console: Console) -> None:
    state = "runs" if one.runs else "does not run"
    title = f"{one.name}: {state}, written {clock_text(one.kept.written_ms)}"
    table = Table("limit", "use", "bound", "unit", "", title=title, title_justify="left")
    for row in one.kept.rows:
        bound = f"{'at least' if row.is_least else 'at most'} {figure(row.bound)}"
        table.add_row(row.name, figure(row.use), bound, row.unit, "struck" if row.struck else "")
    console.print(table)


def _as_json(row: LimitRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "use": plain(row.use),
        "bound": plain(row.bound),
        "unit": row.unit,
        "struck": row.struck,
    }
