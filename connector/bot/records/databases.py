"""The databases of a home: each account's own, or the one that the settings name; what a killed run left in its log
is carried into them first."""

import contextlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from connector.bot.records.marks import marks_in
from connector.bot.records.run_heads import RunHeads
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

    def takes(self, ran: Iterable[Row]) -> bool:
        """Whether what these strategies did is asked for: by a run's name of one, or by what it quotes by."""
        return self.strategy is None or any(self.strategy in (one["name"], one["strategy"]) for one in ran)


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
        self._heads: RunHeads | None = None

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
        told: list[Row] = []
        for row in rows:
            ran = self.heads.strategies(row["instance"], row["trading_pair"], row[time] or 0)
            if wish.takes(ran):
                told.append({**row, "strategy": ", ".join(one["name"] for one in ran)})
        return told

    @property
    def heads(self) -> RunHeads:
        """What ran when; read once."""
        if self._heads is None:
            self._heads = RunHeads(self._marks(heads_only=True))
        return self._heads

    def marks(self) -> Iterator[tuple[str, Row]]:
        """What runs saw, with the instance's name, as it is read."""
        return self._marks(heads_only=False)

    def _marks(self, *, heads_only: bool) -> Iterator[tuple[str, Row]]:
        for account in sorted(path for path in self._data.glob("*/*/") if path.is_dir()):
            for tag, row in marks_in(account, heads_only=heads_only):
                yield f"{account.parent.name}/{account.name}/{tag}", row

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


def _address(path: Path) -> str:
    return f"sqlite:///{path.absolute()}"
