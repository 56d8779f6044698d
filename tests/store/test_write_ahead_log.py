"""What is appended is on the disk as promised, and a disk that refuses loses nothing."""

import logging
import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from connector.core.journal import Record, Restated, Telling, Told
from connector.store import write_ahead_log
from connector.store.durability import Durability
from connector.store.segments import read_log, read_segment, segments_of
from connector.store.write_ahead_log import WriteAheadLog
from tests.companions.local_trading import until
from tests.companions.store.samples import changed, filled, intended


@contextmanager
def disk_full_at(size: int) -> Iterator[None]:
    """No file of this process can grow beyond a size: the write is cut, or refused."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


def records_of(folder: Path) -> list[Record]:
    return [record for segment in read_log(folder) for record in segment.records]


@pytest.mark.parametrize("durability", list(Durability))
def test_what_is_appended_is_in_the_file_at_once(tmp_path: Path, durability: Durability) -> None:
    """A kill of the process loses nothing, whatever the setting."""
    log = WriteAheadLog(tmp_path, durability)
    log.append(intended("a"), intended("b"))
    assert records_of(tmp_path) == [intended("a"), intended("b")]
    log.close()


def after_a_power_cut(log: WriteAheadLog) -> list[Record]:
    """What stands on the disk when what was not synced is lost."""
    whole = log.path.read_bytes()
    copy = log.path.with_name("journal-99999999.log")
    copy.write_bytes(whole[: log.synced_bytes])
    found = list(read_segment(copy).records)
    copy.unlink()
    return found


def test_each_loses_no_intent_when_the_power_goes(tmp_path: Path) -> None:
    log = WriteAheadLog(tmp_path, Durability.EACH)
    for number in range(20):
        log.append(intended(str(number)))
        assert after_a_power_cut(log)[-1] == intended(str(number))
    log.append(Telling(1, 1), changed())
    assert after_a_power_cut(log)[-1] == changed()
    log.close()


async def test_a_group_loses_only_what_was_written_since_the_last_sync(tmp_path: Path) -> None:
    log = WriteAheadLog(tmp_path, Durability.GROUP)
    log.append(intended("a"))
    await until(lambda: after_a_power_cut(log) == [intended("a")], "it is synced some 10 ms later")
    assert log.longest_sync_ms > 0
    log.close()
    assert log.synced_bytes == log.path.stat().st_size, "an end in order leaves nothing to chance"


def test_none_promises_nothing_until_the_end(tmp_path: Path) -> None:
    log = WriteAheadLog(tmp_path, Durability.NONE)
    log.append(intended("a"))
    assert after_a_power_cut(log) == []
    log.close()
    assert log.synced_bytes == log.path.stat().st_size


def test_a_full_disk_is_told_and_what_could_not_be_written_is_written_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(write_ahead_log, "_RETRY_S", 0.0)
    caplog.set_level(logging.WARNING)
    log = WriteAheadLog(tmp_path, Durability.NONE)
    log.append(intended("before"))
    size = log.path.stat().st_size
    with disk_full_at(size + 40):
        log.append(intended("cut"))
        assert str(log.path) in log.trouble
        assert os.strerror(27) in log.trouble
        log.append(changed("before"))
        assert records_of(tmp_path) == [intended("before")], "half a line is no record"
    assert log.trouble == "", "it is over"
    assert records_of(tmp_path) == [intended("before"), intended("cut"), changed("before")]
    told = [record.getMessage().split(" (")[0] for record in caplog.records]
    assert told == ["the journal can't be written", "the journal is written again"]
    log.close()


def test_a_disk_that_refused_is_not_asked_at_every_append(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = WriteAheadLog(tmp_path, Durability.NONE)
    log.append(intended("before"))
    size = log.path.stat().st_size
    tries = 0
    write = os.write

    def counted(number: int, data: bytes) -> int:
        nonlocal tries
        tries += 1
        return write(number, data)

    with disk_full_at(size):
        log.append(intended("0"))
        monkeypatch.setattr(os, "write", counted)
        for number in range(1, 50):
            log.append(intended(str(number)))
            assert log.trouble
    assert tries == 0
    assert log.close() == ""
    assert tries == 1, "all that waited is written in one piece"
    assert records_of(tmp_path) == [intended("before"), *(intended(str(number)) for number in range(50))]


def test_a_sync_that_failed_is_told_and_everything_that_lives_is_written_again_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a failed sync nobody knows what the disk kept of the file."""
    monkeypatch.setattr(write_ahead_log, "_RETRY_S", 0.0)
    log = WriteAheadLog(tmp_path, Durability.EACH)
    log.restate_by(lambda: (intended("lives"), changed("lives")))
    first = log.path
    failing = True

    def sync(number: int) -> None:
        if failing:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr("connector.store.durability.sync_data", sync)
    log.append(intended("lives"))
    assert "not synced: Input/output error" in log.trouble
    failing = False
    assert log.trouble == ""
    assert log.path != first
    assert read_segment(log.path).records == (intended("lives"), changed("lives"), Restated(2))
    log.close()


def test_files_stay_bounded_and_the_newest_restate_what_lives(tmp_path: Path) -> None:
    log = WriteAheadLog(tmp_path, Durability.NONE, segment_bytes=2_000)
    log.restate_by(lambda: (intended("lives"), changed("lives")))
    for number in range(200):
        log.append(intended(f"done-{number}"))
        log.append(changed(f"done-{number}"))
    paths = segments_of(tmp_path)
    assert len(paths) == 2, "this one, and the one before it"
    assert all(path.stat().st_size < 3_000 for path in paths)
    assert read_segment(log.path).records[:3] == (intended("lives"), changed("lives"), Restated(2))
    log.close()


def test_files_that_someone_else_still_needs_are_kept(tmp_path: Path) -> None:
    log = WriteAheadLog(tmp_path, Durability.NONE, segment_bytes=500)
    log.keep_from(1)
    for number in range(40):
        log.append(intended(str(number)))
    assert len(segments_of(tmp_path)) > 3
    log.keep_from(10**6)
    for number in range(10):
        log.append(intended(str(number)))
    assert len(segments_of(tmp_path)) == 2
    log.close()


def test_no_file_begins_in_the_middle_of_a_telling(tmp_path: Path) -> None:
    """What lives is changed by then, and not told: a new file would restate it as if it were."""
    log = WriteAheadLog(tmp_path, Durability.NONE, segment_bytes=200)
    first = log.path
    log.append(Telling(1, 2), filled(), changed())
    log.append(intended("placed by who heard of it"))
    assert log.path == first
    log.append(Told(1))
    assert log.path != first
    log.close()
