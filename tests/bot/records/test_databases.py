"""The databases of a home, each account's own: what a killed run left is carried first, strategies are told apart."""

import contextlib
import json
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from connector.bot.records.databases import HomeHistory, Wish
from connector.config.connector_settings import ConnectorSettings
from connector.core.faults import ConfigFault, UnavailableFault
from connector.store.durability import Durability
from connector.store.file_journal import FileJournal
from connector.store.history_rows import HistoryKind
from connector.store.segments import number_of, segments_of
from connector.store.write_ahead_log import WriteAheadLog
from tests.companions.store.samples import filled, intended


def killed(data: Path, account: str = "a" * 12) -> Path:
    """The journal of a run that ended in the middle."""
    folder = data / "binance_perpetual_local" / account / "b1"
    journal = FileJournal(folder, "b1")
    journal.begin(0)
    journal.append(intended())
    journal.append(filled())
    journal.end(0)
    return folder.parent


def test_what_a_killed_run_left_in_its_log_is_told_too(tmp_path: Path) -> None:
    killed(tmp_path)
    killed(tmp_path, "c" * 12)
    home = HomeHistory(tmp_path, ConnectorSettings())
    assert home.rows(HistoryKind.FILLS, Wish()) == []
    home.carry()
    assert len(home.rows(HistoryKind.FILLS, Wish())) == len(home.rows(HistoryKind.ORDERS, Wish())) == 2


def test_a_bot_that_starts_while_its_log_is_carried_comes_in_between_two_files(tmp_path: Path) -> None:
    folder = killed(tmp_path) / "b1"
    log = WriteAheadLog(folder, Durability.NONE, segment_bytes=500)
    log.keep_from(1)
    for _ in range(60):
        log.append(intended(), filled())
    log.close()
    segments = segments_of(folder)
    assert len(segments) > 10
    home = HomeHistory(tmp_path, ConnectorSettings())
    carrying = threading.Thread(target=home.carry)
    carrying.start()
    deadline = time.monotonic() + 20
    while not (folder.parent / "history.sqlite").exists():
        assert time.monotonic() < deadline
        time.sleep(0.002)
    bot = FileJournal(folder, "b1", lock_wait_s=20.0)
    carrying.join(20)
    assert not carrying.is_alive(), "it leaves the log to the bot"
    bot.end(0)
    with contextlib.closing(sqlite3.connect(folder.parent / "history.sqlite")) as database:
        ((segment,),) = database.execute("SELECT segment FROM carried")
    assert segment < number_of(segments[-1]), "the bot came in before the end"


def test_rows_are_of_the_strategy_that_ran_at_their_time(tmp_path: Path) -> None:
    account = killed(tmp_path)
    at_ms = filled().time_ms
    runs = [{"kind": "run", "time_ms": at_ms + since, "strategy": name} for since, name in ((-10, "one"), (10, "two"))]
    (account / "b1.marks.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in runs))
    home = HomeHistory(tmp_path, ConnectorSettings())
    home.carry()
    found = {name: len(home.rows(HistoryKind.FILLS, Wish(strategy=name))) for name in ("one", "two", "three")}
    assert found == {"one": 1, "two": 0, "three": 0}


def test_a_home_without_a_database_and_one_that_is_away_are_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigFault, match="nothing is carried into a database"):
        HomeHistory(tmp_path, ConnectorSettings(journal_database="none"))
    away = HomeHistory(tmp_path, ConnectorSettings(journal_database=f"sqlite:///{tmp_path}/no/such/folder/h.sqlite"))
    with pytest.raises(UnavailableFault, match="the history can't be read: unable to open"):
        away.rows(HistoryKind.FILLS, Wish())
