"""The history: a database into which an instance's log is carried, in pieces, each with the mark of how far it went.

Rows and mark are written in one transaction: a piece is there whole and once, whenever the carrying was cut short. A
fill or an order that the log tells twice (a new file restates what lives) is one row.
"""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table, create_engine, event, insert, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from connector.core.faults import ConfigFault
from connector.core.journal import Record
from connector.store.rows import ASKED, CHANGED, Batch, Row, batch_of
from connector.store.schema import bring_up_to_date
from connector.store.segments import number_of, read_segment, segment_path, segments_of
from connector.store.tables import ACCOUNT_LINES, CARRIED, FILLS, ORDERS, PAYMENTS

_SERVED: Final = ("sqlite", "postgresql")


def opened(url: str) -> Engine:
    """An engine for the database at `url`, which is not connected to yet. Raises `ConfigFault` for another kind of
    database, or one whose driver is missing."""
    remedy = "such as sqlite:////home/me/history.sqlite or postgresql+psycopg://user@host/name"
    try:
        engine = create_engine(url)
    except (ArgumentError, NoSuchModuleError) as error:
        raise ConfigFault("journal_database", "(not shown)", "is no database's address", remedy) from error
    except ModuleNotFoundError as error:
        driver = "install the driver: pip install perpetual-connector[postgresql]"
        raise ConfigFault("journal_database", "(not shown)", f"needs {error.name}", driver) from error
    if engine.dialect.name not in _SERVED:
        raise ConfigFault("journal_database", engine.dialect.name, "is not served", remedy)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _write_ahead)
    return engine


class History:
    """Carries the log in `folder` into a database, as that of `instance`. Raises what SQLAlchemy raises."""

    def __init__(self, engine: Engine, folder: Path, instance: str) -> None:
        self._engine = engine
        self._folder = folder
        self._instance = instance
        self._mark: tuple[int, int] | None = None
        #: By table and columns: to make one anew costs more than to carry a row.
        self._upserts: dict[tuple[str, tuple[str, ...]], Any] = {}

    @property
    def engine(self) -> Engine:
        return self._engine

    @property
    def mark(self) -> tuple[int, int]:
        """Up to where it is carried: the oldest file that is still needed, and how many bytes of it; zeros before the
        first carrying."""
        return self._mark or (0, 0)

    @property
    def segment(self) -> int:
        """The oldest file that is still needed; 0 before the first carrying."""
        return self.mark[0]

    def carry(self) -> int:
        """Carries what the log has beyond the mark, a file at most. Returns how many records that were."""
        if self._mark is None:
            self._mark = self._begun()
        number, start = self._mark
        numbers = [number_of(path) for path in segments_of(self._folder)]
        if number not in numbers:
            # It was removed before it was carried, or nothing was ever carried: the oldest there is comes next.
            number, start = min((each for each in numbers if each >= number), default=number), 0
        path = segment_path(self._folder, number)
        if not path.exists():
            return 0
        following = min((each for each in numbers if each > number), default=None)
        if following is None and path.stat().st_size == start:
            return 0
        text = read_segment(path, start)
        mark = (number, text.sound_bytes) if following is None else (following, 0)
        if mark == self._mark:
            return 0
        self._write(text.records, mark)
        return len(text.records)

    def carry_all(self) -> int:
        """Carries everything that there is."""
        total = 0
        while True:
            before = self._mark
            total += self.carry()
            if self._mark == before:
                return total

    def _begun(self) -> tuple[int, int]:
        bring_up_to_date(self._engine)
        with self._engine.connect() as connection:
            marks = select(CARRIED.c.segment, CARRIED.c.bytes).where(CARRIED.c.instance == self._instance)
            row = connection.execute(marks).one_or_none()
        return (row.segment, row.bytes) if row else (0, 0)

    def _write(self, records: Sequence[Record], mark: tuple[int, int]) -> None:
        batch = batch_of(self._instance, records)
        with self._engine.begin() as connection:
            self._write_rows(connection, batch)
            row = {"instance": self._instance, "segment": mark[0], "bytes": mark[1]}
            self._upsert(connection, CARRIED, [row], ("segment", "bytes"))
        self._mark = mark

    def _write_rows(self, connection: Connection, batch: Batch) -> None:
        self._upsert(connection, ORDERS, list(batch.intended.values()), ASKED)
        self._upsert(connection, ORDERS, list(batch.changed.values()), CHANGED)
        self._upsert(connection, FILLS, list(batch.fills.values()), ())
        self._upsert(connection, PAYMENTS, list(batch.payments.values()), ())
        if batch.lines:
            connection.execute(insert(ACCOUNT_LINES), batch.lines)

    def _upsert(self, connection: Connection, table: Table, rows: list[Row], columns: tuple[str, ...]) -> None:
        """Inserts rows; where one is there already, its columns are brought up to date, or it stays as it is."""
        if not rows:
            return
        asked = (table.name, columns)
        if asked not in self._upserts:
            self._upserts[asked] = _upsert_of(self._engine.dialect.name, table, columns)
        connection.execute(self._upserts[asked], rows)


def _upsert_of(dialect: str, table: Table, columns: tuple[str, ...]) -> Any:
    statement = _insert_of(dialect)(table)
    keys = [column.name for column in table.primary_key]
    if not columns:
        return statement.on_conflict_do_nothing(index_elements=keys)
    changes = {name: statement.excluded[name] for name in columns}
    return statement.on_conflict_do_update(index_elements=keys, set_=changes)


def _write_ahead(connection: Any, record: object) -> None:
    """SQLite: readers do not hold up the writer, and a busy file is waited for."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA busy_timeout=2000")


def _insert_of(dialect: str) -> Any:
    """The dialect's own insert; the other one is not loaded for it."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert
