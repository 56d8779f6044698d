"""What the runs with faults measured is printed below their results."""

from collections import defaultdict
from collections.abc import Mapping

import pytest

from tests.companions.flows.truth_watch import table


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    runs: dict[str, list[Mapping[str, int]]] = defaultdict(list)
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, value in getattr(report, "user_properties", ()):
            if name == "time to truth" and report.when == "call":
                fault, longest_ms = value
                runs[fault].append(longest_ms)
    if runs:
        terminalreporter.section("time to truth: the longest mismatch of any run")
        for line in table(runs):
            terminalreporter.write_line(line)
