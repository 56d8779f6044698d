"""Where a run is shown."""

import io
import os
import sys
import threading
import time
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text

from connector.bot.report.screen import Screen, patient_console, replace_letters, unheld_console
from connector.core.clock import ManualClock


class Still:
    """A status that never changes."""

    def line(self) -> str:
        return "one line"

    def table(self, now_ms: int, width: int) -> Text:
        return Text("a table")


def test_without_a_terminal_there_is_a_line_every_few_seconds() -> None:
    clock, out = ManualClock(), io.StringIO()
    with Screen(Console(file=out, width=80), clock) as screen:
        for _ in range(10):
            screen.show(Still())  # type: ignore[arg-type]
            clock.advance(1_000)
    assert out.getvalue() == "one line\n" * 4


def test_on_a_terminal_there_is_a_table_that_is_gone_at_the_end() -> None:
    out = io.StringIO()
    with Screen(Console(file=out, width=80, force_terminal=True), ManualClock()) as screen:
        screen.show(Still())  # type: ignore[arg-type]
        deadline_s = time.monotonic() + 10
        while "a table" not in out.getvalue():
            assert time.monotonic() < deadline_s, "drawn"
            time.sleep(0.01)
        screen.print_line("exchange lost")
    assert "exchange lost" in out.getvalue()


def test_a_terminal_that_is_held_keeps_nobody_waiting_and_gets_all_lines_in_their_order_once_it_goes_on() -> None:
    goes_on = threading.Event()

    class Held(io.StringIO):
        def write(self, text: str) -> int:
            goes_on.wait(10)
            return super().write(text)

    out = Held()
    screen = Screen(Console(file=out, width=80, force_terminal=True), ManualClock())
    goes_on.set()
    with screen:
        goes_on.clear()
        for number in range(20):
            screen.show(Still())  # type: ignore[arg-type]
            screen.print_line(f"line {number}")
        assert "line 0" not in out.getvalue()
        goes_on.set()
    said = [word for word in out.getvalue().split() if word.isdecimal()]
    assert said == [str(number) for number in range(20)]


def test_the_last_table_is_drawn_where_it_was_asked_for(tmp_path: Path) -> None:
    picture = tmp_path / "live.svg"
    with Screen(Console(file=io.StringIO(), width=80), ManualClock(), picture) as screen:
        screen.show(Still())  # type: ignore[arg-type]
    assert "a&#160;table" in picture.read_text()


def test_a_picture_that_cannot_be_written_is_told_and_ends_nothing(tmp_path: Path) -> None:
    with Screen(Console(file=io.StringIO(), width=80), ManualClock(), tmp_path) as screen:
        screen.show(Still())  # type: ignore[arg-type]
    assert str(screen.picture_trouble).startswith(f"--picture: {tmp_path}: cannot be written: ")


def test_a_terminal_that_cannot_move_its_cursor_gets_the_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    out = io.StringIO()
    with Screen(Console(file=out, width=80, force_terminal=True), ManualClock()) as screen:
        screen.show(Still())  # type: ignore[arg-type]
    assert out.getvalue() == "one line\n"


def test_letters_that_a_stream_has_not_are_replaced() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    replace_letters(stream)
    stream.write("order book · compiled")
    stream.flush()
    assert raw.getvalue() == b"order book ? compiled"


def test_a_line_that_stays_is_redacted_and_not_marked_up() -> None:
    out = io.StringIO()
    Screen(Console(file=out, width=80), ManualClock()).print_line("[red] signature=0123456789abcdef")
    assert out.getvalue() == "[red] signature=***\n"


def test_a_pipe_that_nobody_reads_keeps_nobody_waiting_and_has_all_lines_once_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reads, writes = os.pipe()
    with open(writes, "w") as out:
        monkeypatch.setattr(sys, "stdout", out)
        with unheld_console() as console:
            screen = Screen(console, ManualClock())
            for number in range(2_000):
                screen.print_line(f"line {number} {'-' * 100}")
            with open(reads) as reader:
                said = [reader.readline().split()[1] for _ in range(2_000)]
    assert said == [str(number) for number in range(2_000)]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is Linux's")
def test_a_full_disk_costs_the_lines_that_it_does_not_take_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (tmp_path / "bot.out").open("w") as out, open("/dev/full", "w") as full:
        monkeypatch.setattr(sys, "stdout", out)
        console = patient_console()
        console.print("before")
        kept = os.dup(out.fileno())
        os.dup2(full.fileno(), out.fileno())
        console.print("lost")
        os.dup2(kept, out.fileno())
        os.close(kept)
        console.print("after")
    assert (tmp_path / "bot.out").read_text() == "before\nafter\n"


def test_a_reader_that_went_away_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    with open(writes, "w") as out:
        monkeypatch.setattr(sys, "stdout", out)
        with unheld_console() as console:
            console.print("a line")
        out.write("whoever else writes is not stopped by it")
        out.flush()
