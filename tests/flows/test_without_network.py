"""A machine without a network: each command names the host within ten seconds, and ends with its documented code, where
names are not answered and where a proxy says nothing."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import pytest

from connector.bot.exit_codes import ExitCode
from connector.venue.domains import LIVE, TESTNET, Domain, host_of
from tests.companions.flows.programs import home_with
from tests.companions.keys.at_terminal import Person
from tests.companions.keys.stores import API_KEY, API_SECRET, PASSWORD, placed
from tests.companions.net.far_hosts import PROXY_VARIABLES
from tests.companions.places import ROOT

NO_PROXY = dict.fromkeys(PROXY_VARIABLES, "")
SILENT_NAMES = ROOT / "tests" / "companions" / "net" / "silent_names"
#: Of a command: what it finds about, and when it first asked for the network.
Environments = Callable[[str], dict[str, str]]
Asked = Callable[[str], float]


CODES = {"connect": ExitCode.NO_USABLE_KEY, "doctor": ExitCode.UNAVAILABLE, "run": ExitCode.UNAVAILABLE}


class Trial:
    """One command in a home of its own, without a network."""

    def __init__(self, command: str, folder: Path, domain: Domain, environment: dict[str, str]) -> None:
        self.folder = home_with(folder)
        self._domain = domain
        self._is_connect = command == "connect"
        if not self._is_connect:
            placed(folder, domain.name)
        words = (command, domain.name) if self._is_connect else (command, "--domain", domain.name)
        self._person = Person(folder, *words, **environment, ASKED_INTO=str(folder / "asked"))

    def ends(self) -> tuple[float, int, str]:
        """When the host was named, the exit code, and all that was said."""
        person, label = self._person, self._domain.label
        if self._is_connect:
            person.answers(f"Enter your {label} API key >>> ", API_KEY)
            person.answers(f"Enter your {label} API secret >>> ", API_SECRET)
        else:
            person.answers("Enter your password >>> ", PASSWORD)
        person.sees(f"{host_of(self._domain.rest)} (requests) can't be reached: ")
        named_s = time.monotonic()
        if self._is_connect:
            person.answers("Type yes to go on, anything else to leave: ", "no")
        return named_s, person.ends(), person.shown


async def named_in_time(folder: Path, domain: Domain, environments: Environments, asked_s: Asked) -> None:
    """All commands side by side; none is started while another is talked to, in threads."""
    trials = {command: Trial(command, folder / command, domain, environments(command)) for command in CODES}
    ends = await asyncio.gather(*(asyncio.to_thread(trial.ends) for trial in trials.values()))
    for (command, trial), (named_s, code, shown) in zip(trials.items(), ends, strict=True):
        assert named_s - asked_s(command) < 10, shown
        assert code == CODES[command], shown
        assert "Traceback" not in shown
        assert shown.count("(requests) can't be reached") == 1
        assert (trial.folder / "conf" / "connectors").exists() is (command != "connect")


class SilentProxies:
    """A proxy for each command that takes connections and says nothing; when each of them came."""

    def __init__(self) -> None:
        self.came_s: dict[str, list[float]] = {command: [] for command in CODES}
        self._addresses: dict[str, str] = {}

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        async with contextlib.AsyncExitStack() as stack:
            for command in CODES:
                server = await asyncio.start_server(partial(self._serve, command), "127.0.0.1", 0)
                await stack.enter_async_context(server)
                self._addresses[command] = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            yield

    def environment(self, command: str) -> dict[str, str]:
        return {**NO_PROXY, **dict.fromkeys(("HTTPS_PROXY", "https_proxy"), self._addresses[command])}

    async def _serve(self, command: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.came_s[command].append(time.monotonic())
        with contextlib.suppress(OSError):
            await reader.read()
        writer.close()


@pytest.mark.parametrize("domain", [LIVE, TESTNET], ids=lambda row: row.name)
async def test_names_that_are_not_answered_keep_no_command_longer_than_ten_seconds(
    tmp_path: Path, domain: Domain
) -> None:
    environment = {**NO_PROXY, "PYTHONPATH": str(SILENT_NAMES)}
    await named_in_time(
        tmp_path, domain, lambda command: environment, lambda command: float((tmp_path / command / "asked").read_text())
    )


async def test_a_proxy_that_says_nothing_keeps_no_command_longer_than_ten_seconds(tmp_path: Path) -> None:
    proxies = SilentProxies()
    async with proxies.serving():
        await named_in_time(tmp_path, TESTNET, proxies.environment, lambda command: min(proxies.came_s[command]))
    for came_s in proxies.came_s.values():
        assert len(came_s) >= len(TESTNET.addresses)
