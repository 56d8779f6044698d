"""Tables are as wide as there is room, and no figure in them is torn."""

import re
import sys
from collections.abc import Callable

import pytest

from connector.bot.tables import TextTable, print_table

POSITIONS = TextTable(
    ("pair", "entry", "liquidated at"), [("BTC-USDT", "60,018.393", "770,839.08 (1183.62 % away)"), ("ETH-USDT",) * 3]
)
ORDERS = TextTable(("pair", "id"), [("BTC-USDT", "b18f276-mx1th7xo00001omx1thh0yB")], folds="id")
_STYLES = re.compile(r"\x1b\[[0-9;]*m")
Printed = Callable[[TextTable, int | None], list[str]]


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Printed:
    def told(table: TextTable, columns: int | None) -> list[str]:
        """On a terminal of so many columns, or into a pipe."""
        monkeypatch.setattr(sys.stdout, "isatty", lambda: columns is not None, raising=False)
        monkeypatch.setenv("COLUMNS", str(columns or 40))
        print_table(table)
        return [line.rstrip() for line in _STYLES.sub("", capsys.readouterr().out).splitlines()]

    return told


def test_a_pipe_gets_each_row_in_one_line(printed: Printed) -> None:
    title, first, second = printed(POSITIONS, None)
    assert title.split() == ["pair", "entry", "liquidated", "at"]
    assert first == "BTC-USDT  60,018.393  770,839.08 (1183.62 % away)"
    assert second.split() == ["ETH-USDT"] * 3


def test_a_terminal_that_has_room_gets_the_same(printed: Printed) -> None:
    assert printed(POSITIONS, 49) == printed(POSITIONS, None)


def test_a_terminal_that_has_none_gets_a_list_for_each_row(printed: Printed) -> None:
    assert printed(POSITIONS, 48) == [
        "pair           BTC-USDT",
        "entry          60,018.393",
        "liquidated at  770,839.08 (1183.62 % away)",
        "",
        "pair           ETH-USDT",
        "entry          ETH-USDT",
        "liquidated at  ETH-USDT",
    ]


def test_what_nobody_reads_by_eye_may_go_on_in_the_next_line(printed: Printed) -> None:
    assert printed(ORDERS, 30) == ["pair      id", "BTC-USDT  b18f276-mx1th7xo0000", "          1omx1thh0yB"]
