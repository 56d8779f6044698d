"""The exchanges behind the hosts of both domains; what the runs with faults measured is printed below their results."""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from connector.simulator.server import LocalExchange
from connector.simulator.settings import SimulatorSettings
from connector.venue.domains import LIVE, TESTNET
from tests.companions.flows.truth_watch import table
from tests.companions.net.far_hosts import FarHosts, far_hosts, hosts_of


@pytest.fixture
async def live() -> AsyncIterator[LocalExchange]:
    async with LocalExchange(SimulatorSettings(background=False)) as exchange:
        yield exchange


@pytest.fixture
async def demo() -> AsyncIterator[LocalExchange]:
    """As the venue's test hosts are: they know nothing of the wallet's paths."""
    async with LocalExchange(SimulatorSettings(background=False)) as exchange:
        exchange.faults.arm("no_wallet")
        yield exchange


@pytest.fixture
async def world(
    live: LocalExchange, demo: LocalExchange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[FarHosts]:
    rows = dict.fromkeys(hosts_of(LIVE), live) | dict.fromkeys(hosts_of(TESTNET), demo)
    async with far_hosts(tmp_path, rows) as hosts:
        for name, value in hosts.environment.items():
            monkeypatch.setenv(name, value)
        yield hosts


@pytest.fixture
def exchange_of(live: LocalExchange, demo: LocalExchange) -> dict[str, LocalExchange]:
    return {LIVE.name: live, TESTNET.name: demo}


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
