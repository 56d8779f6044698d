"""Databases for the history: a SQLite file, and a PostgreSQL server of its own where there is one to start."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PG_CTL = shutil.which("pg_ctl") or next(map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))), None)
#: The server refuses to run as root.
_USER = "postgres"


@contextmanager
def postgresql_server(folder: Path) -> Iterator[str]:
    """A server on a socket of its own; yields a database's address."""
    assert PG_CTL
    folder.chmod(0o755)
    place = Path(f"/tmp/pg-{os.getpid()}-{time.monotonic_ns()}")
    place.mkdir()
    as_server: tuple[str, ...] = ()
    if os.geteuid() == 0:
        shutil.chown(place, _USER)
        as_server = ("runuser", "-u", _USER, "--")
    data = place / "data"

    def control(*words: str) -> None:
        subprocess.run([*as_server, str(PG_CTL), "-D", str(data), *words], check=True, capture_output=True, cwd="/")

    control("initdb", "-o", "-A trust -U history")
    control("start", "-w", "-l", str(place / "log"), "-o", f"-k {place} -c listen_addresses='' -c fsync=off")
    try:
        yield f"postgresql+psycopg://history@/postgres?host={place}"
    finally:
        control("stop", "-m", "immediate", "-w")
        shutil.rmtree(place, ignore_errors=True)
