"""Brings a database to the tables as they are now, whichever version made it: what is missing is added, nothing is
taken away or rewritten. Rows from before have no value in a new column until the log restates their order.
"""

from sqlalchemy import Connection, Table, inspect, text
from sqlalchemy.engine import Engine
from sqlalchemy.schema import CreateColumn

from connector.store.tables import METADATA


def bring_up_to_date(engine: Engine) -> None:
    """Makes tables, columns and indexes that are not there yet. Raises what SQLAlchemy raises, also where another
    program does the same at this moment: then it is done at the next try."""
    with engine.begin() as connection:
        METADATA.create_all(connection)
        for table in METADATA.sorted_tables:
            _add_columns(connection, table)
            for index in table.indexes:
                index.create(connection, checkfirst=True)


def _add_columns(connection: Connection, table: Table) -> None:
    there = {row["name"] for row in inspect(connection).get_columns(table.name)}
    for column in table.columns:
        if column.name not in there:
            spelt = CreateColumn(column).compile(dialect=connection.dialect)
            connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {spelt}"))
