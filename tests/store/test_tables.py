"""The tables of the history."""

from sqlalchemy import make_url
from sqlalchemy.schema import CreateTable

from connector.store.tables import METADATA


def test_amounts_are_exact_in_either_database() -> None:
    made: dict[str, str] = {}
    for url in ("sqlite://", "postgresql+psycopg://"):
        dialect = make_url(url).get_dialect()()
        made[url] = "\n".join(str(CreateTable(table).compile(dialect=dialect)) for table in METADATA.sorted_tables)
    assert "price VARCHAR(64)" in made["sqlite://"]
    assert "price NUMERIC" in made["postgresql+psycopg://"]
    assert all("FLOAT" not in text for text in made.values())
    assert all(f"CREATE TABLE {name}" in text for text in made.values() for name in METADATA.tables)
