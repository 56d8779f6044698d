"""A database of an older version is brought up to date, and nothing in it is lost."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import BigInteger, Column, MetaData, String, Table, insert, inspect, select
from sqlalchemy.engine import Engine
from sqlalchemy.schema import CreateSchema, DropSchema

from connector.store.durability import Durability
from connector.store.history import History, opened
from connector.store.schema import bring_up_to_date
from connector.store.tables import METADATA, ORDERS
from connector.store.write_ahead_log import WriteAheadLog
from tests.companions.store.samples import changed, intended

#: What the first version knew of an order.
FIRST = 16


@pytest.fixture
def engine(url: str, tmp_path: Path) -> Iterator[Engine]:
    """A database of its own; of a server that other tests use, a schema."""
    made = opened(url)
    if made.dialect.name == "sqlite":
        yield made
        made.dispose()
        return
    name = tmp_path.name.lower()
    with made.begin() as connection:
        connection.execute(CreateSchema(name))
    own = opened(f"{url}&options=-csearch_path%3D{name}")
    yield own
    own.dispose()
    with made.begin() as connection:
        connection.execute(DropSchema(name, cascade=True))
    made.dispose()


def made_by_the_first_version(engine: Engine) -> Table:
    """The orders as they were kept before their options were; one row is there."""
    was = Table("orders", MetaData(), *[Column(c.name, c.type, primary_key=c.primary_key) for c in ORDERS.c][:FIRST])
    was.create(engine)
    with engine.begin() as connection:
        row = {"instance": "desk", "client_order_id": "old", "amount": Decimal("0.000000012345678901"), "state": "OPEN"}
        connection.execute(insert(was), [row])
    return was


def columns(engine: Engine) -> dict[str, set[str]]:
    seen = inspect(engine)
    return {table: {row["name"] for row in seen.get_columns(table)} for table in METADATA.tables}


WANTED = {name: {column.name for column in table.columns} for name, table in METADATA.tables.items()}


def test_an_empty_database_gets_every_table(engine: Engine) -> None:
    bring_up_to_date(engine)
    assert columns(engine) == WANTED


def test_one_of_an_older_version_gets_what_it_lacks_and_keeps_what_it_has(engine: Engine) -> None:
    was = made_by_the_first_version(engine)
    with engine.connect() as connection:
        before = [dict(row) for row in connection.execute(select(was)).mappings()]
    for _ in range(2):
        bring_up_to_date(engine)
    assert columns(engine) == WANTED
    assert {index["name"] for index in inspect(engine).get_indexes("orders")} == {"orders_by_time"}
    with engine.connect() as connection:
        (row,) = [dict(found) for found in connection.execute(select(ORDERS)).mappings()]
    assert {name: row[name] for name in before[0]} == before[0]
    assert {row[name] for name in WANTED["orders"] - set(before[0])} == {None}


def test_one_of_a_newer_version_keeps_its_columns_and_is_written_to(engine: Engine, tmp_path: Path) -> None:
    bring_up_to_date(engine)
    newer = Table("orders", MetaData(), *[Column(c.name, c.type) for c in ORDERS.c], Column("mood", String))
    with engine.begin() as connection:
        newer.drop(connection)
        newer.create(connection)
        connection.exec_driver_sql("CREATE UNIQUE INDEX orders_key ON orders (instance, client_order_id)")
    carry(engine, tmp_path / "log")
    with engine.connect() as connection:
        assert connection.execute(select(newer.c.client_order_id)).scalars().all() == ["desk-1"]


def test_an_order_that_an_older_version_carried_gets_its_options_when_it_is_restated(
    engine: Engine, tmp_path: Path
) -> None:
    was = made_by_the_first_version(engine)
    with engine.begin() as connection:
        row = {"instance": "desk", "client_order_id": "desk-1", "state": "PENDING_CREATE", "symbol": "BTCUSDT"}
        connection.execute(insert(was), [row])
    carry(engine, tmp_path / "log")
    with engine.connect() as connection:
        kept = connection.execute(select(ORDERS).where(ORDERS.c.client_order_id == "desk-1")).mappings().one()
    assert (kept["time_in_force"], kept["good_till_ms"], kept["state"]) == ("GTD", 1_800_000_000_000, "OPEN")


def carry(engine: Engine, folder: Path) -> None:
    folder.mkdir()
    log = WriteAheadLog(folder, Durability.NONE)
    log.append(intended(options="time_in_force=GTD good_till_ms=1800000000000"))
    log.append(changed())
    log.close()
    History(engine, folder, "desk").carry_all()


def test_a_time_has_room_in_its_column() -> None:
    """A number of 32 bits ends in 1970."""
    times = [column for table in METADATA.tables.values() for column in table.columns if column.name.endswith("_ms")]
    assert all(isinstance(column.type, BigInteger) for column in times)
