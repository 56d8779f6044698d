"""The log is carried beside the trading, whatever the database does."""

import asyncio
import logging
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select

from connector.store.durability import Durability
from connector.store.history import History, opened
from connector.store.indexer import Indexer, LoopIndexing, ThreadIndexing
from connector.store.segments import segments_of
from connector.store.tables import ORDERS
from connector.store.write_ahead_log import WriteAheadLog
from tests.companions.local_trading import until
from tests.companions.store.samples import intended


def count(url: str) -> int:
    engine = opened(url)
    found = 0
    if inspect(engine).has_table(ORDERS.name):
        with engine.connect() as connection:
            found = connection.execute(select(func.count()).select_from(ORDERS)).scalar_one()
    engine.dispose()
    return found


async def test_the_log_is_carried_while_it_is_written(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'history.sqlite'}"
    log = WriteAheadLog(tmp_path, Durability.NONE)
    running = ThreadIndexing(Indexer(History(opened(url), tmp_path, "x"), log), every_s=0.01)
    for number in range(50):
        log.append(intended(str(number)))
    await until(lambda: count(url) == 50, "all are carried")
    log.append(intended("last"))
    log.close()
    running.stop()
    assert count(url) == 51, "the rest is carried at the end"


@pytest.mark.virtual_time
async def test_in_virtual_time_it_is_carried_on_the_loop(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'history.sqlite'}"
    log = WriteAheadLog(tmp_path, Durability.GROUP, in_loop=True)
    running = LoopIndexing(Indexer(History(opened(url), tmp_path, "x"), log))
    log.append(intended())
    await asyncio.sleep(1.5)
    assert count(url) == 1
    running.stop()
    log.close()


def test_a_database_that_is_away_is_told_once_and_nothing_is_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Its folder is missing; the log keeps its files until it is back."""
    url = f"sqlite:///{tmp_path / 'away' / 'history.sqlite'}"
    (tmp_path / "log").mkdir()
    log = WriteAheadLog(tmp_path / "log", Durability.NONE, segment_bytes=400)
    indexer = Indexer(History(opened(url), tmp_path / "log", "x"), log)
    with caplog.at_level(logging.WARNING):
        for number in range(40):
            log.append(intended(str(number)))
            assert not indexer.step()
        assert "unable to open database file" in indexer.trouble
        assert len(caplog.records) == 1
        assert len(segments_of(tmp_path / "log")) > 5
        (tmp_path / "away").mkdir()
        assert indexer.step()
        assert [record.getMessage() for record in caplog.records][1:] == ["the history is written again"]
    assert count(url) == 40
    for number in range(40, 50):
        log.append(intended(str(number)))
        indexer.step()
    assert len(segments_of(tmp_path / "log")) <= 3, "what was carried is not kept"
    log.close()
    indexer.close()
