"""Lines on their way to a thread."""

import queue

import pytest

from connector.bot.waiting_lines import WaitingLines, missing_words


def test_lines_come_in_their_order_up_to_the_end() -> None:
    lines: WaitingLines[str] = WaitingLines()
    assert [lines.put("one"), lines.put("two")] == [True, True]
    lines.end()
    assert [lines.get(), lines.get(), lines.get()] == ["one", "two", None]
    with pytest.raises(queue.Empty):
        lines.get(0)


def test_what_finds_no_room_is_counted_and_told_where_it_would_have_stood() -> None:
    lines: WaitingLines[str] = WaitingLines(missing_words, most=2)
    assert [lines.put(text) for text in ("one", "two", "three", "four")] == [True, True, False, False]
    assert lines.get() == "one"
    assert lines.put("five")
    assert [lines.get(), lines.get(), lines.get()] == [
        "two",
        "(missing here, since nothing took them: 2 lines)",
        "five",
    ]


def test_what_was_left_out_last_is_told_before_the_end() -> None:
    lines: WaitingLines[str] = WaitingLines(missing_words, most=1)
    lines.put("one")
    lines.put("two")
    lines.end()
    assert [lines.get(), lines.get(), lines.get()] == ["one", missing_words(1), None]
