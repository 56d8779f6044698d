"""The log."""

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.bot import logs
from connector.bot.logs import LogFile, log_file, start_log
from connector.core.faults import ConfigFault


@pytest.fixture(autouse=True)
def root_logger() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for handler in list(root.handlers):
        root.removeHandler(handler)
        if handler not in handlers:
            handler.close()
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(level)


def test_every_logger_writes_there_and_no_secret_does(tmp_path: Path) -> None:
    path = start_log(tmp_path / "logs")
    logging.getLogger("somebody.else").warning("GET /x?signature=%s", "0123456789abcdef")
    text = path.read_text()
    assert "somebody.else: GET /x?signature=***" in text
    assert "0123456789abcdef" not in text


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigFault, match="--home"):
        start_log(tmp_path / "file")


def test_lines_have_their_time_in_utc(tmp_path: Path) -> None:
    path = start_log(tmp_path)
    logging.getLogger("one").info("a line")
    assert re.fullmatch(r"[0-9-]{10}T[0-9:]{8}\.[0-9]{3}Z INFO one: a line\n", path.read_text())


def test_a_log_of_json_lines_is_an_object_a_line_with_an_orders_fields_and_masked(tmp_path: Path) -> None:
    path = start_log(tmp_path, as_json=True)
    fields = {"event": "refused", "order_id": "b1-7", "reason": 'said "no"\nand more', "url": "?signature=0123456789ab"}
    logging.getLogger("connector.orders").info("refused: b1-7", extra={"fields": fields})
    try:
        raise ValueError("a defect")
    except ValueError:
        logging.getLogger("connector").exception("failed")
    first, second = (json.loads(line) for line in path.read_text().splitlines())
    assert (first["level"], first["logger"], first["message"]) == ("INFO", "connector.orders", "refused: b1-7")
    assert (first["order_id"], first["reason"]) == ("b1-7", 'said "no"\nand more')
    assert first["url"] == "?signature=***"
    assert "ValueError: a defect" in second["traceback"]


def test_the_log_is_rotated_and_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start_log(tmp_path)
    handler = log_file()
    assert isinstance(handler, LogFile)
    assert (handler.maxBytes, handler.backupCount) == (5_000_000, 3)
    handler.maxBytes = 2_000
    for number in range(200):
        logging.getLogger("one").info("line %d of many", number)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [".connector.log.lock", "connector.log", "connector.log.1", "connector.log.2", "connector.log.3"]
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 4 * 2_100


def test_two_bots_of_a_home_lose_no_line_to_each_other(tmp_path: Path) -> None:
    writers = [LogFile(tmp_path / "connector.log") for _ in range(2)]
    for writer in writers:
        writer.maxBytes = 2_000
    written = []
    for number in range(380):
        # One says much, the other little: it is the one who does not see the file go.
        for writer in writers[: 2 if number % 50 == 0 else 1]:
            text = f"{writers.index(writer)} says line {number}"
            writer.emit(logging.LogRecord("one", logging.INFO, "", 0, text, (), None))
            written.append(text)
    for writer in writers:
        writer.close()
    files = [tmp_path / f"connector.log{ending}" for ending in (".3", ".2", ".1", "")]
    kept = [line for file in files if file.exists() for line in file.read_text().splitlines()]
    assert sorted(kept) == sorted(written)
    assert all(file.stat().st_size <= 2_100 for file in files if file.exists())


def test_a_log_that_another_bot_turned_over_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_LOOKED_EVERY_S", 0.0)
    path = start_log(tmp_path)
    logging.getLogger("one").info("before")
    path.rename(tmp_path / "connector.log.1")
    logging.getLogger("one").info("after")
    assert path.read_text().endswith("one: after\n") and "before" not in path.read_text()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is Linux's")
def test_a_full_disk_is_told_once_and_its_end_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The stream is changed below: what is at the path is not looked at.
    monkeypatch.setattr(logs, "_LOOKED_EVERY_S", 1_000.0)
    told: list[str] = []
    path = start_log(tmp_path)
    handler = log_file()
    assert handler is not None
    handler.tell = told.append
    good, full = handler.stream, open("/dev/full", "w", buffering=1)  # noqa: SIM115 - given to the handler
    handler.stream = full
    for _ in range(8):
        logging.getLogger("one").info("lost")
    assert told == [f"the log can't be written: No space left on device: {path}"]
    handler.stream = good
    logging.getLogger("one").info("written")
    assert told[1:] == ["the log is written again: 8 lines are missing"]
    assert path.read_text().endswith("one: written\n")
    assert "Traceback" not in capsys.readouterr().err
    with pytest.raises(OSError, match="No space"):
        full.close()
