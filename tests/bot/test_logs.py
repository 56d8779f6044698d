"""The log."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.bot.logs import start_log
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
