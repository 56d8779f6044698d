"""The databases of a home: each account's own, or the one that the settings name; what a killed run left in its log
is carried into them first."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from connector.bot.records.marks import marks_in
from connector.config.connector_settings import ConnectorSettings
from connector.core.faults import ConfigFault, InstanceFault, UnavailableFault
from connector.store.history import History, opened
from connector.store.history_rows import HistoryKind, HistoryRange, Row, history_rows
from connector.store.instance_lock import GAP_S, InstanceLock, instance_folders

_FILE: Final = "history.sqlite"
_NONE: Final = "none"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a home."""

    rows: HistoryRange = field(default_factory=HistoryRange)
    strategy: str | None = None


def in_own_database(settings: ConnectorSettings) -> ConnectorSettings:
    """The same with a database beside each journal, where the settings name one that is shared, or none at all."""
    if settings.journal_database == _NONE:
        return settings
    return settings.model_copy(update={"journal_database": ""})


class HomeHistory:
    """Everything that a home's bots left. Raises `ConfigFault`, and `UnavailableFault` for a database that is away."""

    def __init__(self, data: Path, settings: ConnectorSettings) -> None:
        if settings.journal_database == _NONE:
            raise ConfigFault("journal_database", _NONE, "nothing is carried into a database", "name one")
        self._data = data
        self._url = settings.journal_database
        self._marks: list[tuple[str, Row]] | None = None

    def carry(self) -> None:
        """What stands in logs that nobody writes any more, as after a kill; of bots that run it comes by itself."""
        for folder in instance_folders(self._data):
            with contextlib.suppress(InstanceFault, OSError):
                before = None
                while (mark := self._carry_file(folder)) != before:
                    before = mark
                    time.sleep(GAP_S)

    def _carry_file(self, folder: Path) -> tuple[int, int]:
        """Carries a file of an instance at most, and returns how far it is. The lock is held no longer than that: a
        bot that starts meanwhile comes in. Raises `InstanceFault` while one runs."""
        lock = InstanceLock(folder, folder.name)
        try:
            with self._engine(self._url or _address(folder.parent / _FILE)) as engine:
                history = History(engine, folder, "/".join(folder.relative_to(self._data).parts))
                history.carry()
                return history.mark
        finally:
            lock.release()

    def rows(self, kind: HistoryKind, wish: Wish) -> list[Row]:
        """By their time, whichever account they are of."""
        found: list[Row] = []
        for url in self._urls():
            with self._engine(url) as engine:
                found += history_rows(engine, kind, wish.rows)
        time = "created_ms" if kind is HistoryKind.ORDERS else "time_ms"
        rows = sorted(found, key=lambda row: (row[time] or 0, row["instance"]))
        return self._of_strategies(rows, time, wish.strategy)

    def marks(self) -> list[tuple[str, Row]]:
        """What runs saw, with the instance's name; read once."""
        if self._marks is None:
            accounts = sorted(path for path in self._data.glob("*/*/") if path.is_dir())
            self._marks = [
                (f"{account.parent.name}/{account.name}/{tag}", row)
                for account in accounts
                for tag, row in marks_in(account)
            ]
        return self._marks

    def _of_strategies(self, rows: list[Row], time: str, wanted: str | None) -> list[Row]:
        """With the strategy of each: what its instance ran at its time for that pair, by the run's name of it; where
        one is wanted, by that name or by what it quotes by, its rows alone."""
        runs: dict[str, list[Row]] = {}
        for instance, mark in self.marks():
            if mark.get("kind") == "run":
                runs.setdefault(instance, []).append(mark)
        found: list[Row] = []
        for row in rows:
            before = [run for run in runs.get(row["instance"], ()) if run["time_ms"] <= (row[time] or 0)]
            ran = _strategies(before[-1], row) if before else []
            if wanted is None or any(wanted in (one["name"], one["strategy"]) for one in ran):
                found.append({**row, "strategy": ", ".join(one["name"] for one in ran)})
        return found

    def _urls(self) -> list[str]:
        if self._url:
            return [self._url]
        return [_address(path) for path in sorted(self._data.glob(f"*/*/{_FILE}"))]

    @contextlib.contextmanager
    def _engine(self, url: str) -> Iterator[Engine]:
        engine = opened(url)
        try:
            yield engine
        except SQLAlchemyError as error:
            reason: Any = getattr(error, "orig", None) or error
            raise UnavailableFault(f"the history can't be read: {str(reason).splitlines()[0]}") from error
        finally:
            engine.dispose()


def _strategies(run: Row, row: Row) -> list[Row]:
    """Those of a run that a row is of; marks of an earlier version know of one, whatever its pairs."""
    alone = [{"name": str(run["strategy"]), "strategy": str(run["strategy"])}]
    several: list[Row] = run.get("strategies", alone)
    return several if len(several) == 1 else [one for one in several if row["trading_pair"] in one["pairs"]]


def _address(path: Path) -> str:
    return f"sqlite:///{path.absolute()}"
